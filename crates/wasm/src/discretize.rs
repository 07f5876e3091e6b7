//! [`ssm_scan_core::discretize`] for WebAssembly.

use crate::{
    buffer::{Buffer, with_real},
    error::thrown,
};
use ssm_scan_core::binding::method;
use wasm_bindgen::prelude::*;

/// Binds [`Method::discretize`](ssm_scan_core::discretize::Method::discretize); fills `a_*` and
/// `gain_*`.
#[wasm_bindgen]
pub fn discretize(
    wide: bool,
    flags: u32,
    rescale: f64,
    lambda_re: &Buffer,
    lambda_im: &Buffer,
    log_step: &Buffer,
    a_re: &mut Buffer,
    a_im: &mut Buffer,
    gain_re: &mut Buffer,
    gain_im: &mut Buffer,
) -> Result<(), JsValue> {
    with_real!(wide, F => {
        let lambda = [lambda_re.read::<F>(), lambda_im.read()];
        let out = [a_re.write(), a_im.write(), gain_re.write(), gain_im.write()];
        method(flags).discretize(lambda, log_step.read(), rescale, out).map_err(thrown)
    })
}
