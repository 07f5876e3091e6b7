//! [`ssm_scan_core::cauchy`] for WebAssembly.

use crate::{
    buffer::{Buffer, engine},
    error::thrown,
};
use ssm_scan_core::cauchy::Cauchy;
use wasm_bindgen::prelude::*;

/// Binds [`Cauchy::kernel`]; fills `kernel`.
#[wasm_bindgen(js_name = cauchy)]
pub fn cauchy(
    _wide: bool,
    states: f64,
    rank: f64,
    length: f64,
    lambda_re: &Buffer,
    lambda_im: &Buffer,
    b_re: &Buffer,
    b_im: &Buffer,
    c_re: &Buffer,
    c_im: &Buffer,
    p_re: &Buffer,
    p_im: &Buffer,
    q_re: &Buffer,
    q_im: &Buffer,
    kernel: &mut Buffer,
) -> Result<(), JsValue> {
    let lambda_re = lambda_re.read::<f64>();
    let lambda_im = lambda_im.read::<f64>();
    let b_re = b_re.read::<f64>();
    let b_im = b_im.read::<f64>();
    let c_re = c_re.read::<f64>();
    let c_im = c_im.read::<f64>();
    let p_re = p_re.read::<f64>();
    let p_im = p_im.read::<f64>();
    let q_re = q_re.read::<f64>();
    let q_im = q_im.read::<f64>();
    let kernel = kernel.write::<f64>();
    let (lambda, b, c) = ([lambda_re, lambda_im], [b_re, b_im], [c_re, c_im]);
    let (p, q) = ([p_re, p_im], [q_re, q_im]);
    let cauchy = Cauchy { states: states as usize, rank: rank as usize, lambda, b, c, p, q };
    cauchy.kernel(&engine()?, length as usize, kernel).map_err(thrown)
}
