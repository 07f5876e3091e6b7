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
    /// Of `B` and `C` of the steps of a segment: lane by lane, `[steps, states, lanes]`.
    pub(super) lanes: [[Vec<F>; P]; 2],
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

    /// The lanes of the `k`th sum, of `B` or of `C`.
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
    pub(super) fn end<S: Simd>(
        &mut self,
        simd: S,
        [steps, states]: [usize; 2],
        at: impl Fn(usize) -> usize,
    ) {
        let size = F::Wide::<S>::LEN;
        let lanes = self.lanes.as_flattened().iter().zip(self.of_steps.as_flattened_mut());
        for (lanes, sums) in lanes.filter(|(_, sums)| !sums.is_empty()) {
            for k in 0..steps {
                let lanes = &lanes[k * states * size..(k + 1) * states * size];
                totals(simd, lanes, size, &mut sums[at(k)..at(k) + states]);
            }
        }
    }
}

/// The sums of rows of `size` lanes.
#[inline(always)]
fn totals<S: Simd, F: Real>(simd: S, lanes: &[F], size: usize, sums: &mut [F]) {
    let block = F::Block::<S>::LEN;
    let mut done = 0;
    while done + block <= sums.len() {
        let rows = &lanes[done * size..(done + block) * size];
        let mut folded = [F::Block::splat(simd, F::zero()); 4];
        for (row, sum) in rows.chunks_exact(size).zip(&mut folded) {
            for part in row.chunks_exact(block) {
                *sum += F::Block::from_slice(simd, part);
            }
        }
        // Two rows side by side, half as many lanes each; and again where there are four.
        let [a, b, c, d] = folded;
        let total = if block == 4 {
            let (low, high) = a.interleave(c);
            let even = low + high;
            let (low, high) = b.interleave(d);
            let (low, high) = even.interleave(low + high);
            low + high
        } else {
            let (low, high) = a.interleave(b);
            low + high
        };
        total.store_slice(&mut sums[done..done + block]);
        done += block;
    }
    for (row, sum) in lanes.chunks_exact(size).zip(sums).skip(done) {
        *sum = row.iter().fold(F::zero(), |sum, x| sum + *x);
    }
}
