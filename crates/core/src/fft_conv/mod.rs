//! `y[t] = sum_j k[j] u[t - j]` by fast Fourier transforms: one long kernel for each channel.

mod kernel;
mod reference;
mod turn;

use crate::{Dims, Engine, Error, Real, dims::check};

pub use reference::reference;

/// Numbers that can be transformed.
pub trait Transformed: Real + realfft::FftNum {}

impl Transformed for f32 {}
impl Transformed for f64 {}

/// Which inputs a kernel reaches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    /// Those that follow instead of those before.
    pub reverse: bool,
    /// Only the others: the present one is left out. Of a reversed kernel alone.
    pub shifted: bool,
}

/// A checked call: the length of every buffer agrees with the dimensions.
#[derive(Clone, Copy, Debug)]
pub struct FftConv<'a, F> {
    dims: Dims,
    u: &'a [F],
    kernel: &'a [F],
    kernel_length: usize,
    reach: Reach,
    adds: bool,
}

impl<'a, F: Transformed> FftConv<'a, F> {
    /// Borrows the input `u` (`[batch, length, channels]`) and the kernels (`[channels, kernel_length]`).
    pub fn new(
        dims: Dims,
        u: &'a [F],
        kernel: &'a [F],
        kernel_length: usize,
        reach: Reach,
    ) -> Result<Self, Error> {
        check("u", dims.signal(), u.len())?;
        check("kernel", dims.channels.saturating_mul(kernel_length), kernel.len())?;
        Ok(Self { dims, u, kernel, kernel_length, reach, adds: false })
    }

    /// The same call, adding to `y` what it would otherwise write.
    #[must_use]
    pub fn adding(self) -> Self {
        Self { adds: true, ..self }
    }

    /// Fills `y`, `[batch, length, channels]`.
    pub fn run(self, engine: &Engine, y: &mut [F]) -> Result<(), Error> {
        check("out.y", self.dims.signal(), y.len())?;
        if self.taps() == 0 || y.is_empty() {
            if !self.adds {
                y.fill(F::zero());
            }
            return Ok(());
        }
        let mut lines = turn::lines(engine, &self);
        kernel::convolve(engine, &self, &mut lines);
        turn::rows(engine, &self, &lines, y);
        Ok(())
    }

    /// Elements of a kernel that reach an input.
    fn taps(&self) -> usize {
        let Dims { length, .. } = self.dims;
        self.kernel_length.min(length.saturating_sub(self.reach.shifted.into()))
    }
}
