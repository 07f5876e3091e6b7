//! [`ssm_scan_core::norm`] for WebAssembly.

use crate::{
    buffer::{Buffer, engine, with_real},
    error::thrown,
};
use ssm_scan_core::{binding::statistics, norm::Norm};
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
