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

/// Binds [`vandermonde::backward`]; fills all that comes after `gradient`.
#[wasm_bindgen(js_name = vandermondeBackward)]
pub fn vandermonde_backward(
    _wide: bool,
    states: f64,
    length: f64,
    scale: f64,
    a_re: &Buffer,
    a_im: &Buffer,
    w_re: &Buffer,
    w_im: &Buffer,
    gradient: &Buffer,
    a_out_re: &mut Buffer,
    a_out_im: &mut Buffer,
    w_out_re: &mut Buffer,
    w_out_im: &mut Buffer,
) -> Result<(), JsValue> {
    let given = [[a_re.read(), a_im.read()], [w_re.read(), w_im.read()]];
    let out = [[a_out_re.write(), a_out_im.write()], [w_out_re.write(), w_out_im.write()]];
    let sizes = [states as usize, length as usize];
    vandermonde::backward(&engine()?, sizes, scale, given, gradient.read(), out).map_err(thrown)
}
