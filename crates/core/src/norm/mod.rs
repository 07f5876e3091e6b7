//! Normalisation of rows.

use crate::{Engine, Error, Real, dims::check};

/// What rows are brought to the scale of.
#[derive(Clone, Copy, Debug)]
pub enum Statistics<'a, F> {
    /// Their own mean and variance.
    Layer,
    /// Their own mean square.
    Rms,
    /// Means and variances of the features, `[width]`.
    Batch {
        /// The means.
        mean: &'a [F],
        /// The variances.
        var: &'a [F],
    },
}

/// A checked call: the length of every buffer agrees with the dimensions.
#[derive(Clone, Copy, Debug)]
pub struct Norm<'a, F> {
    width: usize,
    epsilon: f64,
    x: &'a [F],
    statistics: Statistics<'a, F>,
    scale: Option<&'a [F]>,
    bias: Option<&'a [F]>,
}

impl<'a, F: Real> Norm<'a, F> {
    /// Borrows `x` (`[rows, width]`), and what results are multiplied by and what is added to them, both
    /// `[width]`.
    pub fn new(
        rows: usize,
        width: usize,
        epsilon: f64,
        x: &'a [F],
        statistics: Statistics<'a, F>,
        [scale, bias]: [Option<&'a [F]>; 2],
    ) -> Result<Self, Error> {
        check("x", rows.saturating_mul(width), x.len())?;
        let [mean, var] = match statistics {
            Statistics::Batch { mean, var } => [Some(mean), Some(var)],
            _ => [None, None],
        };
        for (argument, one) in [("scale", scale), ("bias", bias), ("mean", mean), ("var", var)] {
            check(argument, width, one.map_or(width, <[F]>::len))?;
        }
        Ok(Self { width, epsilon, x, statistics, scale, bias })
    }

    /// Fills `y`, `[rows, width]`.
    pub fn run(self, engine: &Engine, y: &mut [F]) -> Result<(), Error> {
        check("y", self.x.len(), y.len())?;
        let width = self.width.max(1);
        engine.rows(4, width, y, |rows, y| {
            let x = &self.x[rows.start * width..rows.end * width];
            for (x, y) in x.chunks_exact(width).zip(y.chunks_exact_mut(width)) {
                self.row(x, y);
            }
        });
        Ok(())
    }

    fn row(&self, x: &[F], y: &mut [F]) {
        match self.statistics {
            Statistics::Batch { mean, var } => {
                for (i, (y, &x)) in y.iter_mut().zip(x).enumerate() {
                    *y = (x - mean[i]) / (var[i] + F::of(self.epsilon)).sqrt();
                }
            }
            Statistics::Layer => {
                let mean = mean_of(x, |x| x);
                self.shrink(x, y, mean, mean_of(x, |x| (x - mean) * (x - mean)));
            }
            Statistics::Rms => self.shrink(x, y, 0.0, mean_of(x, |x| x * x)),
        }
        if let Some(scale) = self.scale {
            y.iter_mut().zip(scale).for_each(|(y, &scale)| *y *= scale);
        }
        if let Some(bias) = self.bias {
            y.iter_mut().zip(bias).for_each(|(y, &bias)| *y += bias);
        }
    }

    fn shrink(&self, x: &[F], y: &mut [F], mean: f64, square: f64) {
        let (mean, factor) = (F::of(mean), F::of(1.0 / (square + self.epsilon).sqrt()));
        y.iter_mut().zip(x).for_each(|(y, &x)| *y = (x - mean) * factor);
    }
}

/// The mean of a function of numbers; by four sums, so that one does not wait for the other.
pub(crate) fn mean_of<F: Real>(x: &[F], f: impl Fn(f64) -> f64) -> f64 {
    let (groups, rest) = x.as_chunks::<4>();
    let mut sums = [0.0; 4];
    for group in groups {
        sums.iter_mut().zip(group).for_each(|(sum, x)| *sum += f(x.wide()));
    }
    let rest: f64 = rest.iter().map(|x| f(x.wide())).sum();
    (sums.iter().sum::<f64>() + rest) / x.len() as f64
}
