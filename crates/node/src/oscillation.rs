//! [`ssm_scan_core::oscillator::Oscillation`] for Node.

use crate::{
    engine::Engine,
    error::{Result, thrown},
    view::{Arguments, View, with_real},
};
use napi_derive::napi;
use ssm_scan_core::{
    binding::{dims, options},
    oscillator::Oscillation,
};

/// Binds [`Oscillation::run`]; fills `z` and `y`.
#[napi(catch_unwind)]
pub fn oscillation(
    engine: &Engine,
    batch: f64,
    length: f64,
    channels: f64,
    flags: u32,
    w: View<'_>,
    m: View<'_>,
    n: View<'_>,
    o: View<'_>,
    p: View<'_>,
    f: View<'_>,
    g: View<'_>,
    reset: Option<View<'_>>,
    mut z: View<'_>,
    mut y: View<'_>,
) -> Result<()> {
    with_real!(w, F => {
        let mut arguments = Arguments::default();
        let w = arguments.read::<F>("w", &w)?;
        let steps = arguments.read_each(["m", "n", "o", "p", "f", "g"], [&m, &n, &o, &p, &f, &g])?;
        let reset = arguments.read_optional("reset", &reset)?;
        let found = [arguments.write("out.z", &mut z)?, arguments.write("out.y", &mut y)?];
        let options = options(flags, reset, None, None);
        let call = Oscillation::new(dims(batch, length, channels), steps, w, options).map_err(thrown)?;
        call.run(&engine.0, found).map_err(thrown)
    })
}

/// Binds [`Oscillation::backward`]; fills all that comes after `reset`.
#[napi(catch_unwind)]
pub fn oscillation_backward(
    engine: &Engine,
    batch: f64,
    length: f64,
    channels: f64,
    flags: u32,
    w: View<'_>,
    m: View<'_>,
    n: View<'_>,
    o: View<'_>,
    p: View<'_>,
    f: View<'_>,
    g: View<'_>,
    z: View<'_>,
    y: View<'_>,
    y_gradient: View<'_>,
    reset: Option<View<'_>>,
    mut w_out: View<'_>,
    mut m_out: View<'_>,
    mut n_out: View<'_>,
    mut o_out: View<'_>,
    mut p_out: View<'_>,
    mut f_out: View<'_>,
    mut g_out: View<'_>,
) -> Result<()> {
    with_real!(w, F => {
        let mut arguments = Arguments::default();
        let w = arguments.read::<F>("w", &w)?;
        let steps = arguments.read_each(["m", "n", "o", "p", "f", "g"], [&m, &n, &o, &p, &f, &g])?;
        let found = [arguments.read("z", &z)?, arguments.read("y", &y)?];
        let dy = arguments.read("gradients.y", &y_gradient)?;
        let reset = arguments.read_optional("reset", &reset)?;
        let w_out = arguments.write("out.w", &mut w_out)?;
        let out = [
            arguments.write("out.m", &mut m_out)?,
            arguments.write("out.n", &mut n_out)?,
            arguments.write("out.o", &mut o_out)?,
            arguments.write("out.p", &mut p_out)?,
            arguments.write("out.f", &mut f_out)?,
            arguments.write("out.g", &mut g_out)?,
        ];
        let options = options(flags, reset, None, None);
        let call = Oscillation::new(dims(batch, length, channels), steps, w, options).map_err(thrown)?;
        call.backward(&engine.0, found, dy, out, w_out).map_err(thrown)
    })
}
