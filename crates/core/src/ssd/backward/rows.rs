//! Rows of heads with a factor for each step, and what chunks of decays make of them.

use super::super::{Ssd, chunk::Chunk, matrix::are_finite};
use crate::Real;
use fearless_simd::{Level, Simd, dispatch};
use std::ops::Range;

/// Lanes of a sum, whatever the CPU's vectors are.
pub(super) const LANES: usize = 8;

/// What decays leave of what enters and of what a chunk adds, `[heads, steps]` each.
#[derive(Default)]
pub(super) struct Fading<F> {
    steps: usize,
    /// Of the state that enters, after each step.
    left: Vec<F>,
    /// Of what a step adds, at the end.
    last: Vec<F>,
    /// Whether a head's decays let nothing grow.
    is_sound: Vec<bool>,
}

impl<F: Real> Fading<F> {
    pub(super) fn new(chunk: &Chunk<F>, heads: &Range<usize>) -> Self {
        let steps = chunk.at.rows.len();
        let ones = || vec![F::one(); heads.len() * steps];
        let mut fading = Self { steps, left: ones(), last: ones(), is_sound: Vec::new() };
        for (k, head) in heads.clone().enumerate() {
            let decay = chunk.gates.decay(head - chunk.at.columns.start);
            let is_fading = |&a: &F| a >= F::zero() && a <= F::one();
            fading.is_sound.push(decay.iter().all(is_fading));
            let own = k * steps..(k + 1) * steps;
            let (left, last) = (&mut fading.left[own.clone()], &mut fading.last[own]);
            let mut product = F::one();
            for (left, &a) in left.iter_mut().zip(decay) {
                product = (product * a).flushed();
                *left = product;
            }
            product = F::one();
            for (last, &a) in last.iter_mut().zip(decay).rev() {
                *last = product;
                product = (product * a).flushed();
            }
        }
        fading
    }

    pub(super) fn left(&self, k: usize) -> &[F] {
        &self.left[k * self.steps..(k + 1) * self.steps]
    }

    pub(super) fn last(&self, k: usize) -> &[F] {
        &self.last[k * self.steps..(k + 1) * self.steps]
    }

    pub(super) fn is_sound(&self, k: usize) -> bool {
        self.is_sound[k]
    }
}

/// Fills `out`, `[steps, heads, head_dim]`, with the heads' part of `data`, `[rows, heads, head_dim]`, times `factor` of
/// a head and a step.
#[inline(always)]
pub(super) fn weigh<S: Simd, F: Real>(
    _: S,
    ssd: &Ssd<'_, F>,
    chunk: &Chunk<F>,
    heads: &Range<usize>,
    data: &[F],
    factor: impl Fn(usize, usize) -> F,
    out: &mut [F],
) {
    let size = ssd.sizes.head_dim;
    let width = heads.len() * size;
    for (step, out) in out.chunks_exact_mut(width.max(1)).enumerate() {
        let row = chunk.at.rows.start + chunk.at.row(step);
        let first = (row * ssd.sizes.heads + heads.start) * size;
        let rows = out.chunks_exact_mut(size).zip(data[first..first + width].chunks_exact(size));
        for (k, (out, data)) in rows.enumerate() {
            let factor = factor(k, step);
            out.iter_mut().zip(data).for_each(|(out, &x)| *out = factor * x);
        }
    }
}

/// Copies the rows of a group out of `[rows, groups, states]` to `[steps, states]`.
pub(super) fn gather<F: Real>(
    ssd: &Ssd<'_, F>,
    chunk: &Chunk<F>,
    group: usize,
    data: &[F],
    out: &mut Vec<F>,
) {
    let states = ssd.sizes.states;
    out.clear();
    for step in 0..chunk.at.rows.len() {
        let row = chunk.at.rows.start + chunk.at.row(step);
        let first = (row * ssd.sizes.groups + group) * states;
        out.extend_from_slice(&data[first..first + states]);
    }
}

/// Whether no number is infinite or NaN.
pub(super) fn finite<F: Real>(level: Level, data: &[F]) -> bool {
    dispatch!(level, simd => are_finite(simd, std::iter::once(data)))
}

/// The sum of products, the same on every CPU.
#[inline(always)]
pub(super) fn dot<F: Real>(x: &[F], y: &[F]) -> F {
    let ((x, x_rest), (y, y_rest)) = (x.as_chunks::<LANES>(), y.as_chunks::<LANES>());
    let mut sums = [F::zero(); LANES];
    for (x, y) in x.iter().zip(y) {
        for lane in 0..LANES {
            sums[lane] += x[lane] * y[lane];
        }
    }
    let rest = x_rest.iter().zip(y_rest).fold(F::zero(), |sum, (&x, &y)| sum + x * y);
    folded(sums) + rest
}

/// The sum of numbers, the same on every CPU.
#[inline(always)]
pub(super) fn total<F: Real>(x: &[F]) -> F {
    let (x, rest) = x.as_chunks::<LANES>();
    let mut sums = [F::zero(); LANES];
    for x in x {
        for lane in 0..LANES {
            sums[lane] += x[lane];
        }
    }
    folded(sums) + rest.iter().fold(F::zero(), |sum, &x| sum + x)
}

/// The sum of lanes.
#[inline(always)]
pub(super) fn folded<F: Real>([a, b, c, d, e, f, g, h]: [F; LANES]) -> F {
    ((a + e) + (c + g)) + ((b + f) + (d + h))
}
