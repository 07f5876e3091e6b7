//! The definition, transcribed. Slow on purpose: the kernels are judged by it.

use super::LinearScan;
use crate::Real;

/// Every state and the last states, one step at a time in `f64`.
pub fn reference<F: Real>(scan: &LinearScan<'_, F>, state: &[F]) -> (Vec<f64>, Vec<f64>) {
    let channels = scan.dims.channels;
    let mut h = vec![0.0; scan.dims.signal()];
    let mut state: Vec<f64> = state.iter().map(|x| x.wide()).collect();
    for sequence in 0..scan.layout.sequences() {
        let steps: Vec<usize> = scan.layout.rows(sequence).collect();
        let reverse = scan.layout.options().reverse;
        for t in if reverse { steps.into_iter().rev().collect() } else { steps } {
            let at = scan.layout.stretch(sequence, t..t + 1, 0..channels);
            let (a, b) = (scan.a.at(&at, 1).row(0), scan.b.at(&at, 1).row(0));
            let is_reset = scan.layout.options().reset.is_some_and(|reset| reset[t] != 0);
            for c in 0..channels {
                let before = if is_reset { 0.0 } else { state[sequence * channels + c] };
                let after = a[c].wide() * before + b[c].wide();
                state[sequence * channels + c] = after;
                h[t * channels + c] = after;
            }
        }
    }
    (h, state)
}
