//! The product for a few rows.

use super::Dense;
use crate::{
    Real,
    dots::{Stored, dots},
    rows::RowsMut,
};
use fearless_simd::Simd;
use std::ops::Range;

/// Weights that all rows take from the innermost cache.
const TILE: usize = 1 << 12;

/// Fills the outputs `asked` of all rows; y has these alone.
#[inline(always)]
pub(super) fn outputs<S: Simd, F: Real, W: Stored<F>>(
    simd: S,
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
            let count = weight.len() / inputs;
            let rows = |output: usize| &weight[output * inputs..][..inputs];
            dots(simd, count, rows, x, |output, [even, odd]| y[output] = even + odd);
        }
    }
}
