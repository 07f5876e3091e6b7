//! Stretches of a few channels, whose state stays in registers: there the bookkeeping of a row would
//! cost more than its arithmetic.

use super::{
    LinearCarry,
    product::is_fused,
    single::{self, Channel, Gates},
};
use crate::{
    Real,
    layout::Stretch,
    real::flushed_rarely,
    rows::{Rows, RowsMut},
};
use fearless_simd::{Simd, prelude::*};

/// Advances `W` channels as the kernel for any number does, bit for bit. False, and nothing done,
/// where rows do not stand one after the other.
#[inline(always)]
pub(super) fn advance<S: Simd, F: Real, const W: usize>(
    _: S,
    at: &Stretch,
    [a, b]: [Rows<'_, F>; 2],
    state: &mut [F],
    [out]: &mut [RowsMut<'_, F>; 1],
) -> bool {
    let count = at.rows.len();
    let (Some(b), RowsMut::Whole { data: h, .. }) = (b.flat(count), out) else { return false };
    let (b, h) = (b.as_chunks::<W>().0, h.as_chunks_mut::<W>().0);
    let mut now = [F::zero(); W];
    now.copy_from_slice(state);
    let mut step = |a: &[F; W], b: &[F; W], h: &mut [F; W]| {
        now = std::array::from_fn(|c| flushed::<F, W>(a[c] * now[c] + b[c]));
        *h = now;
    };
    let rows = b.iter().zip(h);
    match (a.flat(count), at.reverse) {
        (Some(a), false) => {
            a.as_chunks::<W>().0.iter().zip(rows).for_each(|(a, (b, h))| step(a, b, h));
        }
        (Some(a), true) => {
            a.as_chunks::<W>().0.iter().zip(rows).rev().for_each(|(a, (b, h))| step(a, b, h));
        }
        (None, reverse) => {
            let mut gates = [F::zero(); W];
            gates.copy_from_slice(a.row(0));
            if reverse {
                rows.rev().for_each(|(b, h)| step(&gates, b, h));
            } else {
                rows.for_each(|(b, h)| step(&gates, b, h));
            }
        }
    }
    state.copy_from_slice(&now);
    true
}

/// Advances one channel: many steps at a time where the CPU has what it takes. False, and nothing done,
/// where its numbers do not stand one after the other.
#[inline(always)]
pub(super) fn advance_one<S: Simd, F: Real>(
    simd: S,
    at: &Stretch,
    [a, b]: [Rows<'_, F>; 2],
    state: &mut [F],
    [out]: &mut [RowsMut<'_, F>; 1],
) -> bool {
    if !is_fused(simd.level()) {
        return advance::<_, _, 1>(simd, at, [a, b], state, std::array::from_mut(out));
    }
    let count = at.rows.len();
    let (Some(b), RowsMut::Whole { data, .. }) = (b.flat(count), out) else {
        return false;
    };
    let a = a.flat(count).map_or_else(|| Gates::All(a.row(0)[0]), Gates::Each);
    let channel = Channel { a, b, h: data, reverse: at.reverse };
    state[0] = if F::Vector::<S>::LEN == 8 {
        single::advance::<_, _, F::Vector<S>, 8>(simd, channel, at.elapsed(), state[0])
    } else {
        single::advance::<_, _, F::Vector<S>, 4>(simd, channel, at.elapsed(), state[0])
    };
    true
}

/// Reduces `W` channels to their carry as the kernel for any number does, bit for bit. False, and
/// nothing done, where rows do not stand one after the other.
#[inline(always)]
pub(super) fn summarize<S: Simd, F: Real, const W: usize>(
    _: S,
    at: &Stretch,
    [a, b]: [Rows<'_, F>; 2],
    carry: &mut LinearCarry<F>,
) -> bool {
    let count = at.rows.len();
    let (Some(a), Some(b)) = (a.flat(count), b.flat(count)) else { return false };
    let rows = a.as_chunks::<W>().0.iter().zip(b.as_chunks::<W>().0);
    let (mut product, mut state) = ([1.0; W], [F::zero(); W]);
    let mut step = |a: &[F; W], b: &[F; W]| {
        product = std::array::from_fn(|c| flushed::<f64, W>(a[c].wide() * product[c]));
        state = std::array::from_fn(|c| flushed::<F, W>(a[c] * state[c] + b[c]));
    };
    if at.reverse {
        rows.rev().for_each(|(a, b)| step(a, b));
    } else {
        rows.for_each(|(a, b)| step(a, b));
    }
    carry.a.copy_from_slice(&product);
    carry.b.copy_from_slice(&state);
    true
}

/// Several numbers are flushed together, one by a branch.
#[inline(always)]
fn flushed<F: Real, const W: usize>(x: F) -> F {
    if W == 1 { flushed_rarely(x) } else { x.flushed() }
}
