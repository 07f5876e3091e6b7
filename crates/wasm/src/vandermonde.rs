//! [`ssm_scan_core::vandermonde`] for WebAssembly.

use crate::{
    buffer::{Buffer, engine},
    error::thrown,
};
use ssm_scan_core::vandermonde;
use wasm_bindgen::prelude::*;

/// Binds [`vandermonde::vandermonde`]; fills `kernel`.
#[wasm_bindgen(js_name = vandermonde)]
pub fn vandermonde(
    _wide: bool,
    states: f64,
    length: f64,
    scale: f64,
    a_re: &Buffer,
    a_im: &Buffer,
    w_re: &Buffer,
    w_im: &Buffer,
    kernel: &mut Buffer,
) -> Result<(), JsValue> {
    let a_re = a_re.read::<f64>();
    let a_im = a_im.read::<f64>();
    let w_re = w_re.read::<f64>();
    let w_im = w_im.read::<f64>();
    let kernel = kernel.write::<f64>();
    vandermonde::vandermonde(
        &engine()?,
        states as usize,
        length as usize,
        scale,
        [[a_re, a_im], [w_re, w_im]],
        kernel,
    )
    .map_err(thrown)
}
