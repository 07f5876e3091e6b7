//! [`ssm_scan_core::dense`] for WebAssembly.

use crate::{
    buffer::{Buffer, engine, with_real},
    error::thrown,
};
use ssm_scan_core::{
    binding::flag,
    dense::{Dense, DenseWeights},
};
use wasm_bindgen::prelude::*;

/// Binds [`Dense::run`]; fills `y`.
#[wasm_bindgen]
pub fn dense(
    wide: bool,
    rows: f64,
    inputs: f64,
    outputs: f64,
    total: f64,
    first: f64,
    flags: u32,
    x: &Buffer,
    weight: &Buffer,
    bias: &Buffer,
    y: &mut Buffer,
) -> Result<(), JsValue> {
    with_real!(wide, F => {
        let weights = DenseWeights {
            weight: weight.read::<F>(),
            bias: bias.read_optional(),
            total: total as usize,
            first: first as usize,
            transposed: flags & flag::TRANSPOSED != 0,
        };
        let dense = Dense::new(rows as usize, inputs as usize, outputs as usize, x.read(), weights);
        dense.map_err(thrown)?.run(&engine()?, y.write()).map_err(thrown)
    })
}
