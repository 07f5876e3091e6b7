//! Kernels of diagonal plus low-rank systems: their generating functions at the roots of unity are Cauchy
//! sums, joined by Woodbury's identity (Gu et al. 2022, arXiv:2111.00396, algorithm 1).

use crate::{Engine, Error, dims::check, fourier};
use nalgebra::{Complex, DMatrix};
use std::f64::consts::TAU;

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
        let side = 1 + self.rank;
        engine.rows(4 * self.states * side * side, length, kernel, |channels, kernel| {
            let mut spectrum = inverse.make_input_vec();
            for (channel, kernel) in channels.zip(kernel.chunks_exact_mut(length)) {
                let products = self.products(channel);
                for (k, value) in spectrum.iter_mut().enumerate() {
                    let angle = -TAU * k as f64 / length as f64;
                    *value = self.at(channel, &products, C::new(angle.cos(), angle.sin()));
                    *value /= length as f64;
                }
                spectrum[0].im = 0.0;
                if let (true, Some(end)) = (length.is_multiple_of(2), spectrum.last_mut()) {
                    end.im = 0.0;
                }
                // Lengths are the plan's own, which is all that could be wrong.
                let _ = inverse.process(&mut spectrum, kernel);
            }
        });
        Ok(())
    }

    /// `[b, p...]` times `[c, q...]` of every state, `[states, 1 + rank, 1 + rank]`.
    fn products(&self, channel: usize) -> Vec<C> {
        let (n, side) = (self.states, 1 + self.rank);
        let at = |planes: [&[f64]; 2], i: usize| C::new(planes[0][i], planes[1][i]);
        let factor =
            |first: [&[f64]; 2], others: [&[f64]; 2], i: usize, k: usize| match i.checked_sub(1) {
                None => at(first, channel * n + k),
                Some(r) => at(others, (channel * self.rank + r) * n + k),
            };
        let mut products = Vec::with_capacity(n * side * side);
        for k in 0..n {
            for i in 0..side {
                let left = factor(self.b, self.p, i, k);
                products.extend((0..side).map(|j| left * factor(self.c, self.q, j, k)));
            }
        }
        products
    }

    /// The generating function at `omega`. With `z = 2 (1 - omega) / (1 + omega)`, every sum of
    /// `v / (z - lambda)` is divided by `1 + omega`, so that nothing is infinite where that is 0.
    fn at(&self, channel: usize, products: &[C], omega: C) -> C {
        let side = 1 + self.rank;
        let (plus, minus) = (C::new(1.0, 0.0) + omega, (C::new(1.0, 0.0) - omega) * 2.0);
        let mut sums = vec![C::new(0.0, 0.0); side * side];
        for (k, products) in products.chunks_exact(side * side).enumerate() {
            let i = channel * self.states + k;
            let lambda = C::new(self.lambda[0][i], self.lambda[1][i]);
            let one = (minus - lambda * plus).inv();
            let other = (minus - lambda.conj() * plus).inv();
            for (sum, product) in sums.iter_mut().zip(products) {
                *sum += product * one + product.conj() * other;
            }
        }
        let correction = match self.rank {
            0 => C::new(0.0, 0.0),
            1 => plus * sums[1] * sums[2] / (C::new(1.0, 0.0) + plus * sums[3]),
            rank => {
                let inner = DMatrix::from_fn(rank, rank, |r, s| {
                    let own = plus * sums[(r + 1) * side + s + 1];
                    if r == s { own + C::new(1.0, 0.0) } else { own }
                });
                let right = DMatrix::from_fn(rank, 1, |r, _| sums[(r + 1) * side]);
                let solved = inner.lu().solve(&right).unwrap_or_else(|| DMatrix::zeros(rank, 1));
                plus * (0..rank).map(|s| sums[s + 1] * solved[s]).sum::<C>()
            }
        };
        (sums[0] - correction) * 2.0
    }
}
