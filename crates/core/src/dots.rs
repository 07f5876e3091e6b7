//! Dot products of a few rows of weights with one vector at a time: each row is read once, as it is kept, where a
//! matrix product would first have to pack it.

use crate::Real;
use fearless_simd::{Simd, prelude::*};

/// Below so many rows of inputs packing a matrix costs more than it gives.
pub(crate) const FEW: usize = 6;

/// Vectors of partial sums: as many as keep the arithmetic busy. One row at a time is what the CPU reads ahead best;
/// several at once, or asking for what comes, is a third slower.
const SUMS: usize = 4;

/// A number as it is kept.
pub(crate) trait Stored<F>: Copy + Send + Sync {
    fn widen(self) -> F;
}

impl<F: Real> Stored<F> for F {
    #[inline(always)]
    fn widen(self) -> F {
        self
    }
}

/// Gives `put` the sums of the products of every row with `y`: those in even places and those in odd ones. Their
/// order is the same on every CPU. `row` gives rows as long as `y`.
#[inline(always)]
pub(crate) fn dots<'a, S: Simd, F: Real, W: Stored<F> + 'a>(
    simd: S,
    count: usize,
    row: impl Fn(usize) -> &'a [W],
    y: &[F],
    mut put: impl FnMut(usize, [F; 2]),
) {
    for k in 0..count {
        put(k, sums(simd, &row(k)[..y.len()], y));
    }
}

#[inline(always)]
fn sums<S: Simd, F: Real, W: Stored<F>>(simd: S, row: &[W], y: &[F]) -> [F; 2] {
    let size = F::Vector::<S>::LEN;
    let mut sums = [F::Vector::splat(simd, F::zero()); SUMS];
    let whole = y.len() / (SUMS * size) * (SUMS * size);
    for at in (0..whole).step_by(SUMS * size) {
        for (k, sum) in sums.iter_mut().enumerate() {
            let own = at + k * size..at + (k + 1) * size;
            let y = F::Vector::from_slice(simd, &y[own.clone()]);
            *sum += vector::<_, F, _>(simd, &row[own]) * y;
        }
    }
    let [a, b, c, d] = sums;
    let sum = (a + b) + (c + d);
    let mut found = folded(sum.as_slice());
    for (k, (x, &y)) in row[whole..].iter().zip(&y[whole..]).enumerate() {
        found[k % 2] += x.widen() * y;
    }
    found
}

/// A vector of weights.
#[inline(always)]
fn vector<S: Simd, F: Real, W: Stored<F>>(simd: S, weights: &[W]) -> F::Vector<S> {
    #[inline(always)]
    fn widened<F, W: Stored<F>, const N: usize>(weights: &[W]) -> [F; N] {
        std::array::from_fn(|i| weights[i].widen())
    }
    if F::IS_WIDE {
        F::Vector::from_slice(simd, &widened::<F, W, 4>(&weights[..4]))
    } else {
        F::Vector::from_slice(simd, &widened::<F, W, 8>(&weights[..8]))
    }
}

/// The sums of the even and of the odd places: halves upon halves.
#[inline(always)]
fn folded<F: Real>(lanes: &[F]) -> [F; 2] {
    match *lanes {
        [a, b] => [a, b],
        [a, b, c, d] => [a + c, b + d],
        [a, b, c, d, e, f, g, h] => [(a + e) + (c + g), (b + f) + (d + h)],
        _ => lanes.as_chunks::<2>().0.iter().fold([F::zero(); 2], |[x, y], &[a, b]| [x + a, y + b]),
    }
}
