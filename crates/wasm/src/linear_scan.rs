//! [`ssm_scan_core::linear_scan`] for WebAssembly.

use crate::{
    buffer::{Buffer, engine, with_real},
    error::thrown,
};
use ssm_scan_core::{
    Options,
    binding::{dims, options},
    enter,
    linear_scan::{LinearScan, combine},
};
use wasm_bindgen::prelude::*;

/// Binds [`LinearScan::run`]; fills `h` and `leaving`.
#[wasm_bindgen(js_name = linearScan)]
pub fn linear_scan(
    wide: bool,
    batch: f64,
    length: f64,
    channels: f64,
    flags: u32,
    a: &Buffer,
    b: &Buffer,
    state: &Buffer,
    reset: &Buffer,
    cu_seqlens: &Buffer,
    h: &mut Buffer,
    leaving: &mut Buffer,
) -> Result<(), JsValue> {
    with_real!(wide, F => {
        let options = options(flags, reset.read_optional(), cu_seqlens.read_optional(), None);
        let dims = dims(batch, length, channels);
        let scan = LinearScan::<F>::new(dims, a.read(), b.read(), options).map_err(thrown)?;
        enter::<F>(["state", "out.state"], scan.state(), state.read_optional(), leaving.write()).map_err(thrown)?;
        scan.run(&engine()?, leaving.write(), h.write()).map_err(thrown)
    })
}

/// Binds [`LinearScan::summarize`]; fills `a_out` and `b_out`, `[batch, channels]`.
#[wasm_bindgen(js_name = summarizeLinear)]
pub fn summarize_linear(
    wide: bool,
    batch: f64,
    length: f64,
    channels: f64,
    a: &Buffer,
    b: &Buffer,
    a_out: &mut Buffer,
    b_out: &mut Buffer,
) -> Result<(), JsValue> {
    with_real!(wide, F => {
        let dims = dims(batch, length, channels);
        let scan = LinearScan::<F>::new(dims, a.read(), b.read(), Options::default());
        let out = [a_out.write(), b_out.write()];
        scan.map_err(thrown)?.summarize_into(&engine()?, out).map_err(thrown)
    })
}

/// Binds [`combine`]; fills `a_out` and `b_out`.
#[wasm_bindgen(js_name = combineLinear)]
pub fn combine_linear(
    wide: bool,
    first_a: &Buffer,
    first_b: &Buffer,
    second_a: &Buffer,
    second_b: &Buffer,
    a_out: &mut Buffer,
    b_out: &mut Buffer,
) -> Result<(), JsValue> {
    with_real!(wide, F => {
        let first = [first_a.read::<F>(), first_b.read()];
        let second = [second_a.read(), second_b.read()];
        combine(first, second, [a_out.write(), b_out.write()]).map_err(thrown)
    })
}
