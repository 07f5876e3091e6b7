//! Sums over all steps, of which the gradients of weights, poles and gains are made.

use super::backward::Gradients;
use crate::{Real, mimo::Mimo};

/// Of some sequences, or of all.
#[derive(Debug)]
pub(super) struct Sums<F> {
    /// `g u`, `[2 states, channels]`: real parts, then imaginary ones.
    pub(super) input: Vec<F>,
    /// `dy x`, `[channels, 2 states]`.
    pub(super) output: Vec<F>,
    /// `dy u`, `[channels]`.
    pub(super) skip: Vec<F>,
    /// `g conj(x')`, two planes.
    pub(super) a: [Vec<F>; 2],
}

impl<F: Real> Sums<F> {
    pub(super) fn new(states: usize, channels: usize) -> Self {
        let zeros = |count: usize| vec![F::zero(); count];
        let weights = 2 * states * channels;
        Self {
            input: zeros(weights),
            output: zeros(weights),
            skip: zeros(channels),
            a: [zeros(states), zeros(states)],
        }
    }

    pub(super) fn add(&mut self, other: &Self) {
        let Self { input, output, skip, a: [re, im] } = self;
        let theirs = [&other.input, &other.output, &other.skip, &other.a[0], &other.a[1]];
        for (own, other) in [input, output, skip, re, im].into_iter().zip(theirs) {
            own.iter_mut().zip(other).for_each(|(own, &other)| *own += other);
        }
    }

    /// Turns sums into gradients; `gain` and the weights of `mimo` are the call's own.
    pub(super) fn write(self, mimo: &Mimo<'_, F>, [gr, gi]: [&[F]; 2], out: Gradients<'_, F>) {
        let (channels, states) = (mimo.dims.channels, mimo.states);
        let weights = &mimo.weights;
        let [gain_re, gain_im] = out.gain;
        for s in 0..states {
            let (mut along, mut across) = (F::zero(), F::zero());
            for h in 0..channels {
                let i = (s * channels + h) * 2;
                let [re, im] = [s, states + s].map(|row| self.input[row * channels + h]);
                let [b, bi] = [weights.input[i], weights.input[i + 1]];
                along += b * re + bi * im;
                across += b * im - bi * re;
                out.input[i] = gr[s] * re + gi[s] * im;
                out.input[i + 1] = gr[s] * im - gi[s] * re;
            }
            (gain_re[s], gain_im[s]) = (along, across);
        }
        out.output.fill(F::zero());
        for h in 0..channels {
            for s in 0..states {
                let i = (h * weights.pitch + weights.first + s) * 2;
                let [re, im] = [s, states + s].map(|column| self.output[h * 2 * states + column]);
                [out.output[i], out.output[i + 1]] = [weights.scale * re, -weights.scale * im];
            }
        }
        let skips = out.skip.len();
        out.skip.copy_from_slice(&self.skip[..skips]);
        out.a.into_iter().zip(&self.a).for_each(|(out, sum)| out.copy_from_slice(sum));
    }
}
