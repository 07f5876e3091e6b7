//! The convolution by its definition, in `f64`.

use super::{Activation, CausalConv1d};
use crate::{Real, layout::Stretch};

/// `y` and the state that leaves; `state` is what enters.
pub fn reference<F: Real>(conv: &CausalConv1d<'_, F>, state: &[f64]) -> [Vec<f64>; 2] {
    let (channels, width) = (conv.dims.channels, conv.width);
    let mut y = vec![0.0; conv.dims.signal()];
    let mut leaving = state.to_vec();
    for sequence in 0..conv.layout.sequences() {
        let at = conv.layout.stretch(sequence, conv.layout.rows(sequence), 0..channels);
        for channel in 0..channels {
            let own = (sequence * channels + channel) * (width - 1);
            let state = &mut leaving[own..own + width - 1];
            one(conv, &at, channel, state, &mut y);
        }
    }
    [y, leaving]
}

/// The gradients of `x`, `weight`, `bias` and the state that enters, from those of `y` and the state that leaves.
pub fn reference_backward<F: Real>(
    conv: &CausalConv1d<'_, F>,
    state: &[f64],
    [dy, dstate]: [&[f64]; 2],
) -> [Vec<f64>; 4] {
    let (channels, width) = (conv.dims.channels, conv.width);
    let mut dx = vec![0.0; conv.dims.signal()];
    let mut dweight = vec![0.0; channels * width];
    let mut dbias = vec![0.0; channels];
    let mut entering = vec![0.0; state.len()];
    for sequence in 0..conv.layout.sequences() {
        let at = conv.layout.stretch(sequence, conv.layout.rows(sequence), 0..channels);
        let place = |step: usize| at.rows.start + at.row(step);
        let resets =
            |step: usize| conv.layout.options().reset.is_some_and(|reset| reset[place(step)] != 0);
        for c in 0..channels {
            let own = (sequence * channels + c) * (width - 1);
            // Of the inputs that were there before, and of the steps.
            let mut seen = state[own..own + width - 1].to_vec();
            seen.extend((0..at.rows.len()).map(|step| conv.x[place(step) * channels + c].wide()));
            let mut gradients = vec![0.0; seen.len()];
            let last = (0..at.rows.len()).rev().find(|&step| resets(step));
            for k in 0..width - 1 {
                let input = at.rows.len() + k;
                if last.is_none_or(|last| input >= last + width - 1) {
                    gradients[input] += dstate[own + k];
                }
            }
            for step in 0..at.rows.len() {
                let fresh =
                    (0..=step).rev().find(|&step| resets(step)).map_or(0, |k| k + width - 1);
                let taps = (step..step + width).zip(0..width).filter(|&(input, _)| input >= fresh);
                let weight = |k: usize| conv.weight[c * width + k].wide();
                let bias = conv.bias.map_or(0.0, |bias| bias[c].wide());
                let sum =
                    bias + taps.clone().map(|(input, k)| weight(k) * seen[input]).sum::<f64>();
                let sigmoid = 1.0 / (1.0 + (-sum).exp());
                let slope = match conv.activation {
                    Activation::None => 1.0,
                    Activation::Silu => sigmoid * (1.0 + sum * (1.0 - sigmoid)),
                };
                let g = dy[place(step) * channels + c] * slope;
                dbias[c] += g;
                for (input, k) in taps {
                    dweight[c * width + k] += g * seen[input];
                    gradients[input] += g * weight(k);
                }
            }
            entering[own..own + width - 1].copy_from_slice(&gradients[..width - 1]);
            for step in 0..at.rows.len() {
                dx[place(step) * channels + c] = gradients[step + width - 1];
            }
        }
    }
    [dx, dweight, dbias, entering]
}

fn one<F: Real>(
    conv: &CausalConv1d<'_, F>,
    at: &Stretch,
    channel: usize,
    state: &mut [f64],
    y: &mut [f64],
) {
    let (channels, width) = (conv.dims.channels, conv.width);
    let weight = &conv.weight[channel * width..(channel + 1) * width];
    let mut seen = state.to_vec();
    for step in 0..at.rows.len() {
        let row = at.rows.start + at.row(step);
        if conv.layout.options().reset.is_some_and(|reset| reset[row] != 0) {
            seen.fill(0.0);
        }
        seen.push(conv.x[row * channels + channel].wide());
        let taps = weight.iter().zip(&seen[seen.len() - width..]);
        let bias = conv.bias.map_or(0.0, |bias| bias[channel].wide());
        let sum = bias + taps.map(|(w, x)| w.wide() * x).sum::<f64>();
        y[row * channels + channel] = match conv.activation {
            Activation::None => sum,
            Activation::Silu => sum / (1.0 + (-sum).exp()),
        };
    }
    state.copy_from_slice(&seen[seen.len() + 1 - width..]);
}
