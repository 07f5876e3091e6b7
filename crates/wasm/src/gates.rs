//! [`ssm_scan_core::gates`] for WebAssembly.

use crate::{
    buffer::{Buffer, engine, with_real},
    error::thrown,
};
use ssm_scan_core::{
    binding::gates,
    gates::{MinGates, RgLruGates, RgLruWeights},
};
use wasm_bindgen::prelude::*;

/// Binds [`MinGates::run`]; fills `a` and `b`.
#[wasm_bindgen(js_name = minGates)]
pub fn min_gates(
    wide: bool,
    parts: u32,
    rows: f64,
    width: f64,
    x: &Buffer,
    a: &mut Buffer,
    b: &mut Buffer,
) -> Result<(), JsValue> {
    with_real!(wide, F => {
        let kind = gates(parts).map_err(thrown)?;
        let gates = MinGates::<F>::new(kind, rows as usize, width as usize, x.read());
        gates.map_err(thrown)?.run(&engine()?, [a.write(), b.write()]).map_err(thrown)
    })
}

/// Binds [`RgLruGates::run`]; fills `a` and `b`.
#[wasm_bindgen(js_name = rgLruGates)]
pub fn rg_lru_gates(
    wide: bool,
    rows: f64,
    heads: f64,
    size: f64,
    x: &Buffer,
    recurrent_param: &Buffer,
    input_gate_weight: &Buffer,
    input_gate_bias: &Buffer,
    recurrent_gate_weight: &Buffer,
    recurrent_gate_bias: &Buffer,
    fresh: &Buffer,
    a: &mut Buffer,
    b: &mut Buffer,
) -> Result<(), JsValue> {
    with_real!(wide, F => {
        let weights = RgLruWeights::<F> {
            recurrent_param: recurrent_param.read(),
            input_gate_weight: input_gate_weight.read(),
            input_gate_bias: input_gate_bias.read(),
            recurrent_gate_weight: recurrent_gate_weight.read(),
            recurrent_gate_bias: recurrent_gate_bias.read(),
        };
        let heads = [heads as usize, size as usize];
        let gates = RgLruGates::new(rows as usize, heads, x.read(), weights, fresh.read_optional());
        gates.map_err(thrown)?.run(&engine()?, [a.write(), b.write()]).map_err(thrown)
    })
}
