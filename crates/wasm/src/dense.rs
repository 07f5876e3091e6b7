//! [`ssm_scan_core::dense`] for WebAssembly.

use crate::{
    buffer::{Buffer, engine, with_real},
    error::thrown,
};
use ssm_scan_core::{
    binding::{self, flag},
    dense::{Dense, DenseWeights, Format, Weight},
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
    format: u32,
    x: &Buffer,
    weight: &Buffer,
    bias: &Buffer,
    y: &mut Buffer,
) -> Result<(), JsValue> {
    with_real!(wide, F => {
        let weight = match binding::format(format).map_err(thrown)? {
            Format::Full => Weight::Full(weight.read::<F>()),
            Format::Brain => Weight::Brain(weight.read()),
            Format::Half => Weight::Half(weight.read()),
        };
        let weights = DenseWeights {
            weight,
            bias: bias.read_optional(),
            total: total as usize,
            first: first as usize,
            transposed: flags & flag::TRANSPOSED != 0,
        };
        let dense = Dense::new(rows as usize, inputs as usize, outputs as usize, x.read(), weights);
        dense.map_err(thrown)?.run(&engine()?, y.write()).map_err(thrown)
    })
}
