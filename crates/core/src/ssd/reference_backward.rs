//! The gradients of the recurrence by their definition, in `f64`.

use super::Ssd;
use crate::{Real, gates::reference::softplus};

/// The gradients of all that a call reads, those of what may be left out too.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Truth {
    /// `[batch, length, heads, head_dim]`.
    pub x: Vec<f64>,
    /// `[batch, length, heads]`.
    pub dt: Vec<f64>,
    /// `[heads]`.
    pub a: Vec<f64>,
    /// `[batch, length, groups, states]`.
    pub b: Vec<f64>,
    /// `[batch, length, groups, states]`.
    pub c: Vec<f64>,
    /// As long as `D`.
    pub d: Vec<f64>,
    /// `[batch, length, heads, head_dim]`.
    pub z: Vec<f64>,
    /// `[heads]`.
    pub dt_bias: Vec<f64>,
    /// `[sequences, heads, head_dim, states]`.
    pub state: Vec<f64>,
}

/// A step size: what it was before softplus and limits, what it is, and its derivative.
struct Step {
    delta: f64,
    slope: f64,
}

/// The gradients, from those of `y` and of the state that leaves; `state` is what enters.
pub fn reference_backward<F: Real>(
    ssd: &Ssd<'_, F>,
    state: &[f64],
    [dy, dstate]: [&[f64]; 2],
) -> Truth {
    let (inputs, heads) = (&ssd.inputs, ssd.sizes.heads);
    let zeros = |of: &[F]| vec![0.0; of.len()];
    let mut truth = Truth {
        x: zeros(inputs.x),
        dt: zeros(inputs.dt),
        a: vec![0.0; heads],
        b: zeros(inputs.b),
        c: zeros(inputs.c),
        d: zeros(inputs.d.unwrap_or_default()),
        z: zeros(inputs.x),
        dt_bias: vec![0.0; heads],
        state: dstate.to_vec(),
    };
    for sequence in 0..ssd.layout.sequences() {
        let at = ssd.layout.stretch(sequence, ssd.layout.rows(sequence), 0..heads);
        let rows: Vec<usize> = (0..at.rows.len()).map(|k| at.rows.start + at.row(k)).collect();
        for head in 0..heads {
            let size = ssd.sizes.head_dim * ssd.sizes.states;
            let own = (sequence * heads + head) * size..(sequence * heads + head + 1) * size;
            one(ssd, &rows, head, (&state[own.clone()], dy), &mut truth, own.start);
        }
    }
    truth
}

/// A head of a sequence; its state stands at `first`.
fn one<F: Real>(
    ssd: &Ssd<'_, F>,
    rows: &[usize],
    head: usize,
    (state, dy): (&[f64], &[f64]),
    truth: &mut Truth,
    first: usize,
) {
    let (sizes, inputs) = (&ssd.sizes, &ssd.inputs);
    let (size, states) = (state.len(), sizes.states);
    let is_reset = |row: usize| ssd.layout.options().reset.is_some_and(|reset| reset[row] != 0);
    let shared = |row: usize, n: usize| (row * sizes.groups + ssd.group(head)) * states + n;
    let place = |row: usize, p: usize| (row * sizes.heads + head) * sizes.head_dim + p;
    let rate = inputs.a[head].wide();
    let mut all = vec![state.to_vec()];
    for &row in rows {
        let Step { delta, .. } = step(ssd, row, head);
        let before = all.last().map_or(&[][..], |before| before);
        let next = (0..size).map(|i| {
            let old = if is_reset(row) { 0.0 } else { (delta * rate).exp() * before[i] };
            let (p, n) = (i / states, i % states);
            old + delta * inputs.x[place(row, p)].wide() * inputs.b[shared(row, n)].wide()
        });
        let next = next.collect();
        all.push(next);
    }
    let mut g = truth.state[first..first + size].to_vec();
    for (t, &row) in rows.iter().enumerate().rev() {
        let Step { delta, slope } = step(ssd, row, head);
        let mut of_delta = 0.0;
        for p in 0..sizes.head_dim {
            let (at, x) = (place(row, p), inputs.x[place(row, p)].wide());
            let d = ssd.skip(head).get(p % ssd.skip(head).len().max(1)).map_or(0.0, |d| d.wide());
            let y = d * x
                + (0..states)
                    .map(|n| all[t + 1][p * states + n] * inputs.c[shared(row, n)].wide())
                    .sum::<f64>();
            let z = inputs.z.map(|z| z[at].wide());
            let sigmoid = z.map(|z| 1.0 / (1.0 + (-z).exp()));
            let gate = z.zip(sigmoid).map_or(1.0, |(z, s)| z * s);
            truth.z[at] =
                z.zip(sigmoid).map_or(0.0, |(z, s)| dy[at] * y * s * (1.0 + z * (1.0 - s)));
            let dy = dy[at] * gate;
            if let each @ 1.. = ssd.skip(head).len() {
                truth.d[head * each + p % each] += dy * x;
            }
            let mut input = 0.0;
            for n in 0..states {
                g[p * states + n] += dy * inputs.c[shared(row, n)].wide();
                truth.c[shared(row, n)] += dy * all[t + 1][p * states + n];
                truth.b[shared(row, n)] += delta * x * g[p * states + n];
                input += g[p * states + n] * inputs.b[shared(row, n)].wide();
            }
            truth.x[at] = d * dy + delta * input;
            of_delta += x * input;
        }
        if is_reset(row) {
            g.fill(0.0);
        }
        let gate = (delta * rate).exp();
        let faded: f64 = g.iter().zip(&all[t]).map(|(g, h)| gate * g * h).sum();
        g.iter_mut().for_each(|g| *g *= gate);
        truth.a[head] += delta * faded;
        let of_dt = (of_delta + rate * faded) * slope;
        truth.dt[row * sizes.heads + head] = of_dt;
        truth.dt_bias[head] += of_dt;
    }
    truth.state[first..first + size].copy_from_slice(&g);
}

fn step<F: Real>(ssd: &Ssd<'_, F>, row: usize, head: usize) -> Step {
    let bias = ssd.inputs.dt_bias.map_or(0.0, |bias| bias[head].wide());
    let dt = ssd.inputs.dt[row * ssd.sizes.heads + head].wide() + bias;
    let soft = ssd.steps.softplus;
    let delta = if soft { softplus(dt) } else { dt };
    let slope = if soft { 1.0 / (1.0 + (-dt).exp()) } else { 1.0 };
    let [low, high] = ssd.steps.limit;
    if delta < low {
        Step { delta: low, slope: 0.0 }
    } else if delta > high {
        Step { delta: high, slope: 0.0 }
    } else {
        Step { delta, slope }
    }
}
