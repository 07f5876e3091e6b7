//! [`ssm_scan_core::norm`] for WebAssembly.

use crate::{
    buffer::{Buffer, engine, with_real},
    error::thrown,
};
use ssm_scan_core::{
    binding::statistics,
    norm::{Gradients, Norm},
};
use wasm_bindgen::prelude::*;

/// Binds [`Norm::run`]; fills `y`. Rows have the features' `mean` and `var` where these are given, else
/// their own.
#[wasm_bindgen]
pub fn norm(
    wide: bool,
    rows: f64,
    width: f64,
    epsilon: f64,
    flags: u32,
    x: &Buffer,
    scale: &Buffer,
    bias: &Buffer,
    mean: &Buffer,
    var: &Buffer,
    y: &mut Buffer,
) -> Result<(), JsValue> {
    with_real!(wide, F => {
        let statistics = statistics(flags, [mean.read_optional(), var.read_optional()]);
        let affine = [scale.read_optional(), bias.read_optional()];
        let norm = Norm::<F>::new(rows as usize, width as usize, epsilon, x.read(), statistics, affine);
        norm.map_err(thrown)?.run(&engine()?, y.write()).map_err(thrown)
    })
}

/// Binds [`Norm::backward`]; fills `x_out`, `scale_out` and `bias_out`.
#[wasm_bindgen(js_name = normBackward)]
pub fn norm_backward(
    wide: bool,
    rows: f64,
    width: f64,
    epsilon: f64,
    flags: u32,
    x: &Buffer,
    scale: &Buffer,
    mean: &Buffer,
    var: &Buffer,
    y_gradient: &Buffer,
    x_out: &mut Buffer,
    scale_out: &mut Buffer,
    bias_out: &mut Buffer,
) -> Result<(), JsValue> {
    with_real!(wide, F => {
        let statistics = statistics(flags, [mean.read_optional(), var.read_optional()]);
        let affine = [scale.read_optional(), None];
        let norm = Norm::<F>::new(rows as usize, width as usize, epsilon, x.read(), statistics, affine);
        let out = Gradients { x: x_out.write(), scale: scale_out.write(), bias: bias_out.write() };
        norm.map_err(thrown)?.backward(&engine()?, y_gradient.read(), out).map_err(thrown)
    })
}
