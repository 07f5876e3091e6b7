//! The judge: the recurrence written out, and how far a result is from it.

use super::{Call, Operator, Output, Planes, pick};
use ssm_scan_core::Real;

/// The plain serial loop. It shares no code with what it judges.
pub(crate) fn definition<O: Operator, F: Real>(call: &Call<F>) -> Output<F> {
    let channels = call.dims.channels;
    let width = O::gate(channels);
    let mut h = vec![vec![F::zero(); call.dims.signal()]; O::PLANES];
    let mut states = call.state.clone();
    for (i, rows) in call.sequences().into_iter().enumerate() {
        let mut state: Planes<F> = states.iter().map(|s| pick(s, channels, &[i])).collect();
        for k in 0..rows.len() {
            let t = if call.reverse { rows.end - 1 - k } else { rows.start + k };
            if call.reset.as_ref().is_some_and(|reset| reset[t] != 0) {
                state.iter_mut().for_each(|plane| plane.fill(F::zero()));
            }
            let gate = call.gate_row(width, t) * width;
            let a: Vec<&[F]> = call.a.iter().map(|a| &a[gate..gate + width]).collect();
            let b: Vec<&[F]> =
                call.b.iter().map(|b| &b[t * channels..(t + 1) * channels]).collect();
            O::step(&a, &b, &mut state);
            for (h, state) in h.iter_mut().zip(&state) {
                h[t * channels..(t + 1) * channels].copy_from_slice(state);
            }
        }
        for (states, state) in states.iter_mut().zip(&state) {
            states[i * channels..(i + 1) * channels].copy_from_slice(state);
        }
    }
    Output { h, state: states }
}

/// The definition in `f64`.
pub(crate) fn truth<O: Operator, F: Real>(call: &Call<F>) -> Output<f64> {
    definition::<O, f64>(&call.widened())
}

/// The largest difference, relative to the largest true number; infinite where one is NaN.
pub(crate) fn error<F: Real>(got: &Output<F>, truth: &Output<f64>) -> f64 {
    let got = got.h.iter().chain(&got.state).flatten();
    let want = truth.h.iter().chain(&truth.state).flatten();
    let scale = want.clone().fold(f64::MIN_POSITIVE, |most, x| most.max(x.abs()));
    got.zip(want).fold(0.0, |most, (got, want)| {
        let error = (got.wide() - want).abs() / scale;
        if error <= most {
            most
        } else if error.is_nan() {
            f64::INFINITY
        } else {
            error
        }
    })
}

/// The error that a result in `F` may have.
pub(crate) fn bound<O: Operator, F: Real>(call: &Call<F>, truth: &Output<f64>) -> f64 {
    if F::epsilon().wide() < 1e-10 {
        return 1e-12;
    }
    (4.0 * error(&definition::<O, F>(call), truth)).max(1e-6)
}
