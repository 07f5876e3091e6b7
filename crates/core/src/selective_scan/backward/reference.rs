//! The definition of the gradients, transcribed. Slow on purpose: the kernels are judged by it.

use super::super::SelectiveScan;
use crate::Real;

/// Gradients in `f64`, of the shapes that the inputs have; those of inputs that were not given as if they were 0.
#[derive(Clone, Debug)]
pub struct Truth<const P: usize> {
    /// `[batch, length, channels]`.
    pub u: Vec<f64>,
    /// `[batch, length, channels]`.
    pub dt: Vec<f64>,
    /// `[channels, states]`.
    pub a: [Vec<f64>; P],
    /// As long as `B`.
    pub b: [Vec<f64>; P],
    /// As long as `C`.
    pub c: [Vec<f64>; P],
    /// `[channels]`.
    pub d: Vec<f64>,
    /// `[batch, length, channels]`.
    pub z: Vec<f64>,
    /// `[channels]`.
    pub dt_bias: Vec<f64>,
    /// `[sequences, channels, states]`.
    pub state: [Vec<f64>; P],
}

type Z = [f64; 2];

fn times([a, b]: Z, [c, d]: Z) -> Z {
    [a * c - b * d, a * d + b * c]
}

fn conjugate([a, b]: Z) -> Z {
    [a, -b]
}

/// The gradients of a call whose results have the gradients `dy` and `leaving`, one state after the other.
pub fn reference_backward<F: Real, const P: usize>(
    scan: &SelectiveScan<'_, F, P>,
    entering: [&[F]; P],
    dy: &[F],
    leaving: [&[F]; P],
) -> Truth<P> {
    let (channels, states, inputs) = (scan.dims.channels, scan.states, &scan.inputs);
    let (groups, options) = (scan.spread.groups, scan.layout.options());
    let zeros = |planes: &[&[F]; P]| planes.map(|plane| vec![0.0; plane.len()]);
    let signal = scan.dims.signal();
    let mut truth = Truth {
        u: vec![0.0; signal],
        dt: vec![0.0; signal],
        a: zeros(&inputs.a),
        b: zeros(&inputs.b),
        c: zeros(&inputs.c),
        d: vec![0.0; channels],
        z: vec![0.0; signal],
        dt_bias: vec![0.0; channels],
        state: zeros(&entering),
    };
    let of = |planes: [&[F]; P], i: usize| {
        [planes[0][i].wide(), planes.get(1).map_or(0.0, |im| im[i].wide())]
    };
    let add = |planes: &mut [Vec<f64>; P], i: usize, value: Z| {
        planes.iter_mut().zip(value).for_each(|(plane, x)| plane[i] += x);
    };
    for (sequence, c) in
        (0..scan.layout.sequences()).flat_map(|s| (0..channels).map(move |c| (s, c)))
    {
        let mut steps: Vec<usize> = scan.layout.rows(sequence).collect();
        if options.reverse {
            steps.reverse();
        }
        let bias = inputs.dt_bias.map_or(0.0, |bias| bias[c].wide());
        let skip = inputs.d.map_or(0.0, |d| d[c].wide());
        let delta = |i: usize| {
            let dt = inputs.dt[i].wide() + bias;
            if inputs.softplus { dt.max(0.0) + (-dt.abs()).exp().ln_1p() } else { dt }
        };
        let own = |n: usize| c * states + n;
        let at = |t: usize, n: usize, is_fixed: bool| {
            if is_fixed { own(n) } else { (t * groups + c * groups / channels) * states + n }
        };
        let fixed = [scan.spread.has_fixed_b, scan.spread.has_fixed_c];
        let is_reset = |t: usize| options.reset.is_some_and(|reset| reset[t] != 0);
        let silu = |z: f64| z / (1.0 + (-z).exp());
        let gate = |i: usize| inputs.z.map_or(1.0, |z| silu(z[i].wide()));
        let mut sums = vec![0.0; steps.len()];
        for n in 0..states {
            // Of each step: what the state before it becomes, and the state.
            let mut passed = vec![([0.0; 2], [0.0; 2], [0.0; 2]); steps.len()];
            let mut h = of(entering, (sequence * channels + c) * states + n);
            for (k, &t) in steps.iter().enumerate() {
                let i = t * channels + c;
                let [re, im] = of(inputs.a, own(n)).map(|rate| rate * delta(i));
                let gate = [re.exp() * im.cos(), re.exp() * im.sin()];
                let decayed = if is_reset(t) { [0.0; 2] } else { times(gate, h) };
                let b = of(inputs.b, at(t, n, fixed[0]));
                h = [0, 1].map(|p| decayed[p] + delta(i) * inputs.u[i].wide() * b[p]);
                passed[k] = (gate, decayed, h);
                let read = times(of(inputs.c, at(t, n, fixed[1])), h)[0];
                sums[k] += if P == 1 { read } else { 2.0 * read };
            }
            let mut carry = of(leaving, (sequence * channels + c) * states + n);
            for (&t, &(gates, decayed, h)) in steps.iter().zip(&passed).rev() {
                let i = t * channels + c;
                let (u, delta) = (inputs.u[i].wide(), delta(i));
                let ds = dy[i].wide() * gate(i) * if P == 1 { 1.0 } else { 2.0 };
                let [b, k] = [at(t, n, fixed[0]), at(t, n, fixed[1])];
                let read = conjugate(of(inputs.c, k));
                let q = [0, 1].map(|p| carry[p] + ds * read[p]);
                add(&mut truth.c, k, conjugate(h).map(|x| ds * x));
                add(&mut truth.b, b, q.map(|x| x * delta * u));
                let input = times(q, conjugate(of(inputs.b, b)))[0];
                let w = times(q, conjugate(decayed));
                add(&mut truth.a, own(n), w.map(|x| x * delta));
                truth.u[i] += input * delta;
                let rate = of(inputs.a, own(n));
                truth.dt[i] += input * u + rate[0] * w[0] + rate[1] * w[1];
                carry = if is_reset(t) { [0.0; 2] } else { times(conjugate(gates), q) };
            }
            add(&mut truth.state, (sequence * channels + c) * states + n, carry);
        }
        for (&t, sum) in steps.iter().zip(sums) {
            let i = t * channels + c;
            let (u, dy) = (inputs.u[i].wide(), dy[i].wide());
            truth.u[i] += dy * gate(i) * skip;
            truth.d[c] += dy * gate(i) * u;
            if let Some(z) = inputs.z {
                let z = z[i].wide();
                let sigmoid = 1.0 / (1.0 + (-z).exp());
                truth.z[i] = dy * (sum + skip * u) * sigmoid * (1.0 + z * (1.0 - sigmoid));
            }
            if inputs.softplus {
                truth.dt[i] /= 1.0 + (-(inputs.dt[i].wide() + bias)).exp();
            }
            truth.dt_bias[c] += truth.dt[i];
        }
    }
    truth
}
