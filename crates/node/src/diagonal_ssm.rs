//! [`ssm_scan_core::diagonal_ssm`] for Node; complex arrays come as a real plane and an imaginary one.

use crate::{
    engine::Engine,
    error::{Result, thrown},
    view::{Arguments, View, with_real},
};
use napi_derive::napi;
use ssm_scan_core::{
    binding::{dims, flag, options, transition, weights},
    diagonal_ssm::DiagonalSsm,
    enter,
};

/// Binds [`DiagonalSsm::run`]; fills (or adds to) `y` and fills `leaving`.
///
/// The poles are discrete ones where a `gain` comes with them, else continuous ones with their
/// `log_step` and `dt`.
#[napi(catch_unwind)]
pub fn diagonal_ssm(
    engine: &Engine,
    batch: f64,
    length: f64,
    channels: f64,
    states: f64,
    pitch: f64,
    first: f64,
    scale: f64,
    rescale: f64,
    flags: u32,
    u: View<'_>,
    input: View<'_>,
    output: View<'_>,
    skip: Option<View<'_>>,
    poles_re: View<'_>,
    poles_im: View<'_>,
    gain_re: Option<View<'_>>,
    gain_im: Option<View<'_>>,
    log_step: Option<View<'_>>,
    dt: Option<View<'_>>,
    state_re: Option<View<'_>>,
    state_im: Option<View<'_>>,
    reset: Option<View<'_>>,
    lengths: Option<View<'_>>,
    mut y: View<'_>,
    mut leaving_re: View<'_>,
    mut leaving_im: View<'_>,
) -> Result<()> {
    with_real!(u, F => {
        let mut arguments = Arguments::default();
        let u = arguments.read::<F>("u", &u)?;
        let matrices = arguments.read_each(["B", "C"], [&input, &output])?;
        let weights = weights([pitch, first, scale], matrices, arguments.read_optional("D", &skip)?);
        let poles = [arguments.read("Lambda_re", &poles_re)?, arguments.read("Lambda_im", &poles_im)?];
        let gain_re = arguments.read_optional("gain.re", &gain_re)?;
        let gain_im = arguments.read_optional("gain.im", &gain_im)?;
        let log_step = arguments.read_optional("log_step", &log_step)?;
        let dt = arguments.read_optional("dt", &dt)?;
        let transition = transition(flags, rescale, poles, [gain_re, gain_im], [log_step, dt]);
        let re = arguments.read_optional("state.re", &state_re)?;
        let im = arguments.read_optional("state.im", &state_im)?;
        let reset = arguments.read_optional("reset", &reset)?;
        let lengths = arguments.read_optional("lengths", &lengths)?;
        let y = arguments.write("y", &mut y)?;
        let leaving_re = arguments.write("out.state.re", &mut leaving_re)?;
        let leaving_im = arguments.write("out.state.im", &mut leaving_im)?;
        let options = options(flags, reset, None, lengths);
        let dims = dims(batch, length, channels);
        let ssm = DiagonalSsm::new(dims, states as usize, u, weights, transition.map_err(thrown)?, options);
        let ssm = ssm.map_err(thrown)?;
        let ssm = if flags & flag::ADDS != 0 { ssm.adding() } else { ssm };
        enter(["state.re", "out.state.re"], ssm.state(), re, leaving_re).map_err(thrown)?;
        enter(["state.im", "out.state.im"], ssm.state(), im, leaving_im).map_err(thrown)?;
        ssm.run(&engine.0, [leaving_re, leaving_im], y).map_err(thrown)
    })
}
