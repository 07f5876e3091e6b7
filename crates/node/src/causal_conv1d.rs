//! [`ssm_scan_core::causal_conv1d`] for Node.

use crate::{
    engine::Engine,
    error::{Result, thrown},
    view::{Arguments, View, with_real},
};
use napi_derive::napi;
use ssm_scan_core::{
    binding::{activation, dims, options},
    causal_conv1d::CausalConv1d,
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
