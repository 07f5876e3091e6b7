//! [`ssm_scan_core::matrix_convolution`] for Node.

use crate::{
    engine::Engine,
    error::{Result, thrown},
    view::{Arguments, View, with_real},
};
use napi_derive::napi;
use ssm_scan_core::{binding::dims, matrix_convolution::MatrixConvolution};

/// Binds [`MatrixConvolution::run`]; fills `y`.
#[napi(catch_unwind)]
pub fn matrix_convolution(
    engine: &Engine,
    batch: f64,
    length: f64,
    channels: f64,
    outputs: f64,
    u: View<'_>,
    kernel: View<'_>,
    mut y: View<'_>,
) -> Result<()> {
    with_real!(u, F => {
        let mut arguments = Arguments::default();
        let u = arguments.read::<F>("u", &u)?;
        let kernel = arguments.read("kernel", &kernel)?;
        let y = arguments.write("y", &mut y)?;
        MatrixConvolution::new(dims(batch, length, channels), outputs as usize, u, kernel)
            .and_then(|call| call.run(&engine.0, y))
            .map_err(thrown)
    })
}
