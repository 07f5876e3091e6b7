//! One step.

use crate::{Real, math::tanh, matrix_scan::step as linear};
use fearless_simd::{Simd, prelude::*};

/// Fills `h`, and moves `state` there; `b` is room for as much.
#[inline(always)]
pub(super) fn step<S: Simd, F: Real>(
    simd: S,
    x: &[F],
    [weight, bias]: [&[F]; 2],
    b: &mut [F],
    state: &mut [F],
    h: &mut [F],
) {
    for ((b, &x), &bias) in b.iter_mut().zip(x).zip(bias) {
        *b = x + bias;
    }
    linear(simd, weight, b, state, h);
    let size = F::Vector::<S>::LEN;
    for part in h.chunks_mut(size) {
        let mut lanes = [F::zero(); 16];
        lanes[..part.len()].copy_from_slice(part);
        let y = tanh(F::Vector::<S>::from_slice(simd, &lanes[..size]));
        part.copy_from_slice(&y.as_slice()[..part.len()]);
    }
    state.copy_from_slice(h);
}
