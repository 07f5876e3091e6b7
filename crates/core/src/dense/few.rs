//! The product for a few rows: each weight is read once, as it is stored, where a matrix product would first
//! have to pack it.

use super::{Dense, DenseWeights};
use crate::Real;
use fearless_simd::Simd;

/// Below so many rows packing a matrix costs more than it gives.
pub(super) const FEW: usize = 6;

/// Partial sums: enough for the widest vectors, and always as many, so that bits do not depend on the CPU.
const SUMS: usize = 32;

#[inline(always)]
pub(super) fn rows<S: Simd, F: Real>(_: S, dense: &Dense<'_, F>, x: &[F], y: &mut [F]) {
    let DenseWeights { weight, total, first, transposed, .. } = dense.weights;
    let (inputs, outputs) = (dense.inputs, dense.outputs);
    y.fill(F::zero());
    if inputs == 0 || outputs == 0 {
        return;
    }
    for (x, y) in x.chunks_exact(inputs).zip(y.chunks_exact_mut(outputs)) {
        if transposed {
            for (&x, w) in x.iter().zip(weight.chunks_exact(total)) {
                let w = &w[first..first + outputs];
                y.iter_mut().zip(w).for_each(|(y, &w)| *y += x * w);
            }
        } else {
            let weights = weight[first * inputs..].chunks_exact(inputs);
            y.iter_mut().zip(weights).for_each(|(y, w)| *y = dot(x, w));
        }
    }
}

#[inline(always)]
fn dot<F: Real>(x: &[F], y: &[F]) -> F {
    let mut sums = [F::zero(); SUMS];
    let (xs, ys) = (x.chunks_exact(SUMS), y.chunks_exact(SUMS));
    let rest = xs.remainder().iter().zip(ys.remainder());
    sums.iter_mut().zip(rest).for_each(|(sum, (&x, &y))| *sum = x * y);
    for (x, y) in xs.zip(ys) {
        sums.iter_mut().zip(x.iter().zip(y)).for_each(|(sum, (&x, &y))| *sum += x * y);
    }
    sums.into_iter().fold(F::zero(), |total, sum| total + sum)
}
