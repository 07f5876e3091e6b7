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
