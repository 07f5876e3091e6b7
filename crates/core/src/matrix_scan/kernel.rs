//! One stretch of one sequence.

use super::MatrixCarry;
use crate::{
    Real,
    layout::Stretch,
    real::flush,
    rows::{Rows, RowsMut, walk},
    turn::transposed,
};
use fearless_simd::{Simd, prelude::*};

/// Partial sums of a long dot product: enough for the widest vectors, and always as many, so that
/// bits do not depend on the CPU.
const SUMS: usize = 16;

/// Advances `state` through a stretch of `N x N` matrices, writing every state to the output.
#[inline(always)]
pub(super) fn advance<S: Simd, F: Real, const N: usize>(
    _: S,
    at: &Stretch,
    inputs: [Rows<'_, F>; 2],
    state: &mut [F],
    [mut out]: [RowsMut<'_, F>; 1],
) {
    let mut now = [F::zero(); N];
    now.copy_from_slice(state);
    walk(at.rows.len(), at.reverse, inputs, |t, [a, b]| {
        now = std::array::from_fn(|i| {
            let row = &a[i * N..(i + 1) * N];
            let sum = (0..N).fold(b[i], |sum, j| sum + row[j] * now[j]);
            sum.flushed()
        });
        out.row(t).copy_from_slice(&now);
    });
    state.copy_from_slice(&now);
}

/// [`advance`] for matrices of any size.
#[inline(always)]
pub(super) fn advance_any<S: Simd, F: Real>(
    simd: S,
    at: &Stretch,
    inputs: [Rows<'_, F>; 2],
    state: &mut [F],
    [mut out]: [RowsMut<'_, F>; 1],
) {
    walk(at.rows.len(), at.reverse, inputs, |t, [a, b]| step(simd, a, b, state, out.row(t)));
}

/// `state = a state + b`, which `h` is filled with.
#[inline(always)]
pub(crate) fn step<S: Simd, F: Real>(simd: S, a: &[F], b: &[F], state: &mut [F], h: &mut [F]) {
    let done = match F::Vector::<S>::LEN {
        8 => rows::<_, _, F::Vector<S>, 8>(simd, a, b, state, h),
        _ => rows::<_, _, F::Vector<S>, 4>(simd, a, b, state, h),
    };
    let n = state.len().max(1);
    for ((h, row), &b) in h.iter_mut().zip(a.chunks_exact(n)).zip(b).skip(done) {
        *h = (dot(row, state) + b).flushed();
    }
    state.copy_from_slice(h);
}

/// `h = a state + b`, `N` rows at a time; how many are done.
#[inline(always)]
#[allow(
    clippy::needless_range_loop,
    reason = "arrays of vectors stay in registers where loops index them, not where they are iterated"
)]
fn rows<S: Simd, F: Real, V, const N: usize>(
    simd: S,
    a: &[F],
    b: &[F],
    state: &[F],
    h: &mut [F],
) -> usize
where
    V: SimdFloat<S, Element = F> + SimdSplit<S>,
{
    let n = state.len();
    let whole = n / N * N;
    for first in (0..whole).step_by(N) {
        let a = &a[first * n..(first + N) * n];
        let mut sums = [V::splat(simd, F::zero()); N];
        for column in (0..whole).step_by(N) {
            let x = V::from_slice(simd, &state[column..column + N]);
            for i in 0..N {
                let start = i * n + column;
                sums[i] = V::from_slice(simd, &a[start..start + N]) * x + sums[i];
            }
        }
        let columns = transposed(sums);
        let mut sum = columns[0];
        for i in 1..N {
            sum += columns[i];
        }
        for column in whole..n {
            sum += V::from_fn(simd, |i| a[i * n + column] * state[column]);
        }
        let rows = first..first + N;
        flush(sum + V::from_slice(simd, &b[rows.clone()])).store_slice(&mut h[rows]);
    }
    whole
}

/// Reduces a stretch to its carry.
#[inline(always)]
pub(super) fn summarize<S: Simd, F: Real>(
    simd: S,
    at: &Stretch,
    inputs: [Rows<'_, F>; 2],
    carry: &mut MatrixCarry<F>,
) {
    let n = carry.b.len();
    let (mut matrix, mut vector) = (carry.a.clone(), carry.b.clone());
    walk(at.rows.len(), at.reverse, inputs, |_, [a, b]| {
        product(n, a, &carry.a, &mut matrix);
        std::mem::swap(&mut carry.a, &mut matrix);
        step(simd, a, b, &mut carry.b, &mut vector);
    });
}

/// `x y` of `n x n` matrices.
#[inline(always)]
pub(super) fn product<F: Real>(n: usize, x: &[F], y: &[f64], out: &mut [f64]) {
    let n = n.max(1);
    for (row, out) in x.chunks_exact(n).zip(out.chunks_exact_mut(n)) {
        out.fill(0.0);
        for (&x, y) in row.iter().zip(y.chunks_exact(n)) {
            out.iter_mut().zip(y).for_each(|(out, &y)| *out += x.wide() * y);
        }
        out.iter_mut().for_each(|out| *out = out.flushed());
    }
}

/// `x . y`.
#[inline(always)]
pub(super) fn dot<F: Real>(x: &[F], y: &[F]) -> F {
    let mut sums = [F::zero(); SUMS];
    let (xs, ys) = (x.chunks_exact(SUMS), y.chunks_exact(SUMS));
    let rest = xs.remainder().iter().zip(ys.remainder());
    let rest = rest.fold(F::zero(), |sum, (&x, &y)| sum + x * y);
    for (x, y) in xs.zip(ys) {
        sums.iter_mut().zip(x.iter().zip(y)).for_each(|(sum, (&x, &y))| *sum += x * y);
    }
    sums.into_iter().fold(rest, |sum, x| sum + x)
}
