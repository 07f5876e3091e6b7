//! The gradients of [`ssm_scan_core::selective_scan`] for Node; complex arrays come as a real plane and an imaginary one.

use crate::{
    engine::Engine,
    error::{Result, thrown},
    selective_scan::{COMPLEX, REAL, inputs},
    view::{Arguments, View, with_real},
};
use napi_derive::napi;
use ssm_scan_core::{
    binding::{dims, options, selective_sizes},
    enter,
    selective_scan::{Cotangents, Gradients, SelectiveScan},
};

/// Binds [`SelectiveScan::backward`]; fills `*_out`, empty where there is no input.
#[napi(catch_unwind)]
pub fn selective_scan_backward(
    engine: &Engine,
    batch: f64,
    length: f64,
    channels: f64,
    states: f64,
    groups: f64,
    flags: u32,
    u: View<'_>,
    dt: View<'_>,
    a: View<'_>,
    b: View<'_>,
    c: View<'_>,
    d: Option<View<'_>>,
    z: Option<View<'_>>,
    dt_bias: Option<View<'_>>,
    state: Option<View<'_>>,
    y_gradient: View<'_>,
    state_gradient: Option<View<'_>>,
    reset: Option<View<'_>>,
    cu_seqlens: Option<View<'_>>,
    mut u_out: View<'_>,
    mut dt_out: View<'_>,
    mut a_out: View<'_>,
    mut b_out: View<'_>,
    mut c_out: View<'_>,
    mut d_out: View<'_>,
    mut z_out: View<'_>,
    mut dt_bias_out: View<'_>,
    mut state_out: View<'_>,
) -> Result<()> {
    with_real!(u, F => {
        let mut arguments = Arguments::default();
        let inputs = inputs::<F, 1>(&mut arguments, flags, [&u, &dt], REAL, [[&a], [&b], [&c]], [&d, &z, &dt_bias])?;
        let entering = arguments.read_optional("state", &state)?.map(|state| [state]);
        let y = arguments.read("gradients.y", &y_gradient)?;
        let leaving = arguments.read_optional("gradients.state", &state_gradient)?;
        let reset = arguments.read_optional("reset", &reset)?;
        let cu_seqlens = arguments.read_optional("cuSeqlens", &cu_seqlens)?;
        let out = Gradients {
            u: arguments.write("out.u", &mut u_out)?,
            dt: arguments.write("out.dt", &mut dt_out)?,
            a: [arguments.write("out.A", &mut a_out)?],
            b: [arguments.write("out.B", &mut b_out)?],
            c: [arguments.write("out.C", &mut c_out)?],
            d: arguments.write("out.D", &mut d_out)?,
            z: arguments.write("out.z", &mut z_out)?,
            dt_bias: arguments.write("out.dtBias", &mut dt_bias_out)?,
        };
        let state = arguments.write("out.state", &mut state_out)?;
        let (dims, sizes) = (dims(batch, length, channels), selective_sizes(states, groups));
        let scan = SelectiveScan::new(dims, sizes, inputs, options(flags, reset, cu_seqlens, None)).map_err(thrown)?;
        enter(["gradients.state", "out.state"], scan.state(), leaving, state).map_err(thrown)?;
        scan.backward(&engine.0, Cotangents { y, entering }, [state], out).map_err(thrown)
    })
}

/// Binds [`SelectiveScan::backward`] for complex poles; fills `*_out`, empty where there is no input.
#[napi(catch_unwind)]
pub fn complex_selective_scan_backward(
    engine: &Engine,
    batch: f64,
    length: f64,
    channels: f64,
    states: f64,
    groups: f64,
    flags: u32,
    u: View<'_>,
    dt: View<'_>,
    a_re: View<'_>,
    a_im: View<'_>,
    b_re: View<'_>,
    b_im: View<'_>,
    c_re: View<'_>,
    c_im: View<'_>,
    d: Option<View<'_>>,
    z: Option<View<'_>>,
    dt_bias: Option<View<'_>>,
    state_re: Option<View<'_>>,
    state_im: Option<View<'_>>,
    y_gradient: View<'_>,
    state_gradient_re: Option<View<'_>>,
    state_gradient_im: Option<View<'_>>,
    reset: Option<View<'_>>,
    cu_seqlens: Option<View<'_>>,
    mut u_out: View<'_>,
    mut dt_out: View<'_>,
    mut a_out_re: View<'_>,
    mut a_out_im: View<'_>,
    mut b_out_re: View<'_>,
    mut b_out_im: View<'_>,
    mut c_out_re: View<'_>,
    mut c_out_im: View<'_>,
    mut d_out: View<'_>,
    mut z_out: View<'_>,
    mut dt_bias_out: View<'_>,
    mut state_out_re: View<'_>,
    mut state_out_im: View<'_>,
) -> Result<()> {
    with_real!(u, F => {
        let mut arguments = Arguments::default();
        let planes = [[&a_re, &a_im], [&b_re, &b_im], [&c_re, &c_im]];
        let inputs = inputs::<F, 2>(&mut arguments, flags, [&u, &dt], COMPLEX, planes, [&d, &z, &dt_bias])?;
        let entering = [arguments.read_optional("state.re", &state_re)?, arguments.read_optional("state.im", &state_im)?];
        let entering = if let [Some(re), Some(im)] = entering { Some([re, im]) } else { None };
        let y = arguments.read("gradients.y", &y_gradient)?;
        let leaving_re = arguments.read_optional("gradients.state.re", &state_gradient_re)?;
        let leaving_im = arguments.read_optional("gradients.state.im", &state_gradient_im)?;
        let reset = arguments.read_optional("reset", &reset)?;
        let cu_seqlens = arguments.read_optional("cuSeqlens", &cu_seqlens)?;
        let out = Gradients {
            u: arguments.write("out.u", &mut u_out)?,
            dt: arguments.write("out.dt", &mut dt_out)?,
            a: [arguments.write("out.A.re", &mut a_out_re)?, arguments.write("out.A.im", &mut a_out_im)?],
            b: [arguments.write("out.B.re", &mut b_out_re)?, arguments.write("out.B.im", &mut b_out_im)?],
            c: [arguments.write("out.C.re", &mut c_out_re)?, arguments.write("out.C.im", &mut c_out_im)?],
            d: arguments.write("out.D", &mut d_out)?,
            z: arguments.write("out.z", &mut z_out)?,
            dt_bias: arguments.write("out.dtBias", &mut dt_bias_out)?,
        };
        let state_re = arguments.write("out.state.re", &mut state_out_re)?;
        let state_im = arguments.write("out.state.im", &mut state_out_im)?;
        let (dims, sizes) = (dims(batch, length, channels), selective_sizes(states, groups));
        let scan = SelectiveScan::new(dims, sizes, inputs, options(flags, reset, cu_seqlens, None)).map_err(thrown)?;
        enter(["gradients.state.re", "out.state.re"], scan.state(), leaving_re, state_re).map_err(thrown)?;
        enter(["gradients.state.im", "out.state.im"], scan.state(), leaving_im, state_im).map_err(thrown)?;
        scan.backward(&engine.0, Cotangents { y, entering }, [state_re, state_im], out).map_err(thrown)
    })
}
