//! The definition, transcribed. Slow on purpose: the kernels are judged by it.

use super::{DiagonalSsm, Transition};
use crate::{Real, mimo::Mimo};

/// The output and the last states, one step at a time in `f64`; states as two planes.
pub fn reference<F: Real>(ssm: &DiagonalSsm<'_, F>, state: [&[F]; 2]) -> (Vec<f64>, [Vec<f64>; 2]) {
    let Mimo { dims, states, u, weights, layout, .. } = &ssm.mimo;
    let (channels, states) = (dims.channels, *states);
    let mut y = vec![0.0; dims.signal()];
    let mut state = state.map(|plane| plane.iter().map(|x| x.wide()).collect::<Vec<f64>>());
    let wide = |x: F| x.wide();
    for sequence in 0..layout.sequences() {
        let rows = layout.rows(sequence);
        let reverse = layout.options().reverse;
        for k in 0..rows.len() {
            let row = if reverse { rows.end - 1 - k } else { rows.start + k };
            let u = &u[row * channels..(row + 1) * channels];
            let is_reset = layout.options().reset.is_some_and(|reset| reset[row] != 0);
            for s in 0..states {
                let (a, gain) = match &ssm.transition {
                    Transition::Fixed { a, gain } => {
                        (a.map(|plane| wide(plane[s])), gain.map(|plane| wide(plane[s])))
                    }
                    Transition::Sampled(sampling) => {
                        let t = match (sampling.shifted, row + 1 == rows.end) {
                            (false, _) => row - rows.start,
                            (true, false) => row + 1 - rows.start,
                            (true, true) => 0,
                        };
                        let (batch, length) = (dims.batch, dims.length);
                        let every = if sampling.dt.len() == batch * length { length } else { 0 };
                        let scale = wide(sampling.dt[sequence * every + t]);
                        let step = wide(sampling.log_step[s]).exp() * sampling.rescale * scale;
                        let lambda = sampling.lambda.map(|plane| wide(plane[s]));
                        let pole = sampling.method.pole(lambda, step);
                        (pole.a, pole.gain)
                    }
                };
                let mut w = [0.0; 2];
                for (h, &u) in u.iter().enumerate() {
                    let i = (s * channels + h) * 2;
                    w[0] += wide(weights.input[i]) * wide(u);
                    w[1] += wide(weights.input[i + 1]) * wide(u);
                }
                let i = sequence * states + s;
                let [x, v] = if is_reset { [0.0; 2] } else { [state[0][i], state[1][i]] };
                state[0][i] = a[0] * x - a[1] * v + gain[0] * w[0] - gain[1] * w[1];
                state[1][i] = a[0] * v + a[1] * x + gain[0] * w[1] + gain[1] * w[0];
            }
            for (h, &u) in u.iter().enumerate() {
                let mut sum = 0.0;
                for s in 0..states {
                    let i = (h * weights.pitch + weights.first + s) * 2;
                    let c = [wide(weights.output[i]), wide(weights.output[i + 1])];
                    let own = sequence * states + s;
                    sum += c[0] * state[0][own] - c[1] * state[1][own];
                }
                let skip = weights.skip.map_or(0.0, |skip| wide(skip[h]) * wide(u));
                y[row * channels + h] = wide(weights.scale) * sum + skip;
            }
        }
    }
    (y, state)
}
