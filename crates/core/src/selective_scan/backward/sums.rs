//! Gradients that are sums: of weights over all steps, of `B` and `C` of a step over the channels of a group.

use crate::Real;
use fearless_simd::{Simd, prelude::*};

/// The sums of one job, whose order no thread changes.
#[derive(Debug)]
pub(super) struct Ledger<F, const P: usize> {
    /// Of `A`, and of `B` and `C` where they are the same at every step: `[states, width]` of each block; in `f64`, as
    /// there is a term for each step.
    pub(super) of_states: [[Vec<f64>; P]; 3],
    /// Of `D` and `dtBias`: `[width]` of each block.
    pub(super) of_channels: [Vec<f64>; 2],
    /// Of `B` and `C` of the steps of a segment: lane by lane, `[states, steps, lanes]`.
    lanes: [[Vec<F>; P]; 2],
    /// Of `B` and `C` of all steps: `[rows, groups, states]`, of the groups that the job's channels are of.
    pub(super) of_steps: [[Vec<F>; P]; 2],
}

/// The lanes of the widest vector.
const LANES: usize = 16;

impl<F: Real, const P: usize> Ledger<F, P> {
    /// For so many channels of so many states, segments of so many steps, and so many sums of steps.
    pub(super) fn new(
        channels: usize,
        states: usize,
        segment: usize,
        of_steps: [usize; 2],
    ) -> Self {
        let wide = |count: usize| vec![0.0; count];
        let plain = |count: usize| vec![F::zero(); count];
        Self {
            of_states: [(); 3].map(|()| [(); P].map(|()| wide(channels * states))),
            of_channels: [(); 2].map(|()| wide(channels)),
            lanes: of_steps.map(|count| {
                let count = if count == 0 { 0 } else { states * segment * LANES };
                [(); P].map(|()| plain(count))
            }),
            of_steps: of_steps.map(|count| [(); P].map(|()| plain(count))),
        }
    }

    /// The lanes of the sum of state and step `k`, of `B` or of `C`.
    #[inline(always)]
    pub(super) fn lanes(&mut self, of: usize, plane: usize, k: usize, size: usize) -> &mut [F] {
        &mut self.lanes[of][plane][k * size..][..size]
    }

    /// Adds a vector to sums of weights.
    #[inline(always)]
    pub(super) fn add<S: Simd, V: SimdFloat<S, Element = F>>(
        &mut self,
        of: usize,
        plane: usize,
        at: usize,
        x: V,
    ) {
        let sums = &mut self.of_states[of][plane][at..at + V::LEN];
        sums.iter_mut().zip(x.as_slice()).for_each(|(sum, x)| *sum += x.wide());
    }

    /// Begins the sums of a segment.
    pub(super) fn begin(&mut self) {
        self.lanes.as_flattened_mut().iter_mut().for_each(|lanes| lanes.fill(F::zero()));
    }

    /// Ends them: `at` says where the sums of a step's states begin.
    #[inline(always)]
    pub(super) fn end(
        &mut self,
        steps: usize,
        states: usize,
        size: usize,
        at: impl Fn(usize) -> usize,
    ) {
        let lanes = self.lanes.as_flattened().iter().zip(self.of_steps.as_flattened_mut());
        for (lanes, sums) in lanes.filter(|(_, sums)| !sums.is_empty()) {
            for (k, lanes) in lanes[..states * steps * size].chunks_exact(size).enumerate() {
                sums[at(k % steps) + k / steps] = total(lanes);
            }
        }
    }
}

/// The sum of at most so many lanes, halves first.
#[inline(always)]
fn total<F: Real>(lanes: &[F]) -> F {
    let mut sums = [F::zero(); LANES];
    sums[..lanes.len()].copy_from_slice(lanes);
    let mut half = LANES / 2;
    while half > 0 {
        for i in 0..half {
            sums[i] = sums[i] + sums[i + half];
        }
        half /= 2;
    }
    sums[0]
}
