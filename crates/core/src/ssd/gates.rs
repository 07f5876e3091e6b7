//! Step sizes and decays of a piece of time.

use super::Ssd;
use crate::{
    Real,
    gates::reference,
    layout::Stretch,
    math::{exp, softplus},
};
use fearless_simd::{Level, Simd, dispatch, prelude::*};

/// Both are `[heads, steps]`, in time order.
pub(super) struct Gates<F> {
    steps: usize,
    delta: Vec<F>,
    decay: Vec<F>,
}

impl<F: Real> Gates<F> {
    /// Those of a piece; the decay of a step with a reset is 0.
    pub(super) fn new(ssd: &Ssd<'_, F>, level: Level, at: &Stretch) -> Self {
        let steps = at.rows.len();
        let zeros = || vec![F::zero(); at.columns.len() * steps];
        let mut gates = Self { steps, delta: zeros(), decay: zeros() };
        for step in 0..steps {
            let row = at.rows.start + at.row(step);
            let dt = &ssd.inputs.dt[row * ssd.sizes.heads..][at.columns.clone()];
            dt.iter().enumerate().for_each(|(k, &dt)| gates.delta[k * steps + step] = dt);
        }
        dispatch!(level, simd => gates.fill(simd, ssd, at));
        if let Some(reset) = ssd.layout.options().reset {
            for step in (0..steps).filter(|&step| reset[at.rows.start + at.row(step)] != 0) {
                gates.decay.iter_mut().skip(step).step_by(steps).for_each(|a| *a = F::zero());
            }
        }
        gates
    }

    /// Step sizes of the piece's `k`th head.
    pub(super) fn delta(&self, k: usize) -> &[F] {
        &self.delta[k * self.steps..(k + 1) * self.steps]
    }

    /// Decays of the piece's `k`th head.
    pub(super) fn decay(&self, k: usize) -> &[F] {
        &self.decay[k * self.steps..(k + 1) * self.steps]
    }

    #[inline(always)]
    fn fill<S: Simd>(&mut self, simd: S, ssd: &Ssd<'_, F>, at: &Stretch) {
        let steps = self.steps;
        let heads = self.delta.chunks_exact_mut(steps).zip(self.decay.chunks_exact_mut(steps));
        for (head, (delta, decay)) in at.columns.clone().zip(heads) {
            let bias = ssd.inputs.dt_bias.map_or(F::zero(), |bias| bias[head]);
            let [bias, a] = [bias, ssd.inputs.a[head]].map(|x| F::Vector::<S>::splat(simd, x));
            let limit = ssd.steps.limit.map(|x| F::Vector::<S>::splat(simd, F::of(x)));
            let size = F::Vector::<S>::LEN;
            for first in (0..steps).step_by(size) {
                let own = first..(first + size).min(steps);
                let mut lanes = [F::zero(); 16];
                lanes[..own.len()].copy_from_slice(&delta[own.clone()]);
                let dt = F::Vector::<S>::from_slice(simd, &lanes[..size]) + bias;
                let dt = if ssd.steps.softplus { softplus(dt) } else { dt };
                let dt = dt.simd_lt(limit[0]).select(limit[0], dt);
                let dt = dt.simd_gt(limit[1]).select(limit[1], dt);
                delta[own.clone()].copy_from_slice(&dt.as_slice()[..own.len()]);
                decay[own.clone()].copy_from_slice(&exp(dt * a).as_slice()[..own.len()]);
            }
        }
    }
}

impl<F: Real> Ssd<'_, F> {
    /// The derivative of a step size by what is given for it: none outside the limits.
    pub(super) fn slope(&self, row: usize, head: usize) -> F {
        let bias = self.inputs.dt_bias.map_or(F::zero(), |bias| bias[head]);
        let dt = (self.inputs.dt[row * self.sizes.heads + head] + bias).wide();
        let [low, high] = self.steps.limit;
        let (size, slope) = if self.steps.softplus {
            (reference::softplus(dt), 1.0 / (1.0 + (-dt).exp()))
        } else {
            (dt, 1.0)
        };
        F::of(if size < low || size > high { 0.0 } else { slope })
    }
}
