//! Sums over rows: `sums[c] = x[0][c] times[0][c] + x[1][c] times[1][c] + ...`.

use crate::{Engine, Error, Real, dims::check};
use fearless_simd::{Level, Simd, dispatch};

/// Rows that are summed in the arrays' own precision; the sums of such parts are added in `f64`. One job of a thread.
const PART: usize = 256;

/// Narrow rows are summed several side by side, so many elements and more.
const WIDE: usize = 32;

/// A checked call: the length of every buffer agrees with the dimensions.
#[derive(Clone, Copy, Debug)]
pub struct ColumnSums<'a, F> {
    width: usize,
    x: &'a [F],
    times: Option<&'a [F]>,
}

impl<'a, F: Real> ColumnSums<'a, F> {
    /// Borrows `x` and `times`, both `[rows, width]`; factors are 1 where absent.
    pub fn new(width: usize, x: &'a [F], times: Option<&'a [F]>) -> Result<Self, Error> {
        let rows = x.len() / width.max(1);
        check("x", rows * width, x.len())?;
        check("times", x.len(), times.map_or(x.len(), <[F]>::len))?;
        Ok(Self { width, x, times })
    }

    /// Fills `sums`, `[width]`. They are the same on any number of threads.
    pub fn run(self, engine: &Engine, sums: &mut [F]) -> Result<(), Error> {
        check("sums", self.width, sums.len())?;
        if self.width == 0 {
            return Ok(());
        }
        let abreast = WIDE.div_ceil(self.width);
        let part = PART * abreast * self.width;
        let parts = engine.pool().map(self.x.chunks(part).enumerate(), |(k, x)| {
            let times = self.times.map(|times| &times[k * part..][..x.len()]);
            summed(engine.level(), abreast * self.width, x, times)
        });
        for (c, sum) in sums.iter_mut().enumerate() {
            let own =
                |part: &Vec<F>| part[c..].iter().step_by(self.width).map(|x| x.wide()).sum::<f64>();
            *sum = F::of(parts.iter().map(own).sum());
        }
        Ok(())
    }
}

/// Sums over rows of `width` elements, the last of which may be shorter.
fn summed<F: Real>(level: Level, width: usize, x: &[F], times: Option<&[F]>) -> Vec<F> {
    let mut sums = vec![F::zero(); width];
    dispatch!(level, simd => add(simd, x, times, &mut sums));
    sums
}

#[inline(always)]
fn add<S: Simd, F: Real>(_: S, x: &[F], times: Option<&[F]>, sums: &mut [F]) {
    match times {
        None => {
            for x in x.chunks(sums.len()) {
                sums.iter_mut().zip(x).for_each(|(sum, &x)| *sum += x);
            }
        }
        Some(times) => {
            for (x, times) in x.chunks(sums.len()).zip(times.chunks(sums.len())) {
                sums.iter_mut().zip(x).zip(times).for_each(|((sum, &x), &times)| *sum += x * times);
            }
        }
    }
}
