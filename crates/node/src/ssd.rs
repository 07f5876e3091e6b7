//! [`ssm_scan_core::ssd`] for Node.

use crate::{
    engine::Engine,
    error::{Result, thrown},
    view::{Arguments, Element, View, with_real},
};
use napi_derive::napi;
use ssm_scan_core::{
    binding::{flag, options, ssd_sizes, steps},
    enter,
    ssd::{Cotangents, Gradients, Inputs, Ssd},
};

/// The arrays of a call.
fn inputs<'a, F: Element>(
    arguments: &mut Arguments,
    required: [&'a View<'a>; 5],
    [d, z, dt_bias]: [&'a Option<View<'a>>; 3],
) -> Result<Inputs<'a, F>> {
    let [x, dt, a, b, c] = arguments.read_each(["x", "dt", "A", "B", "C"], required)?;
    let d = arguments.read_optional("D", d)?;
    let z = arguments.read_optional("z", z)?;
    let dt_bias = arguments.read_optional("dtBias", dt_bias)?;
    Ok(Inputs { x, dt, a, b, c, d, z, dt_bias })
}

/// Binds [`Ssd::run`]; fills `y` and `leaving`, which with [`flag::IN_PLACE`] holds the states that enter.
#[napi(catch_unwind)]
pub fn ssd(
    engine: &Engine,
    batch: f64,
    length: f64,
    heads: f64,
    head_dim: f64,
    states: f64,
    groups: f64,
    least: f64,
    largest: f64,
    chunk: f64,
    flags: u32,
    x: View<'_>,
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
    lengths: Option<View<'_>>,
    mut y: View<'_>,
    mut leaving: View<'_>,
) -> Result<()> {
    with_real!(x, F => {
        let mut arguments = Arguments::default();
        let inputs = inputs::<F>(&mut arguments, [&x, &dt, &a, &b, &c], [&d, &z, &dt_bias])?;
        let state = arguments.read_optional::<F>("state", &state)?;
        let reset = arguments.read_optional("reset", &reset)?;
        let cu_seqlens = arguments.read_optional("cuSeqlens", &cu_seqlens)?;
        let lengths = arguments.read_optional("lengths", &lengths)?;
        let y = arguments.write("out.y", &mut y)?;
        let leaving = arguments.write("out.state", &mut leaving)?;
        let sizes = ssd_sizes([batch, length, heads, head_dim, states, groups]);
        let steps = steps(flags, [least, largest], chunk);
        let ssd = Ssd::new(sizes, inputs, steps, options(flags, reset, cu_seqlens, lengths)).map_err(thrown)?;
        if state.is_some() || flags & flag::IN_PLACE == 0 {
            enter(["state", "out.state"], ssd.state(), state, leaving).map_err(thrown)?;
        }
        ssd.run(&engine.0, leaving, y).map_err(thrown)
    })
}

/// Binds [`Ssd::backward`]; fills `*_out`, those of inputs that are left out having no elements.
#[napi(catch_unwind)]
pub fn ssd_backward(
    engine: &Engine,
    batch: f64,
    length: f64,
    heads: f64,
    head_dim: f64,
    states: f64,
    groups: f64,
    least: f64,
    largest: f64,
    chunk: f64,
    flags: u32,
    x: View<'_>,
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
    mut x_out: View<'_>,
    mut dt_out: View<'_>,
    mut a_out: View<'_>,
    mut b_out: View<'_>,
    mut c_out: View<'_>,
    mut d_out: View<'_>,
    mut z_out: View<'_>,
    mut dt_bias_out: View<'_>,
    mut state_out: View<'_>,
) -> Result<()> {
    with_real!(x, F => {
        let mut arguments = Arguments::default();
        let inputs = inputs::<F>(&mut arguments, [&x, &dt, &a, &b, &c], [&d, &z, &dt_bias])?;
        let entering = arguments.read_optional::<F>("state", &state)?;
        let y = arguments.read::<F>("gradients.y", &y_gradient)?;
        let leaving = arguments.read_optional::<F>("gradients.state", &state_gradient)?;
        let reset = arguments.read_optional("reset", &reset)?;
        let cu_seqlens = arguments.read_optional("cuSeqlens", &cu_seqlens)?;
        let out = Gradients {
            x: arguments.write("out.x", &mut x_out)?,
            dt: arguments.write("out.dt", &mut dt_out)?,
            a: arguments.write("out.A", &mut a_out)?,
            b: arguments.write("out.B", &mut b_out)?,
            c: arguments.write("out.C", &mut c_out)?,
            d: arguments.write("out.D", &mut d_out)?,
            z: arguments.write("out.z", &mut z_out)?,
            dt_bias: arguments.write("out.dtBias", &mut dt_bias_out)?,
        };
        let state = arguments.write("out.state", &mut state_out)?;
        let sizes = ssd_sizes([batch, length, heads, head_dim, states, groups]);
        let steps = steps(flags, [least, largest], chunk);
        let ssd = Ssd::new(sizes, inputs, steps, options(flags, reset, cu_seqlens, None)).map_err(thrown)?;
        enter(["gradients.state", "out.state"], ssd.state(), leaving, state).map_err(thrown)?;
        ssd.backward(&engine.0, Cotangents { y, entering }, state, out).map_err(thrown)
    })
}
