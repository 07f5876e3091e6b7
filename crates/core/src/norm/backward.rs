//! The gradients of a normalisation by the rows' own statistics, or by given ones.

use super::{Norm, Statistics, mean_of};
use crate::{Engine, Error, Real, dims::check};
use std::ops::Range;

/// Rows whose share of the gradients of `scale` and `bias` is summed by one thread.
const SUM: usize = 256;

/// What a normalisation's gradients are written to.
#[derive(Debug)]
pub struct Gradients<'a, F> {
    /// `[rows, width]`.
    pub x: &'a mut [F],
    /// `[width]`.
    pub scale: &'a mut [F],
    /// `[width]`.
    pub bias: &'a mut [F],
}

impl<F: Real> Norm<'_, F> {
    /// Fills the gradients, given that of `y` (`[rows, width]`). Means and variances of features count as constants.
    pub fn backward(self, engine: &Engine, y: &[F], out: Gradients<'_, F>) -> Result<(), Error> {
        let width = self.width.max(1);
        check("gradients.y", self.x.len(), y.len())?;
        check("out.x", self.x.len(), out.x.len())?;
        check("out.scale", self.width, out.scale.len())?;
        check("out.bias", self.width, out.bias.len())?;
        let parts = engine.pool().map(out.x.chunks_mut(SUM * width).enumerate(), |(k, dx)| {
            let from = k * SUM * width;
            self.part(from..from + dx.len(), y, dx)
        });
        for (plane, out) in [out.scale, out.bias].into_iter().enumerate() {
            for (c, out) in out.iter_mut().enumerate() {
                *out = F::of(parts.iter().map(|part| part[plane][c]).sum());
            }
        }
        Ok(())
    }

    /// The gradients of some rows, and their sums for `scale` and `bias`.
    fn part(&self, range: Range<usize>, dy: &[F], dx: &mut [F]) -> [Vec<f64>; 2] {
        let width = self.width.max(1);
        let [mut scales, mut biases] = [vec![0.0; self.width], vec![0.0; self.width]];
        let rows = self.x[range.clone()].chunks_exact(width).zip(dy[range].chunks_exact(width));
        let (mut unit, mut g) = (vec![F::zero(); width], vec![F::zero(); width]);
        for ((x, dy), dx) in rows.zip(dx.chunks_exact_mut(width)) {
            let factors = self.units(x, &mut unit);
            for c in 0..width {
                scales[c] += dy[c].wide() * unit[c].wide();
                biases[c] += dy[c].wide();
                g[c] = dy[c] * self.scale.map_or(F::one(), |scale| scale[c]);
            }
            let Some(factor) = factors else {
                let Statistics::Batch { var, .. } = self.statistics else { continue };
                for c in 0..width {
                    dx[c] = g[c] / (var[c] + F::of(self.epsilon)).sqrt();
                }
                continue;
            };
            let along = F::of(dot(&g, &unit) / width as f64);
            let shift = match self.statistics {
                Statistics::Layer => F::of(mean_of(&g, |g| g)),
                _ => F::zero(),
            };
            for c in 0..width {
                dx[c] = factor * (g[c] - shift - unit[c] * along);
            }
        }
        [scales, biases]
    }

    /// A row's results before `scale` and `bias`; the factor that made them, where a row has one.
    fn units(&self, x: &[F], unit: &mut [F]) -> Option<F> {
        let (mean, square) = match self.statistics {
            Statistics::Batch { mean, var } => {
                for (c, (unit, &x)) in unit.iter_mut().zip(x).enumerate() {
                    *unit = (x - mean[c]) / (var[c] + F::of(self.epsilon)).sqrt();
                }
                return None;
            }
            Statistics::Layer => {
                let mean = mean_of(x, |x| x);
                (mean, mean_of(x, |x| (x - mean) * (x - mean)))
            }
            Statistics::Rms => (0.0, mean_of(x, |x| x * x)),
        };
        self.shrink(x, unit, mean, square);
        Some(F::of(1.0 / (square + self.epsilon).sqrt()))
    }
}

fn dot<F: Real>(x: &[F], y: &[F]) -> f64 {
    x.iter().zip(y).map(|(x, y)| x.wide() * y.wide()).sum()
}
