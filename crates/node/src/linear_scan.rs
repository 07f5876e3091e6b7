//! [`ssm_scan_core::linear_scan`] for Node.

use crate::{
    engine::Engine,
    error::{Result, thrown},
    view::{Arguments, View, with_real},
};
use napi_derive::napi;
use ssm_scan_core::{
    Options,
    binding::{dims, options},
    enter,
    linear_scan::{LinearScan, combine},
};

/// Binds [`LinearScan::run`]; fills `h` and `leaving`.
#[napi(catch_unwind)]
pub fn linear_scan(
    engine: &Engine,
    batch: f64,
    length: f64,
    channels: f64,
    flags: u32,
    a: View<'_>,
    b: View<'_>,
    state: Option<View<'_>>,
    reset: Option<View<'_>>,
    cu_seqlens: Option<View<'_>>,
    mut h: View<'_>,
    mut leaving: View<'_>,
) -> Result<()> {
    with_real!(a, F => {
        let mut arguments = Arguments::default();
        let a = arguments.read::<F>("a", &a)?;
        let b = arguments.read::<F>("b", &b)?;
        let state = arguments.read_optional::<F>("state", &state)?;
        let reset = arguments.read_optional("reset", &reset)?;
        let cu_seqlens = arguments.read_optional("cuSeqlens", &cu_seqlens)?;
        let h = arguments.write("out.h", &mut h)?;
        let leaving = arguments.write("out.state", &mut leaving)?;
        let options = options(flags, reset, cu_seqlens, None);
        let scan = LinearScan::new(dims(batch, length, channels), a, b, options).map_err(thrown)?;
        enter(["state", "out.state"], scan.state(), state, leaving).map_err(thrown)?;
        scan.run(&engine.0, leaving, h).map_err(thrown)
    })
}

/// Binds [`LinearScan::summarize`]; fills `a_out` and `b_out`, `[batch, channels]`.
#[napi(catch_unwind)]
pub fn summarize_linear(
    engine: &Engine,
    batch: f64,
    length: f64,
    channels: f64,
    a: View<'_>,
    b: View<'_>,
    mut a_out: View<'_>,
    mut b_out: View<'_>,
) -> Result<()> {
    with_real!(a, F => {
        let mut arguments = Arguments::default();
        let a = arguments.read::<F>("a", &a)?;
        let b = arguments.read::<F>("b", &b)?;
        let a_out = arguments.write("out.a", &mut a_out)?;
        let b_out = arguments.write("out.b", &mut b_out)?;
        let dims = dims(batch, length, channels);
        let scan = LinearScan::new(dims, a, b, Options::default()).map_err(thrown)?;
        scan.summarize_into(&engine.0, [a_out, b_out]).map_err(thrown)
    })
}

/// Binds [`combine`]; fills `a_out` and `b_out`.
#[napi(catch_unwind)]
pub fn combine_linear(
    _: &Engine,
    first_a: View<'_>,
    first_b: View<'_>,
    second_a: View<'_>,
    second_b: View<'_>,
    mut a_out: View<'_>,
    mut b_out: View<'_>,
) -> Result<()> {
    with_real!(first_a, F => {
        let mut arguments = Arguments::default();
        let first = [arguments.read::<F>("first.a", &first_a)?, arguments.read("first.b", &first_b)?];
        let second = [arguments.read("second.a", &second_a)?, arguments.read("second.b", &second_b)?];
        let out = [arguments.write("out.a", &mut a_out)?, arguments.write("out.b", &mut b_out)?];
        combine(first, second, out).map_err(thrown)
    })
}
