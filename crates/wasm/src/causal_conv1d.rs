//! [`ssm_scan_core::causal_conv1d`] for WebAssembly.

use crate::{
    buffer::{Buffer, engine, with_real},
    error::thrown,
};
use ssm_scan_core::{
    binding::{activation, dims, options},
    causal_conv1d::{CausalConv1d, Cotangents, Gradients},
    enter,
};
use wasm_bindgen::prelude::*;

/// Binds [`CausalConv1d::run`]; fills `y` and `leaving`.
#[wasm_bindgen(js_name = causalConv1d)]
pub fn causal_conv1d(
    wide: bool,
    batch: f64,
    length: f64,
    channels: f64,
    width: f64,
    kind: u32,
    flags: u32,
    x: &Buffer,
    weight: &Buffer,
    bias: &Buffer,
    state: &Buffer,
    reset: &Buffer,
    cu_seqlens: &Buffer,
    lengths: &Buffer,
    y: &mut Buffer,
    leaving: &mut Buffer,
) -> Result<(), JsValue> {
    with_real!(wide, F => {
        let lengths = lengths.read_optional();
        let options = options(flags, reset.read_optional(), cu_seqlens.read_optional(), lengths);
        let activation = activation(kind).map_err(thrown)?;
        let (dims, width, bias) = (dims(batch, length, channels), width as usize, bias.read_optional());
        let conv = CausalConv1d::<F>::new(dims, width, x.read(), weight.read(), bias, activation, options);
        let conv = conv.map_err(thrown)?;
        enter::<F>(["state", "out.state"], conv.state(), state.read_optional(), leaving.write()).map_err(thrown)?;
        conv.run(&engine()?, leaving.write(), y.write()).map_err(thrown)
    })
}

/// Binds [`CausalConv1d::backward`]; fills `x_out`, `weight_out`, `bias_out` and `state_out`.
#[wasm_bindgen(js_name = causalConv1dBackward)]
pub fn causal_conv1d_backward(
    wide: bool,
    batch: f64,
    length: f64,
    channels: f64,
    width: f64,
    kind: u32,
    flags: u32,
    x: &Buffer,
    weight: &Buffer,
    bias: &Buffer,
    state: &Buffer,
    y_gradient: &Buffer,
    state_gradient: &Buffer,
    reset: &Buffer,
    cu_seqlens: &Buffer,
    x_out: &mut Buffer,
    weight_out: &mut Buffer,
    bias_out: &mut Buffer,
    state_out: &mut Buffer,
) -> Result<(), JsValue> {
    with_real!(wide, F => {
        let options = options(flags, reset.read_optional(), cu_seqlens.read_optional(), None);
        let activation = activation(kind).map_err(thrown)?;
        let (dims, width, bias) = (dims(batch, length, channels), width as usize, bias.read_optional());
        let conv = CausalConv1d::<F>::new(dims, width, x.read(), weight.read(), bias, activation, options);
        let conv = conv.map_err(thrown)?;
        enter::<F>(["gradients.state", "out.state"], conv.state(), state_gradient.read_optional(), state_out.write()).map_err(thrown)?;
        let of = Cotangents { y: y_gradient.read(), entering: state.read_optional() };
        let out = Gradients { x: x_out.write(), weight: weight_out.write(), bias: bias_out.write() };
        conv.backward(&engine()?, of, state_out.write(), out).map_err(thrown)
    })
}
