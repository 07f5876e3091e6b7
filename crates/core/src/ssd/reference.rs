//! The recurrence by its definition, in `f64`.

use super::Ssd;
use crate::{Real, gates::reference::softplus};

/// `y` and the state that leaves; `state` is what enters.
pub fn reference<F: Real>(ssd: &Ssd<'_, F>, state: &[f64]) -> [Vec<f64>; 2] {
    let mut y = vec![0.0; ssd.inputs.x.len()];
    let mut leaving = state.to_vec();
    let size = ssd.sizes.head_dim * ssd.sizes.states;
    for sequence in 0..ssd.layout.sequences() {
        let rows = ssd.layout.rows(sequence);
        let at = ssd.layout.stretch(sequence, rows, 0..ssd.sizes.heads);
        for head in 0..ssd.sizes.heads {
            let own = (sequence * ssd.sizes.heads + head) * size;
            for step in 0..at.rows.len() {
                let row = at.rows.start + at.row(step);
                one(ssd, row, head, &mut leaving[own..own + size], &mut y);
            }
        }
    }
    [y, leaving]
}

fn one<F: Real>(ssd: &Ssd<'_, F>, row: usize, head: usize, state: &mut [f64], y: &mut [f64]) {
    let (sizes, inputs) = (&ssd.sizes, &ssd.inputs);
    if ssd.layout.options().reset.is_some_and(|reset| reset[row] != 0) {
        state.fill(0.0);
    }
    let bias = inputs.dt_bias.map_or(0.0, |bias| bias[head].wide());
    let dt = inputs.dt[row * sizes.heads + head].wide() + bias;
    let delta = if ssd.steps.softplus { softplus(dt) } else { dt };
    let [low, high] = ssd.steps.limit;
    let delta = if delta < low { low } else { delta };
    let delta = if delta > high { high } else { delta };
    let gate = (delta * inputs.a[head].wide()).exp();
    let group = ssd.group(head);
    for p in 0..sizes.head_dim {
        let place = (row * sizes.heads + head) * sizes.head_dim + p;
        let x = inputs.x[place].wide();
        let mut sum = inputs.d.map_or(0.0, |_| ssd.skip(head)[p % ssd.skip(head).len()].wide() * x);
        for n in 0..sizes.states {
            let own = (row * sizes.groups + group) * sizes.states + n;
            let h = &mut state[p * sizes.states + n];
            *h = gate * *h + delta * x * inputs.b[own].wide();
            sum += *h * inputs.c[own].wide();
        }
        let z = inputs.z.map_or(1.0, |z| {
            let z = z[place].wide();
            z / (1.0 + (-z).exp())
        });
        y[place] = sum * z;
    }
}
