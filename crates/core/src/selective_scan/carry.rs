//! What a stretch does to the state: `exp(A sum delta)`, and the state it ends in when it starts from zero.

use super::SelectiveScan;
use crate::{Real, complex_scan::ComplexCarry, layout::Stretch, linear_scan::LinearCarry};

pub(super) fn real<F: Real>([a]: [Vec<f64>; 1], [b]: [Vec<F>; 1]) -> LinearCarry<F> {
    LinearCarry { a, b }
}

pub(super) fn complex<F: Real>(a: [Vec<f64>; 2], b: [Vec<F>; 2]) -> ComplexCarry<F> {
    ComplexCarry { a, b }
}

/// The gate of each state, `[columns, states]`, over a stretch whose columns' `delta` add up to `elapsed`.
pub(super) fn decay<F: Real, const P: usize>(
    call: &SelectiveScan<'_, F, P>,
    at: &Stretch,
    elapsed: &[f64],
) -> [Vec<f64>; P] {
    let mut decay = [(); P].map(|()| vec![0.0; elapsed.len() * call.states]);
    for (c, &elapsed) in at.columns.clone().zip(elapsed) {
        for n in 0..call.states {
            let i = (c - at.columns.start) * call.states + n;
            let rate = call.inputs.a.map(|plane| plane[c * call.states + n].wide());
            let size = (elapsed * rate[0]).exp();
            decay[0][i] = size;
            if let (Some(&rate), Some(_)) = (rate.get(1), decay.get(1)) {
                let (sin, cos) = (elapsed * rate).sin_cos();
                (decay[0][i], decay[P - 1][i]) = (size * cos, size * sin);
            }
        }
    }
    decay
}
