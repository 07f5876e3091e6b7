//! [`ssm_scan_core::rnn`] for WebAssembly.

use crate::{
    buffer::{Buffer, engine, with_real},
    error::thrown,
};
use ssm_scan_core::{
    binding::dims,
    enter,
    rnn::{Backward, Rnn},
};
use wasm_bindgen::prelude::*;

/// Binds [`Rnn::run`]; fills `h` and `leaving`.
#[wasm_bindgen]
pub fn rnn(
    wide: bool,
    batch: f64,
    length: f64,
    channels: f64,
    x: &Buffer,
    weight: &Buffer,
    bias: &Buffer,
    state: &Buffer,
    reset: &Buffer,
    h: &mut Buffer,
    leaving: &mut Buffer,
) -> Result<(), JsValue> {
    with_real!(wide, F => {
        let weights = [weight.read(), bias.read()];
        let dims = dims(batch, length, channels);
        let rnn = Rnn::<F>::new(dims, x.read(), weights, reset.read_optional()).map_err(thrown)?;
        enter::<F>(["state", "out.state"], rnn.state(), state.read_optional(), leaving.write()).map_err(thrown)?;
        rnn.run(&engine()?, leaving.write(), h.write()).map_err(thrown)
    })
}

/// Binds [`Backward::run`]; fills `x_out`.
#[wasm_bindgen(js_name = rnnBackward)]
pub fn rnn_backward(
    wide: bool,
    batch: f64,
    length: f64,
    channels: f64,
    h: &Buffer,
    weight: &Buffer,
    h_gradient: &Buffer,
    reset: &Buffer,
    x_out: &mut Buffer,
) -> Result<(), JsValue> {
    with_real!(wide, F => {
        let dims = dims(batch, length, channels);
        let given = [h.read(), h_gradient.read()];
        let backward = Backward::<F>::new(dims, given, weight.read(), reset.read_optional()).map_err(thrown)?;
        backward.run(&engine()?, x_out.write()).map_err(thrown)
    })
}
