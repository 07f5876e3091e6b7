//! The gradients of scans for WebAssembly: [`ssm_scan_core::linear_scan::LinearScan::backward`] and its like.

use crate::{
    buffer::{Buffer, engine, with_real},
    error::thrown,
};
use ssm_scan_core::{
    binding::{dims, options},
    complex_scan::{self, ComplexScan},
    enter,
    linear_scan::{self, LinearScan},
    matrix_scan::{self, MatrixScan},
};
use wasm_bindgen::prelude::*;

macro_rules! real_backward {
    ($(#[$doc:meta])* $name:ident, $js:ident, $scan:ident, $module:ident) => {
        $(#[$doc])*
        #[wasm_bindgen(js_name = $js)]
        pub fn $name(
            wide: bool,
            batch: f64,
            length: f64,
            channels: f64,
            flags: u32,
            a: &Buffer,
            b: &Buffer,
            state: &Buffer,
            h: &Buffer,
            h_gradient: &Buffer,
            state_gradient: &Buffer,
            reset: &Buffer,
            cu_seqlens: &Buffer,
            a_out: &mut Buffer,
            b_out: &mut Buffer,
            state_out: &mut Buffer,
        ) -> Result<(), JsValue> {
            with_real!(wide, F => {
                let options = options(flags, reset.read_optional(), cu_seqlens.read_optional(), None);
                let dims = dims(batch, length, channels);
                let scan = $scan::<F>::new(dims, a.read(), b.read(), options).map_err(thrown)?;
                enter::<F>(["gradients.state", "out.state"], scan.state(), state_gradient.read_optional(), state_out.write()).map_err(thrown)?;
                let cotangents = $module::Cotangents { h: h_gradient.read(), entering: state.read_optional(), states: h.read_optional() };
                let out = [a_out.write(), b_out.write()];
                scan.backward(&engine()?, cotangents, state_out.write(), out).map_err(thrown)
            })
        }
    };
}

real_backward!(
    /// Binds [`LinearScan::backward`]; fills `a_out`, `b_out` and `state_out`.
    linear_scan_backward, linearScanBackward, LinearScan, linear_scan
);
real_backward!(
    /// Binds [`MatrixScan::backward`]; fills `a_out`, `b_out` and `state_out`.
    matrix_scan_backward, matrixScanBackward, MatrixScan, matrix_scan
);

/// Binds [`ComplexScan::backward`]; fills `a_out_*`, `b_out_*` and `state_out_*`.
#[wasm_bindgen(js_name = complexScanBackward)]
pub fn complex_scan_backward(
    wide: bool,
    batch: f64,
    length: f64,
    channels: f64,
    flags: u32,
    a_re: &Buffer,
    a_im: &Buffer,
    b_re: &Buffer,
    b_im: &Buffer,
    state_re: &Buffer,
    state_im: &Buffer,
    h_re: &Buffer,
    h_im: &Buffer,
    h_gradient_re: &Buffer,
    h_gradient_im: &Buffer,
    state_gradient_re: &Buffer,
    state_gradient_im: &Buffer,
    reset: &Buffer,
    cu_seqlens: &Buffer,
    a_out_re: &mut Buffer,
    a_out_im: &mut Buffer,
    b_out_re: &mut Buffer,
    b_out_im: &mut Buffer,
    state_out_re: &mut Buffer,
    state_out_im: &mut Buffer,
) -> Result<(), JsValue> {
    with_real!(wide, F => {
        let a = [a_re.read::<F>(), a_im.read()];
        let b = [b_re.read(), b_im.read()];
        let options = options(flags, reset.read_optional(), cu_seqlens.read_optional(), None);
        let scan = ComplexScan::new(dims(batch, length, channels), a, b, options).map_err(thrown)?;
        enter::<F>(["gradients.state.re", "out.state.re"], scan.state(), state_gradient_re.read_optional(), state_out_re.write()).map_err(thrown)?;
        enter::<F>(["gradients.state.im", "out.state.im"], scan.state(), state_gradient_im.read_optional(), state_out_im.write()).map_err(thrown)?;
        let pair = |re: Option<_>, im: Option<_>| re.zip(im).map(|(re, im)| [re, im]);
        let cotangents = complex_scan::Cotangents {
            h: [h_gradient_re.read(), h_gradient_im.read()],
            entering: pair(state_re.read_optional(), state_im.read_optional()),
            states: pair(h_re.read_optional(), h_im.read_optional()),
        };
        let state = [state_out_re.write(), state_out_im.write()];
        let out = [[a_out_re.write(), a_out_im.write()], [b_out_re.write(), b_out_im.write()]];
        scan.backward(&engine()?, cotangents, state, out).map_err(thrown)
    })
}
