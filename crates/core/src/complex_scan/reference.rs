//! The definition, transcribed. Slow on purpose: the kernels are judged by it.

use super::{ComplexScan, carry::times};
use crate::Real;

/// Every state and the last states, one step at a time in `f64`, as real and imaginary planes.
pub fn reference<F: Real>(
    scan: &ComplexScan<'_, F>,
    state: [&[F]; 2],
) -> ([Vec<f64>; 2], [Vec<f64>; 2]) {
    let channels = scan.dims.channels;
    let mut h = [vec![0.0; scan.dims.signal()], vec![0.0; scan.dims.signal()]];
    let mut state = state.map(|plane| plane.iter().map(|x| x.wide()).collect::<Vec<f64>>());
    for sequence in 0..scan.layout.sequences() {
        let steps: Vec<usize> = scan.layout.rows(sequence).collect();
        let reverse = scan.layout.options().reverse;
        for t in if reverse { steps.into_iter().rev().collect() } else { steps } {
            let at = scan.layout.stretch(sequence, t..t + 1, 0..channels);
            let [ar, ai, br, bi] = scan.inputs(&at).map(|rows| rows.row(0));
            let is_reset = scan.layout.options().reset.is_some_and(|reset| reset[t] != 0);
            for c in 0..channels {
                let i = sequence * channels + c;
                let before = if is_reset { [0.0; 2] } else { [state[0][i], state[1][i]] };
                let turned = times([ar[c].wide(), ai[c].wide()], before);
                let after = [turned[0] + br[c].wide(), turned[1] + bi[c].wide()];
                for plane in 0..2 {
                    state[plane][i] = after[plane];
                    h[plane][t * channels + c] = after[plane];
                }
            }
        }
    }
    (h, state)
}
