//! The gradients of [`ssm_scan_core::diagonal_ssm`] for Node; complex arrays come as a real plane and an imaginary one.

use crate::{
    engine::Engine,
    error::{Result, thrown},
    view::{Arguments, View, with_real},
};
use napi_derive::napi;
use ssm_scan_core::{
    binding::{dims, options, weights},
    diagonal_ssm::{Cotangents, DiagonalSsm, Gradients, Transition},
    enter,
};

/// Binds [`DiagonalSsm::backward`]; fills all outputs.
#[napi(catch_unwind)]
pub fn diagonal_ssm_backward(
    engine: &Engine,
    batch: f64,
    length: f64,
    channels: f64,
    states: f64,
    pitch: f64,
    first: f64,
    scale: f64,
    flags: u32,
    u: View<'_>,
    input: View<'_>,
    output: View<'_>,
    skip: Option<View<'_>>,
    poles_re: View<'_>,
    poles_im: View<'_>,
    gain_re: View<'_>,
    gain_im: View<'_>,
    state_re: Option<View<'_>>,
    state_im: Option<View<'_>>,
    gradient: View<'_>,
    gradient_re: Option<View<'_>>,
    gradient_im: Option<View<'_>>,
    reset: Option<View<'_>>,
    lengths: Option<View<'_>>,
    mut u_out: View<'_>,
    mut input_out: View<'_>,
    mut output_out: View<'_>,
    mut skip_out: View<'_>,
    mut poles_re_out: View<'_>,
    mut poles_im_out: View<'_>,
    mut gain_re_out: View<'_>,
    mut gain_im_out: View<'_>,
    mut state_re_out: View<'_>,
    mut state_im_out: View<'_>,
) -> Result<()> {
    with_real!(u, F => {
        let mut arguments = Arguments::default();
        let u = arguments.read::<F>("u", &u)?;
        let matrices = arguments.read_each(["B", "C"], [&input, &output])?;
        let weights = weights([pitch, first, scale], matrices, arguments.read_optional("D", &skip)?);
        let a = [arguments.read("Lambda_re", &poles_re)?, arguments.read("Lambda_im", &poles_im)?];
        let gain = [arguments.read("gain.re", &gain_re)?, arguments.read("gain.im", &gain_im)?];
        let entering_re = arguments.read_optional("state.re", &state_re)?;
        let entering_im = arguments.read_optional("state.im", &state_im)?;
        let y = arguments.read("gradients.y", &gradient)?;
        let leaving_re = arguments.read_optional("gradients.state.re", &gradient_re)?;
        let leaving_im = arguments.read_optional("gradients.state.im", &gradient_im)?;
        let reset = arguments.read_optional("reset", &reset)?;
        let lengths = arguments.read_optional("lengths", &lengths)?;
        let out = Gradients {
            u: arguments.write("out.u", &mut u_out)?,
            input: arguments.write("out.B", &mut input_out)?,
            output: arguments.write("out.C", &mut output_out)?,
            skip: arguments.write("out.D", &mut skip_out)?,
            a: [arguments.write("out.Lambda_re", &mut poles_re_out)?, arguments.write("out.Lambda_im", &mut poles_im_out)?],
            gain: [arguments.write("out.gain.re", &mut gain_re_out)?, arguments.write("out.gain.im", &mut gain_im_out)?],
        };
        let re = arguments.write("out.state.re", &mut state_re_out)?;
        let im = arguments.write("out.state.im", &mut state_im_out)?;
        let options = options(flags, reset, None, lengths);
        let dims = dims(batch, length, channels);
        let ssm = DiagonalSsm::new(dims, states as usize, u, weights, Transition::Fixed { a, gain }, options);
        let ssm = ssm.map_err(thrown)?;
        enter(["gradients.state.re", "out.state.re"], ssm.state(), leaving_re, re).map_err(thrown)?;
        enter(["gradients.state.im", "out.state.im"], ssm.state(), leaving_im, im).map_err(thrown)?;
        let entering = if let (Some(re), Some(im)) = (entering_re, entering_im) { Some([re, im]) } else { None };
        ssm.backward(&engine.0, Cotangents { y, entering }, [re, im], out).map_err(thrown)
    })
}
