//! [`ssm_scan_core::causal_conv1d`] for Node.

use crate::{
    engine::Engine,
    error::{Result, thrown},
    view::{Arguments, View, with_real},
};
use napi_derive::napi;
use ssm_scan_core::{
    binding::{activation, dims, options},
    causal_conv1d::{CausalConv1d, Cotangents, Gradients},
    enter,
};

/// Binds [`CausalConv1d::run`]; fills `y` and `leaving`.
#[napi(catch_unwind, js_name = "causalConv1d")]
pub fn causal_conv1d(
    engine: &Engine,
    batch: f64,
    length: f64,
    channels: f64,
    width: f64,
    kind: u32,
    flags: u32,
    x: View<'_>,
    weight: View<'_>,
    bias: Option<View<'_>>,
    state: Option<View<'_>>,
    reset: Option<View<'_>>,
    cu_seqlens: Option<View<'_>>,
    lengths: Option<View<'_>>,
    mut y: View<'_>,
    mut leaving: View<'_>,
) -> Result<()> {
    with_real!(x, F => {
        let mut arguments = Arguments::default();
        let x = arguments.read::<F>("x", &x)?;
        let weight = arguments.read::<F>("weight", &weight)?;
        let bias = arguments.read_optional::<F>("bias", &bias)?;
        let state = arguments.read_optional::<F>("state", &state)?;
        let reset = arguments.read_optional("reset", &reset)?;
        let cu_seqlens = arguments.read_optional("cuSeqlens", &cu_seqlens)?;
        let lengths = arguments.read_optional("lengths", &lengths)?;
        let y = arguments.write("out.y", &mut y)?;
        let leaving = arguments.write("out.state", &mut leaving)?;
        let (dims, options) = (dims(batch, length, channels), options(flags, reset, cu_seqlens, lengths));
        let activation = activation(kind).map_err(thrown)?;
        let conv = CausalConv1d::new(dims, width as usize, x, weight, bias, activation, options).map_err(thrown)?;
        enter(["state", "out.state"], conv.state(), state, leaving).map_err(thrown)?;
        conv.run(&engine.0, leaving, y).map_err(thrown)
    })
}

/// Binds [`CausalConv1d::backward`]; fills `x_out`, `weight_out`, `bias_out` and `state_out`.
#[napi(catch_unwind, js_name = "causalConv1dBackward")]
pub fn causal_conv1d_backward(
    engine: &Engine,
    batch: f64,
    length: f64,
    channels: f64,
    width: f64,
    kind: u32,
    flags: u32,
    x: View<'_>,
    weight: View<'_>,
    bias: Option<View<'_>>,
    state: Option<View<'_>>,
    y_gradient: View<'_>,
    state_gradient: Option<View<'_>>,
    reset: Option<View<'_>>,
    cu_seqlens: Option<View<'_>>,
    mut x_out: View<'_>,
    mut weight_out: View<'_>,
    mut bias_out: View<'_>,
    mut state_out: View<'_>,
) -> Result<()> {
    with_real!(x, F => {
        let mut arguments = Arguments::default();
        let x = arguments.read::<F>("x", &x)?;
        let weight = arguments.read::<F>("weight", &weight)?;
        let bias = arguments.read_optional::<F>("bias", &bias)?;
        let entering = arguments.read_optional::<F>("state", &state)?;
        let y = arguments.read::<F>("gradients.y", &y_gradient)?;
        let leaving = arguments.read_optional::<F>("gradients.state", &state_gradient)?;
        let reset = arguments.read_optional("reset", &reset)?;
        let cu_seqlens = arguments.read_optional("cuSeqlens", &cu_seqlens)?;
        let out = Gradients {
            x: arguments.write("out.x", &mut x_out)?,
            weight: arguments.write("out.weight", &mut weight_out)?,
            bias: arguments.write("out.bias", &mut bias_out)?,
        };
        let state = arguments.write("out.state", &mut state_out)?;
        let (dims, options) = (dims(batch, length, channels), options(flags, reset, cu_seqlens, None));
        let activation = activation(kind).map_err(thrown)?;
        let conv = CausalConv1d::new(dims, width as usize, x, weight, bias, activation, options).map_err(thrown)?;
        enter(["gradients.state", "out.state"], conv.state(), leaving, state).map_err(thrown)?;
        conv.backward(&engine.0, Cotangents { y, entering }, state, out).map_err(thrown)
    })
}
