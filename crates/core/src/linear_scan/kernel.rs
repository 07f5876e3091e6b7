//! One stretch of one sequence.

use super::LinearCarry;
use crate::{
    Real, forget,
    lanes::{self, Recurrence, Step},
    layout::Stretch,
    real::flush,
    rows::{Rows, RowsMut, walk},
};
use fearless_simd::{Simd, prelude::*};

/// Advances `state` through a stretch, writing every state it passes to the output.
#[inline(always)]
pub(super) fn advance<S: Simd, F: Real>(
    simd: S,
    at: &Stretch,
    inputs: [Rows<'_, F>; 2],
    state: &mut [F],
    out: [RowsMut<'_, F>; 1],
) {
    lanes::advance(simd, Recurrence { step: Affine, at, inputs, state: [state], out });
}

/// `h = a h + b`.
#[derive(Clone, Copy)]
pub(super) struct Affine;

impl Step<2, 1, 1> for Affine {
    #[inline(always)]
    fn step<S: Simd, F: Real, V>(self, [a, b]: [V; 2], [h]: [V; 1]) -> ([V; 1], [V; 1])
    where
        V: SimdFloat<S, Element = F>,
    {
        // Without fused multiply-add all CPUs give the same bits.
        let h = flush(a * h + b);
        ([h], [h])
    }
}

/// Reduces a stretch to its carry.
#[inline(always)]
pub(super) fn summarize<S: Simd, F: Real>(
    _: S,
    at: &Stretch,
    inputs: [Rows<'_, F>; 2],
    carry: &mut LinearCarry<F>,
) {
    walk(at.rows.len(), at.reverse, inputs, |_, [a, b]| {
        reduce(a, b, &mut carry.a, &mut carry.b);
    });
}

#[inline(always)]
fn reduce<F: Real>(a: &[F], b: &[F], product: &mut [f64], state: &mut [F]) {
    for (((p, s), &a), &b) in product.iter_mut().zip(state).zip(a).zip(b) {
        *p = (a.wide() * *p).flushed();
        *s = (a * *s + b).flushed();
    }
}

/// See [`crate::driver::Operator::reach`].
pub(super) fn reach<F: Real>(at: &Stretch, a: Rows<'_, F>) -> Option<usize> {
    forget::reach::<F>(1.0, at, |t, products| {
        products.iter_mut().zip(a.row(t)).for_each(|(product, a)| *product *= a.wide().abs());
    })
}
