//! One stretch of one sequence.

use super::ComplexCarry;
use crate::{
    Real, forget,
    lanes::{self, Recurrence, Step},
    layout::Stretch,
    real::flush,
    rows::{Rows, RowsMut, walk},
};
use fearless_simd::{Simd, prelude::*};

/// Advances `state` through a stretch, writing every state it passes to the outputs.
#[inline(always)]
pub(crate) fn advance<S: Simd, F: Real>(
    simd: S,
    at: &Stretch,
    inputs: [Rows<'_, F>; 4],
    state: [&mut [F]; 2],
    out: [RowsMut<'_, F>; 2],
) {
    lanes::advance(simd, Recurrence { step: Affine, at, inputs, state, out });
}

/// `h = a h + b`.
#[derive(Clone, Copy)]
struct Affine;

impl Step<4, 2, 2> for Affine {
    #[inline(always)]
    fn step<S: Simd, F: Real, V>(self, [ar, ai, br, bi]: [V; 4], [x, y]: [V; 2]) -> ([V; 2], [V; 2])
    where
        V: SimdFloat<S, Element = F>,
    {
        let h = [flush(ar * x - ai * y + br), flush(ar * y + ai * x + bi)];
        (h, h)
    }
}

/// Reduces a stretch to its carry.
#[inline(always)]
pub(super) fn summarize<S: Simd, F: Real>(
    _: S,
    at: &Stretch,
    inputs: [Rows<'_, F>; 4],
    carry: &mut ComplexCarry<F>,
) {
    let ComplexCarry { a: [pr, pi], b: [re, im] } = carry;
    walk(at.rows.len(), at.reverse, inputs, |_, [ar, ai, br, bi]| {
        turn([ar, ai], pr, pi);
        step([ar, ai], [br, bi], re, im);
    });
}

/// `h = a h + b`.
#[inline(always)]
fn step<F: Real>([ar, ai]: [&[F]; 2], [br, bi]: [&[F]; 2], re: &mut [F], im: &mut [F]) {
    let gates = ar.iter().zip(ai);
    let inputs = br.iter().zip(bi);
    for (((x, y), (&ar, &ai)), (&br, &bi)) in re.iter_mut().zip(im).zip(gates).zip(inputs) {
        let (next, turned) = (ar * *x - ai * *y + br, ar * *y + ai * *x + bi);
        (*x, *y) = (next.flushed(), turned.flushed());
    }
}

/// `p = a p`.
#[inline(always)]
fn turn<F: Real>([ar, ai]: [&[F]; 2], re: &mut [f64], im: &mut [f64]) {
    for ((x, y), (&ar, &ai)) in re.iter_mut().zip(im).zip(ar.iter().zip(ai)) {
        let (ar, ai) = (ar.wide(), ai.wide());
        let (next, turned) = (ar * *x - ai * *y, ar * *y + ai * *x);
        (*x, *y) = (next.flushed(), turned.flushed());
    }
}

/// See [`crate::driver::Operator::reach`].
pub(super) fn reach<F: Real>(at: &Stretch, [ar, ai]: [Rows<'_, F>; 2]) -> Option<usize> {
    forget::reach::<F>(2.0, at, |t, products| {
        let row = ar.row(t).iter().zip(ai.row(t));
        for (product, (re, im)) in products.iter_mut().zip(row) {
            *product *= re.wide() * re.wide() + im.wide() * im.wide();
        }
    })
}
