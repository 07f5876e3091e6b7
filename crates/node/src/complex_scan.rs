//! [`ssm_scan_core::complex_scan`] for Node; complex arrays come as a real plane and an imaginary one.

use crate::{
    engine::Engine,
    error::{Result, thrown},
    view::{Arguments, View, with_real},
};
use napi_derive::napi;
use ssm_scan_core::{
    Options,
    binding::{dims, options},
    complex_scan::{ComplexScan, combine},
    enter,
};

/// Binds [`ComplexScan::run`]; fills `h` and `leaving`.
#[napi(catch_unwind)]
pub fn complex_scan(
    engine: &Engine,
    batch: f64,
    length: f64,
    channels: f64,
    flags: u32,
    a_re: View<'_>,
    a_im: View<'_>,
    b_re: View<'_>,
    b_im: View<'_>,
    state_re: Option<View<'_>>,
    state_im: Option<View<'_>>,
    reset: Option<View<'_>>,
    cu_seqlens: Option<View<'_>>,
    mut h_re: View<'_>,
    mut h_im: View<'_>,
    mut leaving_re: View<'_>,
    mut leaving_im: View<'_>,
) -> Result<()> {
    with_real!(a_re, F => {
        let mut arguments = Arguments::default();
        let a = [arguments.read::<F>("a.re", &a_re)?, arguments.read("a.im", &a_im)?];
        let b = [arguments.read("b.re", &b_re)?, arguments.read("b.im", &b_im)?];
        let re = arguments.read_optional("state.re", &state_re)?;
        let im = arguments.read_optional("state.im", &state_im)?;
        let reset = arguments.read_optional("reset", &reset)?;
        let cu_seqlens = arguments.read_optional("cuSeqlens", &cu_seqlens)?;
        let h_re = arguments.write("out.h.re", &mut h_re)?;
        let h_im = arguments.write("out.h.im", &mut h_im)?;
        let leaving_re = arguments.write("out.state.re", &mut leaving_re)?;
        let leaving_im = arguments.write("out.state.im", &mut leaving_im)?;
        let dims = dims(batch, length, channels);
        let options = options(flags, reset, cu_seqlens, None);
        let scan = ComplexScan::new(dims, a, b, options).map_err(thrown)?;
        enter(["state.re", "out.state.re"], scan.state(), re, leaving_re).map_err(thrown)?;
        enter(["state.im", "out.state.im"], scan.state(), im, leaving_im).map_err(thrown)?;
        scan.run(&engine.0, [leaving_re, leaving_im], [h_re, h_im]).map_err(thrown)
    })
}

/// Binds [`ComplexScan::summarize`]; fills `a_out_*` and `b_out_*`, `[batch, channels]`.
#[napi(catch_unwind)]
pub fn summarize_complex(
    engine: &Engine,
    batch: f64,
    length: f64,
    channels: f64,
    a_re: View<'_>,
    a_im: View<'_>,
    b_re: View<'_>,
    b_im: View<'_>,
    mut a_out_re: View<'_>,
    mut a_out_im: View<'_>,
    mut b_out_re: View<'_>,
    mut b_out_im: View<'_>,
) -> Result<()> {
    with_real!(a_re, F => {
        let mut arguments = Arguments::default();
        let a = [arguments.read::<F>("a.re", &a_re)?, arguments.read("a.im", &a_im)?];
        let b = [arguments.read("b.re", &b_re)?, arguments.read("b.im", &b_im)?];
        let out = [
            arguments.write("out.a.re", &mut a_out_re)?,
            arguments.write("out.a.im", &mut a_out_im)?,
            arguments.write("out.b.re", &mut b_out_re)?,
            arguments.write("out.b.im", &mut b_out_im)?,
        ];
        let dims = dims(batch, length, channels);
        let scan = ComplexScan::new(dims, a, b, Options::default()).map_err(thrown)?;
        scan.summarize_into(&engine.0, out).map_err(thrown)
    })
}

/// Binds [`combine`]; fills the `out` planes.
#[napi(catch_unwind)]
pub fn combine_complex(
    _: &Engine,
    first_a_re: View<'_>,
    first_a_im: View<'_>,
    first_b_re: View<'_>,
    first_b_im: View<'_>,
    second_a_re: View<'_>,
    second_a_im: View<'_>,
    second_b_re: View<'_>,
    second_b_im: View<'_>,
    mut a_out_re: View<'_>,
    mut a_out_im: View<'_>,
    mut b_out_re: View<'_>,
    mut b_out_im: View<'_>,
) -> Result<()> {
    with_real!(first_a_re, F => {
        let mut arguments = Arguments::default();
        let first = [
            arguments.read::<F>("first.a.re", &first_a_re)?,
            arguments.read("first.a.im", &first_a_im)?,
            arguments.read("first.b.re", &first_b_re)?,
            arguments.read("first.b.im", &first_b_im)?,
        ];
        let second = [
            arguments.read("second.a.re", &second_a_re)?,
            arguments.read("second.a.im", &second_a_im)?,
            arguments.read("second.b.re", &second_b_re)?,
            arguments.read("second.b.im", &second_b_im)?,
        ];
        let out = [
            arguments.write("out.a.re", &mut a_out_re)?,
            arguments.write("out.a.im", &mut a_out_im)?,
            arguments.write("out.b.re", &mut b_out_re)?,
            arguments.write("out.b.im", &mut b_out_im)?,
        ];
        combine(first, second, out).map_err(thrown)
    })
}
