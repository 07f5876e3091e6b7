//! [`ssm_scan_core::matrix_convolution`] for WebAssembly.

use crate::{
    buffer::{Buffer, engine, with_real},
    error::thrown,
};
use ssm_scan_core::{binding::dims, matrix_convolution::MatrixConvolution};
use wasm_bindgen::prelude::*;

/// Binds [`MatrixConvolution::run`]; fills `y`.
#[wasm_bindgen(js_name = matrixConvolution)]
pub fn matrix_convolution(
    wide: bool,
    batch: f64,
    length: f64,
    channels: f64,
    outputs: f64,
    u: &Buffer,
    kernel: &Buffer,
    y: &mut Buffer,
) -> Result<(), JsValue> {
    with_real!(wide, F => {
        let dims = dims(batch, length, channels);
        let call = MatrixConvolution::<F>::new(dims, outputs as usize, u.read(), kernel.read());
        call.map_err(thrown)?.run(&engine()?, y.write()).map_err(thrown)
    })
}
