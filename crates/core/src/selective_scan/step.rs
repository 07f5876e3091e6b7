//! One step of many sequences, in place on a pool of states.

use super::Inputs;
use crate::{
    Dims, Engine, Error, Real,
    dims::check,
    math::{exp, silu, softplus},
    real::flush,
};
use fearless_simd::{Simd, dispatch, prelude::*};

/// A checked call; states are real.
#[derive(Clone, Copy, Debug)]
pub struct SelectiveStep<'a, F> {
    dims: Dims,
    states: usize,
    groups: usize,
    inputs: Inputs<'a, F, 1>,
    slots: Option<&'a [i32]>,
}

impl<'a, F: Real> SelectiveStep<'a, F> {
    /// Borrows inputs of one step (`u`, `dt`, `z`: `[batch, channels]`; `b`, `c`: `[batch, groups, states]`) and each
    /// sequence's place in the pool, its own number where absent: `slots` (`[batch]`), negative where there is none.
    pub fn new(
        [batch, channels, states, groups]: [usize; 4],
        inputs: Inputs<'a, F, 1>,
        slots: Option<&'a [i32]>,
    ) -> Result<Self, Error> {
        let dims = Dims { batch, length: 1, channels };
        let sizes = super::Sizes { states, groups: Some(groups) };
        let spread = inputs.check(dims, sizes)?;
        for (name, is_fixed, plane) in
            [("B", spread.has_fixed_b, inputs.b[0]), ("C", spread.has_fixed_c, inputs.c[0])]
        {
            if is_fixed {
                check(name, batch.saturating_mul(groups).saturating_mul(states), plane.len())?;
            }
        }
        check("slots", batch, slots.map_or(batch, <[i32]>::len))?;
        Ok(Self { dims, states, groups, inputs, slots })
    }

    /// Moves the states of a pool (`[slots, channels, states]`) on and fills `y` (`[batch, channels]`, 0 where there
    /// is no state).
    pub fn run(self, engine: &Engine, state: &mut [F], y: &mut [F]) -> Result<(), Error> {
        let Dims { batch, channels, .. } = self.dims;
        check("out.y", self.dims.signal(), y.len())?;
        let width = channels.saturating_mul(self.states);
        let pool = state.len().checked_div(width).unwrap_or(usize::MAX);
        if !state.len().is_multiple_of(width.max(1)) {
            let expected = format!("a multiple of {width}");
            return Err(Error::Length { argument: "state", expected, actual: state.len() });
        }
        let mut own = self.slots.unwrap_or(&[]).iter();
        if let Some(slot) = own.find(|&&slot| usize::try_from(slot).is_ok_and(|slot| slot >= pool))
        {
            return Err(Error::Layout(format!("`slots` must be below {pool}, got {slot}")));
        }
        if self.slots.is_none() && pool < batch {
            let expected = format!("at least {}", batch.saturating_mul(width));
            return Err(Error::Length { argument: "state", expected, actual: state.len() });
        }
        for (i, y) in y.chunks_exact_mut(channels.max(1)).enumerate() {
            match self.slots.map_or(Ok(i), |slots| usize::try_from(slots[i])) {
                Err(_) => y.fill(F::zero()),
                Ok(slot) => {
                    let state = &mut state[slot.saturating_mul(width)..][..width];
                    dispatch!(engine.level(), simd => self.advance(simd, i, state, y));
                }
            }
        }
        Ok(())
    }

    /// Sequence `i`: states are in the lanes, as they stand in the pool.
    #[inline(always)]
    fn advance<S: Simd>(self, simd: S, i: usize, state: &mut [F], y: &mut [F]) {
        let (channels, states, size) = (self.dims.channels, self.states, F::Wide::<S>::LEN);
        let row = i * channels..(i + 1) * channels;
        let (u, dt) = (&self.inputs.u[row.clone()], &self.inputs.dt[row.clone()]);
        let z = self.inputs.z.map(|z| &z[row.clone()]);
        for first in (0..channels).step_by(size) {
            let part = first..(first + size).min(channels);
            let mut delta = load::<S, F>(simd, dt, first);
            if let Some(bias) = self.inputs.dt_bias {
                delta += load::<S, F>(simd, bias, first);
            }
            if self.inputs.softplus {
                delta = softplus(delta);
            }
            let input = load::<S, F>(simd, u, first);
            let mut out = match self.inputs.d {
                Some(d) => load::<S, F>(simd, d, first) * input,
                None => F::Wide::splat(simd, F::zero()),
            };
            let input = delta * input;
            for (lane, c) in part.clone().enumerate() {
                let group = i * self.groups + c * self.groups / channels;
                let shared = group * states..(group + 1) * states;
                let own = c * states..(c + 1) * states;
                let (b, k) = (&self.inputs.b[0][shared.clone()], &self.inputs.c[0][shared]);
                let (a, h) = (&self.inputs.a[0][own.clone()], &mut state[own]);
                let [delta, input] = [delta, input].map(|x| F::Wide::<S>::splat(simd, x[lane]));
                let mut sum = F::Wide::<S>::splat(simd, F::zero());
                for n in (0..states).step_by(size) {
                    let [a, b, k, before] = [a, b, k, &*h].map(|row| load::<S, F>(simd, row, n));
                    let mut after = flush(exp(delta * a).mul_add(before, input * b));
                    let rest = &mut h[n..(n + size).min(states)];
                    rest.copy_from_slice(&after.as_slice()[..rest.len()]);
                    if rest.len() < size {
                        // Lanes behind the last state have NaN where the input is infinite.
                        after = load::<S, F>(simd, h, n);
                    }
                    sum = after.mul_add(k, sum);
                }
                out[lane] += sum.as_slice().iter().fold(F::zero(), |x, &y| x + y);
            }
            if let Some(z) = z {
                out *= silu(load::<S, F>(simd, z, first));
            }
            let rest = &mut y[part];
            rest.copy_from_slice(&out.as_slice()[..rest.len()]);
        }
    }
}

/// A vector of a row that may end within it.
#[inline(always)]
fn load<S: Simd, F: Real>(simd: S, row: &[F], first: usize) -> F::Wide<S> {
    let size = F::Wide::<S>::LEN;
    if let Some(whole) = row.get(first..first + size) {
        return F::Wide::from_slice(simd, whole);
    }
    let mut lanes = [F::zero(); 16];
    let rest = row.get(first..).unwrap_or(&[]);
    lanes[..rest.len()].copy_from_slice(rest);
    F::Wide::from_slice(simd, &lanes[..size])
}
