//! The gradients of the recurrence: `g = (dh + c) (1 - h^2)`, `c = W^T g`, from the last step to the first.

use crate::{Dims, Engine, Error, Real, dims::check};
use fearless_simd::{Simd, dispatch};

/// What the gradients of all steps depend on.
#[derive(Clone, Copy, Debug)]
pub struct Backward<'a, F> {
    dims: Dims,
    h: &'a [F],
    weight: &'a [F],
    dh: &'a [F],
    reset: Option<&'a [u8]>,
}

impl<'a, F: Real> Backward<'a, F> {
    /// Borrows all states `h` and their gradients `dh` (`[batch, length, channels]`), `weight` (`[channels,
    /// channels]`) and `reset` (`[batch, length]`).
    pub fn new(
        dims: Dims,
        [h, dh]: [&'a [F]; 2],
        weight: &'a [F],
        reset: Option<&'a [u8]>,
    ) -> Result<Self, Error> {
        let n = dims.channels;
        check("h", dims.signal(), h.len())?;
        check("gradients.h", dims.signal(), dh.len())?;
        check("weight_hh_l0", n.saturating_mul(n), weight.len())?;
        check("reset", dims.rows(), reset.map_or(dims.rows(), <[u8]>::len))?;
        Ok(Self { dims, h, weight, dh, reset })
    }

    /// Fills the gradient `g` of what is added up before each tanh, `[batch, length, channels]`: that of `x`.
    pub fn run(self, engine: &Engine, g: &mut [F]) -> Result<(), Error> {
        let Dims { length, channels, .. } = self.dims;
        check("out.x", self.dims.signal(), g.len())?;
        let size = length * channels;
        if g.is_empty() {
            return Ok(());
        }
        let mut sequences: Vec<_> = g.chunks_mut(size).collect();
        engine.rows(
            size.saturating_mul(channels / 10 + 8),
            1,
            &mut sequences,
            |range, sequences| {
                for (n, g) in range.zip(sequences) {
                    dispatch!(engine.level(), simd => self.sequence(simd, n, g));
                }
            },
        );
        Ok(())
    }

    #[inline(always)]
    fn sequence<S: Simd>(&self, _: S, n: usize, g: &mut [F]) {
        let channels = self.dims.channels;
        let first = n * self.dims.length;
        let mut carry = vec![F::zero(); channels];
        for (t, g) in g.chunks_exact_mut(channels).enumerate().rev() {
            let row = (first + t) * channels..(first + t + 1) * channels;
            let gradients = self.dh[row.clone()].iter().zip(&carry);
            for ((g, (&dh, &c)), &h) in g.iter_mut().zip(gradients).zip(&self.h[row]) {
                *g = (dh + c) * (F::one() - h * h);
            }
            carry.fill(F::zero());
            if self.reset.is_some_and(|reset| reset[first + t] != 0) {
                continue;
            }
            for (&g, weights) in g.iter().zip(self.weight.chunks_exact(channels)) {
                carry.iter_mut().zip(weights).for_each(|(carry, &w)| *carry += w * g);
            }
            carry.iter_mut().for_each(|carry| *carry = carry.flushed());
        }
    }
}
