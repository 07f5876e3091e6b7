//! Kernels of diagonal plus low-rank systems: their generating functions at the roots of unity are Cauchy
//! sums, joined by Woodbury's identity (Gu et al. 2022, arXiv:2111.00396, algorithm 1).
//!
//! With `omega = exp(-2 i h)` and `z = 2 (1 - omega) / (1 + omega) = 2 i tan h`, a sum of `v / (z - lambda)` over
//! conjugate pairs is `cos h T` with
//!
//! ```text
//! T = sum_n (4 i sin h Re v - 2 cos h Re(v conj lambda)) / ((2 i sin h - cos h lambda) (2 i sin h - cos h conj lambda))
//! ```
//!
//! which is finite where `z` is not, and whose weights are real: one division serves every product of factors.

mod sums;

use crate::{Engine, Error, dims::check, fourier};
use fearless_simd::dispatch;
use nalgebra::Complex;
use std::f64::consts::PI;
use sums::{LANES, Sums, Terms};

type C = Complex<f64>;

/// The bilinear form of `x' = (lambda - p q^T) x + b u`, one system for each channel. Complex arrays are two
/// planes; every state stands for itself and for its conjugate.
#[derive(Clone, Copy, Debug)]
pub struct Cauchy<'a> {
    /// States of a channel.
    pub states: usize,
    /// Columns of `p` and `q`.
    pub rank: usize,
    /// Poles times step sizes, `[channels, states]`.
    pub lambda: [&'a [f64]; 2],
    /// Input weights times step sizes, `[channels, states]`.
    pub b: [&'a [f64]; 2],
    /// Readouts, cut off after as many steps as the kernel has, `[channels, states]`.
    pub c: [&'a [f64]; 2],
    /// The low-rank part times step sizes, `[channels, rank, states]`.
    pub p: [&'a [f64]; 2],
    /// Its other factor, `[channels, rank, states]`.
    pub q: [&'a [f64]; 2],
}

impl Cauchy<'_> {
    /// Fills the kernels, `[channels, length]`.
    pub fn kernel(&self, engine: &Engine, length: usize, kernel: &mut [f64]) -> Result<(), Error> {
        let own = self.lambda[0].len();
        for (names, planes, expected) in [
            (["lambda.re", "lambda.im"], self.lambda, own),
            (["b.re", "b.im"], self.b, own),
            (["c.re", "c.im"], self.c, own),
            (["p.re", "p.im"], self.p, own * self.rank),
            (["q.re", "q.im"], self.q, own * self.rank),
        ] {
            check(names[0], expected, planes[0].len())?;
            check(names[1], expected, planes[1].len())?;
        }
        check("out.kernel", (own / self.states.max(1)).saturating_mul(length), kernel.len())?;
        if kernel.is_empty() {
            return Ok(());
        }
        let inverse = fourier::inverse::<f64>(length);
        let angles: Vec<[f64; 2]> = (0..=length / 2)
            .map(|k| PI * k as f64 / length as f64)
            .map(|half| [half.cos(), half.sin()])
            .collect();
        let side = 1 + self.rank;
        engine.rows(self.states * side * side, length, kernel, |channels, kernel| {
            let (mut spectrum, mut scratch) =
                (inverse.make_input_vec(), inverse.make_scratch_vec());
            let (mut sums, mut inner) = (Sums::new(), Vec::new());
            for (channel, kernel) in channels.zip(kernel.chunks_exact_mut(length)) {
                let terms = self.terms(channel);
                for (angles, spectrum) in angles.chunks(LANES).zip(spectrum.chunks_mut(LANES)) {
                    dispatch!(engine.level(), simd => terms.fill(simd, angles, &mut sums));
                    for (lane, (&angle, value)) in angles.iter().zip(spectrum).enumerate() {
                        *value = joined(&sums, lane, side, angle, &mut inner) / length as f64;
                    }
                }
                spectrum[0].im = 0.0;
                if let (true, Some(end)) = (length.is_multiple_of(2), spectrum.last_mut()) {
                    end.im = 0.0;
                }
                // Lengths are the plan's own, which is all that could be wrong.
                let _ = inverse.process_with_scratch(&mut spectrum, kernel, &mut scratch);
            }
        });
        Ok(())
    }

    /// `[b, p...]` times `[c, q...]` of every state.
    fn terms(&self, channel: usize) -> Terms {
        let (n, side) = (self.states, 1 + self.rank);
        let at = |planes: [&[f64]; 2], i: usize| C::new(planes[0][i], planes[1][i]);
        let factor =
            |first: [&[f64]; 2], others: [&[f64]; 2], i: usize, k: usize| match i.checked_sub(1) {
                None => at(first, channel * n + k),
                Some(r) => at(others, (channel * self.rank + r) * n + k),
            };
        let mut terms = Terms::new(side * side);
        for k in 0..n {
            let products = (0..side * side)
                .map(|i| factor(self.b, self.p, i / side, k) * factor(self.c, self.q, i % side, k));
            terms.push(at(self.lambda, channel * n + k), products);
        }
        terms
    }
}

/// The generating function at `omega`: `exp(i h) (T_00 - cos h T_01 (I + cos h T_11)^-1 T_10)`, of the sums of a lane.
fn joined(sums: &Sums, lane: usize, side: usize, [cos, sin]: [f64; 2], inner: &mut Vec<C>) -> C {
    let at = |i: usize, j: usize| {
        let [re, im] = &sums[i * side + j];
        C::new(re[lane], im[lane])
    };
    let one = C::new(1.0, 0.0);
    let correction = match side - 1 {
        0 => C::new(0.0, 0.0),
        1 => at(0, 1) * at(1, 0) * cos / (one + at(1, 1) * cos),
        rank => {
            let width = rank + 1;
            inner.clear();
            for r in 1..=rank {
                inner.extend(
                    (1..=rank).map(|s| at(r, s) * cos + if r == s { one } else { C::ZERO }),
                );
                inner.push(at(r, 0) * cos);
            }
            solve(inner, width);
            (0..rank).map(|s| at(0, s + 1) * inner[s * width + rank]).sum()
        }
    };
    (at(0, 0) - correction) * C::new(cos, sin)
}

/// Solves the equations whose rows are `width - 1` coefficients and the right side, which becomes the solution.
fn solve(rows: &mut [C], width: usize) {
    let rank = width - 1;
    for pivot in 0..rank {
        let size = |row: usize| rows[row * width + pivot].norm_sqr();
        let best =
            (pivot + 1..rank).fold(pivot, |best, r| if size(r) > size(best) { r } else { best });
        (0..width).for_each(|k| rows.swap(pivot * width + k, best * width + k));
        let inverse = rows[pivot * width + pivot].inv();
        rows[pivot * width..][..width].iter_mut().for_each(|x| *x *= inverse);
        for row in (0..rank).filter(|&row| row != pivot) {
            let factor = rows[row * width + pivot];
            for k in pivot..width {
                let other = rows[pivot * width + k];
                rows[row * width + k] -= factor * other;
            }
        }
    }
}
