//! [`ssm_scan_core::rnn`] for Node.

use crate::{
    engine::Engine,
    error::{Result, thrown},
    view::{Arguments, View, with_real},
};
use napi_derive::napi;
use ssm_scan_core::{
    binding::dims,
    enter,
    rnn::{Backward, Rnn},
};

/// Binds [`Rnn::run`]; fills `h` and `leaving`.
#[napi(catch_unwind)]
pub fn rnn(
    engine: &Engine,
    batch: f64,
    length: f64,
    channels: f64,
    x: View<'_>,
    weight: View<'_>,
    bias: View<'_>,
    state: Option<View<'_>>,
    reset: Option<View<'_>>,
    mut h: View<'_>,
    mut leaving: View<'_>,
) -> Result<()> {
    with_real!(x, F => {
        let mut arguments = Arguments::default();
        let x = arguments.read::<F>("x", &x)?;
        let weights = [arguments.read("weight_hh_l0", &weight)?, arguments.read("bias_hh_l0", &bias)?];
        let state = arguments.read_optional::<F>("state", &state)?;
        let reset = arguments.read_optional("reset", &reset)?;
        let h = arguments.write("out.h", &mut h)?;
        let leaving = arguments.write("out.state", &mut leaving)?;
        let rnn = Rnn::new(dims(batch, length, channels), x, weights, reset).map_err(thrown)?;
        enter(["state", "out.state"], rnn.state(), state, leaving).map_err(thrown)?;
        rnn.run(&engine.0, leaving, h).map_err(thrown)
    })
}

/// Binds [`Backward::run`]; fills `x_out`.
#[napi(catch_unwind)]
pub fn rnn_backward(
    engine: &Engine,
    batch: f64,
    length: f64,
    channels: f64,
    h: View<'_>,
    weight: View<'_>,
    h_gradient: View<'_>,
    reset: Option<View<'_>>,
    mut x_out: View<'_>,
) -> Result<()> {
    with_real!(h, F => {
        let mut arguments = Arguments::default();
        let h = arguments.read::<F>("h", &h)?;
        let weight = arguments.read("weight_hh_l0", &weight)?;
        let dh = arguments.read("gradients.h", &h_gradient)?;
        let reset = arguments.read_optional("reset", &reset)?;
        let x_out = arguments.write("out.x", &mut x_out)?;
        let backward = Backward::new(dims(batch, length, channels), [h, dh], weight, reset).map_err(thrown)?;
        backward.run(&engine.0, x_out).map_err(thrown)
    })
}
