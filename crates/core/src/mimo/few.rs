//! The products with weights for a few rows, a step's above all: each row of weights is read once, as it
//! is stored, where a matrix product would first have to pack it.

use crate::Real;
use fearless_simd::{Simd, prelude::*};

/// Below so many rows packing a matrix costs more than it gives.
pub(super) const FEW: usize = 6;

/// Rows of weights that are multiplied at once.
const ROWS: usize = 4;

/// `B u` of one row: `weights` is `[states, channels, 2]`, `twice` is `u` with every number doubled.
#[inline(always)]
pub(super) fn project<S: Simd, F: Real>(
    simd: S,
    weights: &[F],
    twice: &[F],
    [re, im]: [&mut [F]; 2],
) {
    let width = twice.len();
    let row = |state: usize| &weights[state * width..][..width];
    products(simd, re.len(), row, twice, |state, sums| [re[state], im[state]] = sums);
}

/// `Re(C x)` of one row: `state` is `x` as `re, -im` pairs, `row` gives the weights of a channel.
#[inline(always)]
pub(super) fn read_out<'a, S: Simd, F: Real>(
    simd: S,
    row: impl Fn(usize) -> &'a [F],
    state: &[F],
    y: &mut [F],
) {
    products(simd, y.len(), row, state, |channel, [even, odd]| y[channel] = even + odd);
}

/// Gives `put` the sums of the products of every row with `y`, in even places and in odd ones.
#[inline(always)]
fn products<'a, S: Simd, F: Real>(
    simd: S,
    count: usize,
    row: impl Fn(usize) -> &'a [F],
    y: &[F],
    mut put: impl FnMut(usize, [F; 2]),
) {
    for first in (0..count).step_by(ROWS) {
        // Rows that are not there are the last one again.
        let rows: [&[F]; ROWS] = std::array::from_fn(|k| row((first + k).min(count - 1)));
        let found = sums(simd, rows, y);
        for (k, sums) in found.into_iter().enumerate().take(count - first) {
            put(first + k, sums);
        }
    }
}

/// The sums of a few rows. Their order is the same on every CPU.
#[inline(always)]
fn sums<S: Simd, F: Real>(simd: S, rows: [&[F]; ROWS], y: &[F]) -> [[F; 2]; ROWS] {
    let size = F::Vector::<S>::LEN;
    let zero = F::Vector::splat(simd, F::zero());
    let mut sums = [[zero; 2]; ROWS];
    let whole = y.len() / (2 * size) * (2 * size);
    for at in (0..whole).step_by(2 * size) {
        for half in 0..2 {
            let own = at + half * size..at + (half + 1) * size;
            let y = F::Vector::from_slice(simd, &y[own.clone()]);
            for (sums, row) in sums.iter_mut().zip(rows) {
                sums[half] += F::Vector::from_slice(simd, &row[own.clone()]) * y;
            }
        }
    }
    let mut found = [[F::zero(); 2]; ROWS];
    for (found, ([even, odd], row)) in found.iter_mut().zip(sums.into_iter().zip(rows)) {
        let sum = even + odd;
        *found = folded(sum.as_slice());
        for (k, (&x, &y)) in row[whole..].iter().zip(&y[whole..]).enumerate() {
            found[k % 2] += x * y;
        }
    }
    found
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
