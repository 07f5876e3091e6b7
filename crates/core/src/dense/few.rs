//! The product for a few rows: each weight is read once, as it is kept, where a matrix product would first
//! have to pack it.

use super::{Dense, weight::Stored};
use crate::{Real, rows::RowsMut};
use fearless_simd::Simd;
use std::ops::Range;

/// Below so many rows packing a matrix costs more than it gives.
pub(super) const FEW: usize = 6;

/// Weights that all rows take from the innermost cache.
const TILE: usize = 1 << 12;

/// Partial sums: enough for the widest vectors, and always as many, so that bits do not depend on the CPU.
const SUMS: usize = 32;

/// Fills the outputs `asked` of all rows; y has these alone.
#[inline(always)]
pub(super) fn outputs<S: Simd, F: Real, W: Stored<F>>(
    _: S,
    dense: &Dense<'_, F>,
    weight: &[W],
    asked: Range<usize>,
    y: &mut RowsMut<'_, F>,
) {
    let (inputs, total) = (dense.inputs, dense.weights.total);
    let start = asked.start + dense.weights.first;
    if inputs == 0 || asked.is_empty() {
        (0..dense.rows).for_each(|row| y.row(row).fill(F::zero()));
        return;
    }
    if dense.weights.transposed {
        for (row, x) in dense.x.chunks_exact(inputs).enumerate() {
            let y = y.row(row);
            y.fill(F::zero());
            for (&x, w) in x.iter().zip(weight.chunks_exact(total)) {
                let w = &w[start..start + y.len()];
                y.iter_mut().zip(w).for_each(|(y, w)| *y += x * w.widen());
            }
        }
        return;
    }
    let weight = &weight[start * inputs..][..asked.len() * inputs];
    let tile = (TILE / inputs).max(1);
    for (k, weight) in weight.chunks(tile * inputs).enumerate() {
        for (row, x) in dense.x.chunks_exact(inputs).enumerate() {
            let y = &mut y.row(row)[k * tile..];
            y.iter_mut().zip(weight.chunks_exact(inputs)).for_each(|(y, w)| *y = dot(x, w));
        }
    }
}

#[inline(always)]
fn dot<F: Real, W: Stored<F>>(x: &[F], w: &[W]) -> F {
    let mut sums = [F::zero(); SUMS];
    let (xs, ws) = (x.chunks_exact(SUMS), w.chunks_exact(SUMS));
    let rest = xs.remainder().iter().zip(ws.remainder());
    sums.iter_mut().zip(rest).for_each(|(sum, (&x, w))| *sum = x * w.widen());
    for (x, w) in xs.zip(ws) {
        sums.iter_mut().zip(x.iter().zip(w)).for_each(|(sum, (&x, w))| *sum += x * w.widen());
    }
    sums.into_iter().fold(F::zero(), |total, sum| total + sum)
}
