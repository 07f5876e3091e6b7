//! The definition, transcribed. Slow on purpose: the kernels are judged by it.

use super::{SisoSsm, Systems};
use crate::Real;

/// The output (without what stood in `y`) and the last states, step by step in `f64`.
pub fn reference<F: Real>(ssm: &SisoSsm<'_, F>, state: [&[F]; 2]) -> (Vec<f64>, [Vec<f64>; 2]) {
    let Systems { states, rank, a, b, c, p, q, scale, skip } = ssm.systems;
    let channels = ssm.dims.channels;
    let mut y = vec![0.0; ssm.dims.signal()];
    let mut state = state.map(|plane| plane.iter().map(|x| x.wide()).collect::<Vec<f64>>());
    let at = |planes: [&[F]; 2], i: usize| [planes[0][i].wide(), planes[1][i].wide()];
    let real = |x: [f64; 2], y: [f64; 2]| x[0] * y[0] - x[1] * y[1];
    for sequence in 0..ssm.layout.sequences() {
        let rows = ssm.layout.rows(sequence);
        for k in 0..rows.len() {
            let row = if ssm.layout.options().reverse { rows.end - 1 - k } else { rows.start + k };
            let is_reset = ssm.layout.options().reset.is_some_and(|reset| reset[row] != 0);
            for h in 0..channels {
                let u = ssm.u[row * channels + h].wide();
                let first = (sequence * channels + h) * states;
                let before: Vec<[f64; 2]> = (first..first + states)
                    .map(|i| if is_reset { [0.0; 2] } else { [state[0][i], state[1][i]] })
                    .collect();
                let sums: Vec<f64> = (0..rank)
                    .map(|r| {
                        let own = (h * rank + r) * states;
                        (0..states).map(|n| real(at(q, own + n), before[n])).sum()
                    })
                    .collect();
                let mut read = 0.0;
                for (n, x) in before.iter().enumerate() {
                    let (a, b) = (at(a, h * states + n), at(b, h * states + n));
                    let mut next = [real(a, *x) + b[0] * u, a[0] * x[1] + a[1] * x[0] + b[1] * u];
                    for (r, sum) in sums.iter().enumerate() {
                        let p = at(p, (h * rank + r) * states + n);
                        next = [next[0] - p[0] * sum, next[1] - p[1] * sum];
                    }
                    read +=
                        real(at(c, h * states + n), if ssm.readout.shifted { *x } else { next });
                    [state[0][first + n], state[1][first + n]] = next;
                }
                let through = skip.map_or(0.0, |skip| skip[h].wide() * u);
                y[row * channels + h] = scale.wide() * read + through;
            }
        }
    }
    (y, state)
}
