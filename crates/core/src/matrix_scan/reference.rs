//! The definition, transcribed. Slow on purpose: the kernels are judged by it.

use super::MatrixScan;
use crate::Real;

/// Every state and the last states, one step at a time in `f64`.
pub fn reference<F: Real>(scan: &MatrixScan<'_, F>, state: &[F]) -> (Vec<f64>, Vec<f64>) {
    let n = scan.dims.channels;
    let mut h = vec![0.0; scan.dims.signal()];
    let mut state: Vec<f64> = state.iter().map(|x| x.wide()).collect();
    for sequence in 0..scan.layout.sequences() {
        let steps: Vec<usize> = scan.layout.rows(sequence).collect();
        let reverse = scan.layout.options().reverse;
        for t in if reverse { steps.into_iter().rev().collect() } else { steps } {
            let at = scan.layout.stretch(sequence, t..t + 1, 0..1);
            let (a, b) = (scan.a.at(&at, n * n).row(0), scan.b.at(&at, n).row(0));
            let is_reset = scan.layout.options().reset.is_some_and(|reset| reset[t] != 0);
            let own = &mut state[sequence * n..(sequence + 1) * n];
            let before = if is_reset { vec![0.0; n] } else { own.to_vec() };
            for i in 0..n {
                own[i] = b[i].wide();
                for j in 0..n {
                    own[i] += a[i * n + j].wide() * before[j];
                }
            }
            h[t * n..(t + 1) * n].copy_from_slice(own);
        }
    }
    (h, state)
}
