//! [`ssm_scan_core::siso_ssm::SisoSsm::backward`] for Node; complex arrays come as a real plane and an imaginary one.

use crate::{
    engine::Engine,
    error::{Result, thrown},
    siso_ssm::planes,
    view::{Arguments, View, with_real},
};
use napi_derive::napi;
use ssm_scan_core::{
    binding::{dims, options, readout, systems},
    enter,
    siso_ssm::{Cotangents, Gradients, SisoSsm},
};

/// Binds [`SisoSsm::backward`]; fills all that comes after `reset`.
#[napi(catch_unwind)]
pub fn siso_ssm_backward(
    engine: &Engine,
    batch: f64,
    length: f64,
    channels: f64,
    states: f64,
    rank: f64,
    scale: f64,
    flags: u32,
    u: View<'_>,
    a_re: View<'_>,
    a_im: View<'_>,
    b_re: View<'_>,
    b_im: View<'_>,
    c_re: View<'_>,
    c_im: View<'_>,
    p_re: View<'_>,
    p_im: View<'_>,
    q_re: View<'_>,
    q_im: View<'_>,
    state_re: Option<View<'_>>,
    state_im: Option<View<'_>>,
    y_gradient: View<'_>,
    state_gradient_re: Option<View<'_>>,
    state_gradient_im: Option<View<'_>>,
    reset: Option<View<'_>>,
    mut u_out: View<'_>,
    mut a_out_re: View<'_>,
    mut a_out_im: View<'_>,
    mut b_out_re: View<'_>,
    mut b_out_im: View<'_>,
    mut c_out_re: View<'_>,
    mut c_out_im: View<'_>,
    mut p_out_re: View<'_>,
    mut p_out_im: View<'_>,
    mut q_out_re: View<'_>,
    mut q_out_im: View<'_>,
    mut state_out_re: View<'_>,
    mut state_out_im: View<'_>,
) -> Result<()> {
    with_real!(u, F => {
        let mut arguments = Arguments::default();
        let u = arguments.read::<F>("u", &u)?;
        let views = [[&a_re, &a_im], [&b_re, &b_im], [&c_re, &c_im], [&p_re, &p_im], [&q_re, &q_im]];
        let planes = planes::<F>(&mut arguments, views)?;
        let systems = systems([states, rank, scale], planes, None);
        let entering = [arguments.read_optional("state.re", &state_re)?, arguments.read_optional("state.im", &state_im)?];
        let y = arguments.read("gradients.y", &y_gradient)?;
        let re = arguments.read_optional("gradients.state.re", &state_gradient_re)?;
        let im = arguments.read_optional("gradients.state.im", &state_gradient_im)?;
        let reset = arguments.read_optional("reset", &reset)?;
        let gradients = Gradients {
            u: arguments.write("out.u", &mut u_out)?,
            a: [arguments.write("out.a.re", &mut a_out_re)?, arguments.write("out.a.im", &mut a_out_im)?],
            b: [arguments.write("out.b.re", &mut b_out_re)?, arguments.write("out.b.im", &mut b_out_im)?],
            c: [arguments.write("out.c.re", &mut c_out_re)?, arguments.write("out.c.im", &mut c_out_im)?],
            p: [arguments.write("out.p.re", &mut p_out_re)?, arguments.write("out.p.im", &mut p_out_im)?],
            q: [arguments.write("out.q.re", &mut q_out_re)?, arguments.write("out.q.im", &mut q_out_im)?],
        };
        let out_re = arguments.write("out.state.re", &mut state_out_re)?;
        let out_im = arguments.write("out.state.im", &mut state_out_im)?;
        let options = options(flags, reset, None, None);
        let dims = dims(batch, length, channels);
        let ssm = SisoSsm::new(dims, u, systems, readout(flags), options).map_err(thrown)?;
        enter(["gradients.state.re", "out.state.re"], ssm.state(), re, out_re).map_err(thrown)?;
        enter(["gradients.state.im", "out.state.im"], ssm.state(), im, out_im).map_err(thrown)?;
        let entering = if let [Some(re), Some(im)] = entering { Some([re, im]) } else { None };
        ssm.backward(&engine.0, Cotangents { y, entering }, [out_re, out_im], gradients).map_err(thrown)
    })
}
