//! The definition, transcribed. Slow on purpose: the kernels are judged by it.

use super::SelectiveScan;
use crate::Real;

/// `y` and the planes of every state (`[rows, channels, states]`) and of the last ones, one step at a time in `f64`.
pub fn reference<F: Real, const P: usize>(
    scan: &SelectiveScan<'_, F, P>,
    state: [&[F]; P],
) -> (Vec<f64>, [Vec<f64>; P], [Vec<f64>; P]) {
    let (channels, states, inputs) = (scan.dims.channels, scan.states, &scan.inputs);
    let groups = scan.spread.groups;
    let mut y = vec![0.0; scan.dims.signal()];
    let mut all = [(); P].map(|()| vec![0.0; scan.dims.signal() * states]);
    let mut last = state.map(|plane| plane.iter().map(|x| x.wide()).collect::<Vec<f64>>());
    let pair = |planes: [&[F]; P], i: usize| {
        [planes[0][i].wide(), planes.get(1).map_or(0.0, |im| im[i].wide())]
    };
    for sequence in 0..scan.layout.sequences() {
        let steps: Vec<usize> = scan.layout.rows(sequence).collect();
        let options = scan.layout.options();
        for t in if options.reverse { steps.into_iter().rev().collect() } else { steps } {
            for c in 0..channels {
                let i = t * channels + c;
                let dt = inputs.dt[i].wide() + inputs.dt_bias.map_or(0.0, |bias| bias[c].wide());
                let delta =
                    if inputs.softplus { dt.max(0.0) + (-dt.abs()).exp().ln_1p() } else { dt };
                let u = inputs.u[i].wide();
                let mut sum = 0.0;
                for n in 0..states {
                    let own = (sequence * channels + c) * states + n;
                    let varying = (t * groups + c * groups / channels) * states + n;
                    let [b, k] =
                        [(inputs.b, scan.spread.has_fixed_b), (inputs.c, scan.spread.has_fixed_c)]
                            .map(|(planes, is_fixed)| {
                                pair(planes, if is_fixed { c * states + n } else { varying })
                            });
                    let [re, im] = pair(inputs.a, c * states + n);
                    let size = (delta * re).exp();
                    let gate = [size * (delta * im).cos(), size * (delta * im).sin()];
                    let is_reset = options.reset.is_some_and(|reset| reset[t] != 0);
                    let before = if is_reset {
                        [0.0; 2]
                    } else {
                        [last[0][own], last.get(1).map_or(0.0, |im| im[own])]
                    };
                    let mut after = [
                        gate[0] * before[0] + delta * b[0] * u,
                        gate[1] * before[0] + delta * b[1] * u,
                    ];
                    let mut read = k[0] * after[0];
                    if P == 2 {
                        after = [after[0] - gate[1] * before[1], after[1] + gate[0] * before[1]];
                        read = 2.0 * (k[0] * after[0] - k[1] * after[1]);
                    }
                    for (plane, after) in after.into_iter().enumerate().take(P) {
                        last[plane][own] = after;
                        all[plane][i * states + n] = after;
                    }
                    sum += read;
                }
                let gate = inputs.z.map_or(1.0, |z| z[i].wide() / (1.0 + (-z[i].wide()).exp()));
                y[i] = (sum + inputs.d.map_or(0.0, |d| d[c].wide()) * u) * gate;
            }
        }
    }
    (y, all, last)
}
