//! `y[t] = sum of K[l] u[t-l]` with matrices `K[l]`: a system with many inputs and outputs as a convolution.

mod reference;
mod transforms;

use crate::{
    Dims, Engine, Error,
    dims::check,
    fft_conv::Transformed,
    product::{Matrix, multiply},
};

pub use reference::reference;

/// From this length on transforms are cheaper than products lag by lag.
const LONG: usize = 128;

/// A checked call: the length of every buffer agrees with the dimensions.
#[derive(Clone, Copy, Debug)]
pub struct MatrixConvolution<'a, F> {
    dims: Dims,
    outputs: usize,
    u: &'a [F],
    kernel: &'a [F],
}

impl<'a, F: Transformed> MatrixConvolution<'a, F> {
    /// Borrows the inputs `u` (`[batch, length, channels]`) and the `kernel` (`[channels, length,
    /// outputs]`).
    pub fn new(dims: Dims, outputs: usize, u: &'a [F], kernel: &'a [F]) -> Result<Self, Error> {
        let taps = dims.channels.saturating_mul(dims.length).saturating_mul(outputs);
        check("u", dims.signal(), u.len())?;
        check("kernel", taps, kernel.len())?;
        Ok(Self { dims, outputs, u, kernel })
    }

    /// Fills `y`, `[batch, length, outputs]`.
    pub fn run(self, engine: &Engine, y: &mut [F]) -> Result<(), Error> {
        let Dims { length, channels, .. } = self.dims;
        let width = length.saturating_mul(self.outputs);
        check("y", self.dims.batch.saturating_mul(width), y.len())?;
        if self.u.is_empty() || width == 0 {
            y.fill(F::zero());
            return Ok(());
        }
        if length >= LONG {
            transforms::run(&self, engine, y);
            return Ok(());
        }
        let cost = (length * channels / 20).max(1);
        engine.rows(cost, width, y, |sequences, y| {
            for (sequence, y) in sequences.zip(y.chunks_exact_mut(width)) {
                let u = &self.u[sequence * length * channels..][..length * channels];
                self.sequence(u, y);
            }
        });
        Ok(())
    }

    fn sequence(&self, u: &[F], y: &mut [F]) {
        let Dims { length, channels, .. } = self.dims;
        y.fill(F::zero());
        for lag in 0..length {
            let rows = length - lag;
            let earlier = &u[..rows * channels];
            let x = Matrix { data: earlier, rows, columns: channels, row: channels, column: 1 };
            let data = self.kernel.get(lag * self.outputs..).unwrap_or(&[]);
            let column = length * self.outputs;
            let w = Matrix { data, rows: self.outputs, columns: channels, row: 1, column };
            multiply(F::one(), x, w, F::one(), &mut y[lag * self.outputs..]);
        }
    }
}
