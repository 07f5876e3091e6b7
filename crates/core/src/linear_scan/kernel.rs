//! One stretch of one sequence.

use super::LinearCarry;
use crate::{
    Real,
    layout::Stretch,
    rows::{Rows, RowsMut, walk},
};
use fearless_simd::Simd;

/// Advances `state` through a stretch, writing every state it passes to the output.
///
/// Plain loops on purpose: inlined under `dispatch!` they become the widest vectors the CPU has,
/// and with no fused multiply-add they give the same bits on all of them.
#[inline(always)]
pub(super) fn advance<S: Simd, F: Real>(
    _: S,
    at: &Stretch,
    inputs: [Rows<'_, F>; 2],
    state: &mut [F],
    out: [RowsMut<'_, F>; 1],
) {
    walk(at.rows.len(), at.reverse, inputs, out, |[a, b], [h]| step(a, b, state, h));
}

#[inline(always)]
fn step<F: Real>(a: &[F], b: &[F], state: &mut [F], h: &mut [F]) {
    for (((h, s), &a), &b) in h.iter_mut().zip(state).zip(a).zip(b) {
        *s = (a * *s + b).flushed();
        *h = *s;
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
    walk(at.rows.len(), at.reverse, inputs, [], |[a, b], []| {
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
