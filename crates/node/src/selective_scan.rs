//! [`ssm_scan_core::selective_scan`] for Node; complex arrays come as a real plane and an imaginary one.

use crate::{
    engine::Engine,
    error::{Result, thrown},
    view::{Arguments, Element, View, with_real},
};
use napi_derive::napi;
use ssm_scan_core::{
    binding::{dims, flag, options, selective_sizes},
    enter,
    selective_scan::{Inputs, SelectiveScan, SelectiveStep},
};

/// Names of the planes of `A`, `B` and `C`.
pub(crate) const REAL: [[&str; 1]; 3] = [["A"], ["B"], ["C"]];
/// Names of these planes for complex poles.
pub(crate) const COMPLEX: [[&str; 2]; 3] = [["A.re", "A.im"], ["B.re", "B.im"], ["C.re", "C.im"]];

/// The arrays of a call.
pub(crate) fn inputs<'a, F: Element, const P: usize>(
    arguments: &mut Arguments,
    flags: u32,
    signal: [&'a View<'a>; 2],
    names: [[&'static str; P]; 3],
    [a, b, c]: [[&'a View<'a>; P]; 3],
    [d, z, dt_bias]: [&'a Option<View<'a>>; 3],
) -> Result<Inputs<'a, F, P>> {
    let [u, dt] = arguments.read_each(["u", "dt"], signal)?;
    Ok(Inputs {
        u,
        dt,
        a: arguments.read_each(names[0], a)?,
        b: arguments.read_each(names[1], b)?,
        c: arguments.read_each(names[2], c)?,
        d: arguments.read_optional("D", d)?,
        z: arguments.read_optional("z", z)?,
        dt_bias: arguments.read_optional("dtBias", dt_bias)?,
        softplus: flags & flag::SOFTPLUS != 0,
    })
}

/// Binds [`SelectiveScan::run_with`]; fills `y`, `leaving` and, if `chunk` is above 0, `all`.
#[napi(catch_unwind)]
pub fn selective_scan(
    engine: &Engine,
    batch: f64,
    length: f64,
    channels: f64,
    states: f64,
    groups: f64,
    chunk: f64,
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
    reset: Option<View<'_>>,
    cu_seqlens: Option<View<'_>>,
    mut y: View<'_>,
    mut leaving: View<'_>,
    mut all: View<'_>,
) -> Result<()> {
    with_real!(u, F => {
        let mut arguments = Arguments::default();
        let inputs = inputs::<F, 1>(&mut arguments, flags, [&u, &dt], REAL, [[&a], [&b], [&c]], [&d, &z, &dt_bias])?;
        let state = arguments.read_optional("state", &state)?;
        let reset = arguments.read_optional("reset", &reset)?;
        let cu_seqlens = arguments.read_optional("cuSeqlens", &cu_seqlens)?;
        let y = arguments.write("out.y", &mut y)?;
        let leaving = arguments.write("out.state", &mut leaving)?;
        let all = arguments.write("out.states", &mut all)?;
        let (dims, sizes) = (dims(batch, length, channels), selective_sizes(states, groups));
        let options = options(flags, reset, cu_seqlens, None);
        let scan = SelectiveScan::new(dims, sizes, inputs, options).map_err(thrown)?;
        enter(["state", "out.state"], scan.state(), state, leaving).map_err(thrown)?;
        scan.run_with(&engine.0, chunk as usize, [leaving], y, [all]).map_err(thrown)
    })
}

/// Binds [`SelectiveScan::run_with`] for complex poles; fills `y`, `leaving_*` and, if `chunk` is above 0, `all_*`.
#[napi(catch_unwind)]
pub fn complex_selective_scan(
    engine: &Engine,
    batch: f64,
    length: f64,
    channels: f64,
    states: f64,
    groups: f64,
    chunk: f64,
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
    reset: Option<View<'_>>,
    cu_seqlens: Option<View<'_>>,
    mut y: View<'_>,
    mut leaving_re: View<'_>,
    mut leaving_im: View<'_>,
    mut all_re: View<'_>,
    mut all_im: View<'_>,
) -> Result<()> {
    with_real!(u, F => {
        let mut arguments = Arguments::default();
        let planes = [[&a_re, &a_im], [&b_re, &b_im], [&c_re, &c_im]];
        let inputs = inputs::<F, 2>(&mut arguments, flags, [&u, &dt], COMPLEX, planes, [&d, &z, &dt_bias])?;
        let state_re = arguments.read_optional("state.re", &state_re)?;
        let state_im = arguments.read_optional("state.im", &state_im)?;
        let reset = arguments.read_optional("reset", &reset)?;
        let cu_seqlens = arguments.read_optional("cuSeqlens", &cu_seqlens)?;
        let y = arguments.write("out.y", &mut y)?;
        let leaving_re = arguments.write("out.state.re", &mut leaving_re)?;
        let leaving_im = arguments.write("out.state.im", &mut leaving_im)?;
        let all_re = arguments.write("out.states.re", &mut all_re)?;
        let all_im = arguments.write("out.states.im", &mut all_im)?;
        let (dims, sizes) = (dims(batch, length, channels), selective_sizes(states, groups));
        let options = options(flags, reset, cu_seqlens, None);
        let scan = SelectiveScan::new(dims, sizes, inputs, options).map_err(thrown)?;
        enter(["state.re", "out.state.re"], scan.state(), state_re, leaving_re).map_err(thrown)?;
        enter(["state.im", "out.state.im"], scan.state(), state_im, leaving_im).map_err(thrown)?;
        scan.run_with(&engine.0, chunk as usize, [leaving_re, leaving_im], y, [all_re, all_im]).map_err(thrown)
    })
}

/// Binds [`SelectiveStep::run`]; fills `y` and moves `pool` on.
#[napi(catch_unwind)]
pub fn selective_step(
    engine: &Engine,
    batch: f64,
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
    slots: Option<View<'_>>,
    entering: Option<View<'_>>,
    mut y: View<'_>,
    mut pool: View<'_>,
) -> Result<()> {
    with_real!(u, F => {
        let mut arguments = Arguments::default();
        let inputs = inputs::<F, 1>(&mut arguments, flags, [&u, &dt], REAL, [[&a], [&b], [&c]], [&d, &z, &dt_bias])?;
        let slots = arguments.read_optional("slots", &slots)?;
        let entering = arguments.read_optional::<F>("state", &entering)?;
        let y = arguments.write("out.y", &mut y)?;
        let pool = arguments.write("state", &mut pool)?;
        let sizes = [batch, channels, states, groups].map(|size| size as usize);
        let step = SelectiveStep::new(sizes, inputs, slots).map_err(thrown)?;
        if entering.is_some() {
            enter(["state", "state"], pool.len(), entering, pool).map_err(thrown)?;
        }
        step.run(&engine.0, pool, y).map_err(thrown)
    })
}
