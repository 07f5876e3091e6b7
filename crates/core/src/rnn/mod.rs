//! `h[t] = tanh(x[t] + W h[t-1] + bias)`: the recurrence that is no scan.

mod backward;
mod kernel;
mod reference;

use crate::{Dims, Engine, Error, Real, dims::check};
use fearless_simd::{Simd, dispatch};

pub use backward::Backward;
pub use reference::reference;

/// A checked call: the length of every buffer agrees with the dimensions.
#[derive(Clone, Copy, Debug)]
pub struct Rnn<'a, F> {
    dims: Dims,
    x: &'a [F],
    weight: &'a [F],
    bias: &'a [F],
    reset: Option<&'a [u8]>,
}

impl<'a, F: Real> Rnn<'a, F> {
    /// Borrows `x` (`[batch, length, channels]`), `weight` (`[channels, channels]`), `bias` (`[channels]`) and
    /// `reset` (`[batch, length]`).
    pub fn new(
        dims: Dims,
        x: &'a [F],
        [weight, bias]: [&'a [F]; 2],
        reset: Option<&'a [u8]>,
    ) -> Result<Self, Error> {
        let n = dims.channels;
        check("x", dims.signal(), x.len())?;
        check("weight_hh_l0", n.saturating_mul(n), weight.len())?;
        check("bias_hh_l0", n, bias.len())?;
        check("reset", dims.rows(), reset.map_or(dims.rows(), <[u8]>::len))?;
        Ok(Self { dims, x, weight, bias, reset })
    }

    /// Elements of the states that enter and leave.
    pub fn state(&self) -> usize {
        self.dims.batch.saturating_mul(self.dims.channels)
    }

    /// Fills `h`, `[batch, length, channels]`; `state` (`[batch, channels]`) is what enters and then what leaves.
    pub fn run(self, engine: &Engine, state: &mut [F], h: &mut [F]) -> Result<(), Error> {
        let Dims { length, channels, .. } = self.dims;
        check("state", self.state(), state.len())?;
        check("out.h", self.dims.signal(), h.len())?;
        let size = length * channels;
        if h.is_empty() {
            return Ok(());
        }
        let mut sequences: Vec<_> = h.chunks_mut(size).zip(state.chunks_mut(channels)).collect();
        // A scan element takes about as long as ten multiplications.
        engine.rows(
            size.saturating_mul(channels / 10 + 8),
            1,
            &mut sequences,
            |range, sequences| {
                for (n, (h, state)) in range.zip(sequences) {
                    dispatch!(engine.level(), simd => self.sequence(simd, n, state, h));
                }
            },
        );
        Ok(())
    }

    #[inline(always)]
    fn sequence<S: Simd>(&self, simd: S, n: usize, state: &mut [F], h: &mut [F]) {
        let channels = self.dims.channels;
        let first = n * self.dims.length;
        let mut b = vec![F::zero(); channels];
        let x = self.x[first * channels..].chunks_exact(channels);
        for (t, (x, h)) in x.zip(h.chunks_exact_mut(channels)).enumerate() {
            if self.reset.is_some_and(|reset| reset[first + t] != 0) {
                state.fill(F::zero());
            }
            kernel::step(simd, x, [self.weight, self.bias], &mut b, state, h);
        }
    }
}
