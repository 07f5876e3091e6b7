//! [`ssm_scan_core::siso_ssm`] for Node; complex arrays come as a real plane and an imaginary one.

use crate::{
    engine::Engine,
    error::{Result, thrown},
    view::{Arguments, Element, View, with_real},
};
use napi_derive::napi;
use ssm_scan_core::{
    binding::{dims, options, readout, systems},
    enter,
    siso_ssm::SisoSsm,
};

/// The planes of `a`, `b`, `c`, `p` and `q`.
pub(crate) fn planes<'a, F: Element>(
    arguments: &mut Arguments,
    [a, b, c, p, q]: [[&'a View<'a>; 2]; 5],
) -> Result<[[&'a [F]; 2]; 5]> {
    Ok([
        arguments.read_each(["a.re", "a.im"], a)?,
        arguments.read_each(["b.re", "b.im"], b)?,
        arguments.read_each(["c.re", "c.im"], c)?,
        arguments.read_each(["p.re", "p.im"], p)?,
        arguments.read_each(["q.re", "q.im"], q)?,
    ])
}

/// Binds [`SisoSsm::run`]; fills (or adds to) `y` and fills `leaving`.
#[napi(catch_unwind)]
pub fn siso_ssm(
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
    skip: Option<View<'_>>,
    p_re: View<'_>,
    p_im: View<'_>,
    q_re: View<'_>,
    q_im: View<'_>,
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
        let views = [[&a_re, &a_im], [&b_re, &b_im], [&c_re, &c_im], [&p_re, &p_im], [&q_re, &q_im]];
        let planes = planes::<F>(&mut arguments, views)?;
        let systems = systems([states, rank, scale], planes, arguments.read_optional("D", &skip)?);
        let re = arguments.read_optional("state.re", &state_re)?;
        let im = arguments.read_optional("state.im", &state_im)?;
        let reset = arguments.read_optional("reset", &reset)?;
        let lengths = arguments.read_optional("lengths", &lengths)?;
        let y = arguments.write("out.y", &mut y)?;
        let leaving_re = arguments.write("out.state.re", &mut leaving_re)?;
        let leaving_im = arguments.write("out.state.im", &mut leaving_im)?;
        let options = options(flags, reset, None, lengths);
        let dims = dims(batch, length, channels);
        let ssm = SisoSsm::new(dims, u, systems, readout(flags), options).map_err(thrown)?;
        enter(["state.re", "out.state.re"], ssm.state(), re, leaving_re).map_err(thrown)?;
        enter(["state.im", "out.state.im"], ssm.state(), im, leaving_im).map_err(thrown)?;
        ssm.run(&engine.0, [leaving_re, leaving_im], y).map_err(thrown)
    })
}
