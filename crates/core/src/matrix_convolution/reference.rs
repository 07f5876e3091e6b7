//! The definition, transcribed. Slow on purpose: the kernels are judged by it.

use super::MatrixConvolution;
use crate::{Dims, Real};

/// The output, one product at a time in `f64`.
pub fn reference<F: Real>(call: &MatrixConvolution<'_, F>) -> Vec<f64> {
    let Dims { batch, length, channels } = call.dims;
    let mut y = vec![0.0; batch * length * call.outputs];
    for (at, y) in y.iter_mut().enumerate() {
        let (row, o) = (at / call.outputs, at % call.outputs);
        for lag in 0..=row % length {
            for i in 0..channels {
                let k = call.kernel[(i * length + lag) * call.outputs + o];
                *y += k.wide() * call.u[(row - lag) * channels + i].wide();
            }
        }
    }
    y
}
