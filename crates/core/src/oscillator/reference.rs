//! The definition, transcribed. Slow on purpose: the kernels are judged by it.

use super::{Method, Oscillator};
use crate::{Real, mimo::Mimo};

/// The output and the last states, one step at a time in `f64`; states as four planes.
pub fn reference<F: Real>(
    oscillator: &Oscillator<'_, F>,
    state: [&[F]; 4],
) -> (Vec<f64>, [Vec<f64>; 4]) {
    let Mimo { dims, states, u, weights, layout, .. } = &oscillator.mimo;
    let (channels, states, motion) = (dims.channels, *states, &oscillator.motion);
    let wide = |x: F| x.wide();
    let mut out = vec![0.0; dims.signal()];
    let mut state = state.map(|plane| plane.iter().map(|&x| wide(x)).collect::<Vec<f64>>());
    for sequence in 0..layout.sequences() {
        let rows = layout.rows(sequence);
        let reverse = layout.options().reverse;
        for k in 0..rows.len() {
            let row = if reverse { rows.end - 1 - k } else { rows.start + k };
            let input = &u[row * channels..(row + 1) * channels];
            let is_reset = layout.options().reset.is_some_and(|reset| reset[row] != 0);
            for s in 0..states {
                let scale = motion.dt.map_or(1.0, |dt| {
                    let every = if dt.len() == dims.rows() { dims.length } else { 0 };
                    wide(dt[sequence * every + row - rows.start])
                });
                let dt = scale / (1.0 + (-wide(motion.steps[s])).exp());
                let mut a = wide(motion.a[s]).max(0.0);
                let mut g = 0.0;
                if let Some(damping) = motion.g {
                    g = wide(damping[s]).max(0.0);
                    let root = 2.0 * (1.0 + dt * g).sqrt();
                    let (low, high) = (2.0 + dt * g - root, 2.0 + dt * g + root);
                    a = wide(motion.a[s]).max(low / (dt * dt)).min(high / (dt * dt));
                }
                for part in 0..2 {
                    let weight = |h: usize| wide(weights.input[(s * channels + h) * 2 + part]);
                    let w: f64 = input.iter().enumerate().map(|(h, &u)| weight(h) * wide(u)).sum();
                    let i = sequence * states + s;
                    let [z, y] = [state[part][i], state[2 + part][i]]
                        .map(|x| if is_reset { 0.0 } else { x });
                    let velocity = match motion.method {
                        Method::Im => (z - dt * a * y + dt * w) / (1.0 + dt * g + dt * dt * a),
                        Method::Imex => (z - dt * a * y + dt * w) / (1.0 + dt * g),
                    };
                    state[part][i] = velocity;
                    state[2 + part][i] = y + dt * velocity;
                }
            }
            for (h, &u) in input.iter().enumerate() {
                let mut sum = 0.0;
                for s in 0..states {
                    let i = (h * weights.pitch + weights.first + s) * 2;
                    let c = [wide(weights.output[i]), wide(weights.output[i + 1])];
                    let own = sequence * states + s;
                    sum += c[0] * state[2][own] - c[1] * state[3][own];
                }
                let skip = weights.skip.map_or(0.0, |skip| wide(skip[h]) * wide(u));
                out[row * channels + h] = wide(weights.scale) * sum + skip;
            }
        }
    }
    (out, state)
}
