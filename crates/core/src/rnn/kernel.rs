//! One sequence.

use crate::{Real, dense::dot, math::tanh};
use fearless_simd::{Simd, prelude::*};

/// One step: fills `h` from the state before it.
#[inline(always)]
pub(super) fn step<S: Simd, F: Real>(
    simd: S,
    x: &[F],
    weight: &[F],
    bias: &[F],
    before: &[F],
    h: &mut [F],
) {
    let rows = weight.chunks_exact(before.len().max(1));
    for (((h, &x), row), &bias) in h.iter_mut().zip(x).zip(rows).zip(bias) {
        *h = x + bias + dot(row, before);
    }
    let size = F::Vector::<S>::LEN;
    for part in h.chunks_mut(size) {
        let mut lanes = [F::zero(); 16];
        lanes[..part.len()].copy_from_slice(part);
        let y = tanh(F::Vector::<S>::from_slice(simd, &lanes[..size]));
        part.copy_from_slice(&y.as_slice()[..part.len()]);
    }
}
