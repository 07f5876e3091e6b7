//! The gradients of scans for Node: [`ssm_scan_core::linear_scan::LinearScan::backward`] and its like.

use crate::{
    engine::Engine,
    error::{Result, thrown},
    view::{Arguments, View, with_real},
};
use napi_derive::napi;
use ssm_scan_core::{
    binding::{dims, options},
    complex_scan::{self, ComplexScan},
    enter,
    linear_scan::{self, LinearScan},
    matrix_scan::{self, MatrixScan},
};

macro_rules! real_backward {
    ($(#[$doc:meta])* $name:ident, $scan:ident, $module:ident, $gate:literal) => {
        $(#[$doc])*
        #[napi(catch_unwind)]
        pub fn $name(
            engine: &Engine,
            batch: f64,
            length: f64,
            channels: f64,
            flags: u32,
            a: View<'_>,
            b: View<'_>,
            state: Option<View<'_>>,
            h: Option<View<'_>>,
            h_gradient: View<'_>,
            state_gradient: Option<View<'_>>,
            reset: Option<View<'_>>,
            cu_seqlens: Option<View<'_>>,
            mut a_out: View<'_>,
            mut b_out: View<'_>,
            mut state_out: View<'_>,
        ) -> Result<()> {
            with_real!(a, F => {
                let mut arguments = Arguments::default();
                let a = arguments.read::<F>($gate, &a)?;
                let b = arguments.read::<F>("b", &b)?;
                let entering = arguments.read_optional::<F>("state", &state)?;
                let states = arguments.read_optional("h", &h)?;
                let h = arguments.read::<F>("gradients.h", &h_gradient)?;
                let leaving = arguments.read_optional::<F>("gradients.state", &state_gradient)?;
                let reset = arguments.read_optional("reset", &reset)?;
                let cu_seqlens = arguments.read_optional("cuSeqlens", &cu_seqlens)?;
                let a_out = arguments.write(concat!("out.", $gate), &mut a_out)?;
                let b_out = arguments.write("out.b", &mut b_out)?;
                let state = arguments.write("out.state", &mut state_out)?;
                let options = options(flags, reset, cu_seqlens, None);
                let scan = $scan::new(dims(batch, length, channels), a, b, options).map_err(thrown)?;
                enter(["gradients.state", "out.state"], scan.state(), leaving, state).map_err(thrown)?;
                let cotangents = $module::Cotangents { h, entering, states };
                scan.backward(&engine.0, cotangents, state, [a_out, b_out]).map_err(thrown)
            })
        }
    };
}

real_backward!(
    /// Binds [`LinearScan::backward`]; fills `a_out`, `b_out` and `state_out`.
    linear_scan_backward, LinearScan, linear_scan, "a"
);
real_backward!(
    /// Binds [`MatrixScan::backward`]; fills `a_out`, `b_out` and `state_out`.
    matrix_scan_backward, MatrixScan, matrix_scan, "A"
);

/// Binds [`ComplexScan::backward`]; fills `a_out_*`, `b_out_*` and `state_out_*`.
#[napi(catch_unwind)]
pub fn complex_scan_backward(
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
    h_re: Option<View<'_>>,
    h_im: Option<View<'_>>,
    h_gradient_re: View<'_>,
    h_gradient_im: View<'_>,
    state_gradient_re: Option<View<'_>>,
    state_gradient_im: Option<View<'_>>,
    reset: Option<View<'_>>,
    cu_seqlens: Option<View<'_>>,
    mut a_out_re: View<'_>,
    mut a_out_im: View<'_>,
    mut b_out_re: View<'_>,
    mut b_out_im: View<'_>,
    mut state_out_re: View<'_>,
    mut state_out_im: View<'_>,
) -> Result<()> {
    with_real!(a_re, F => {
        let mut arguments = Arguments::default();
        let a = [arguments.read::<F>("a.re", &a_re)?, arguments.read("a.im", &a_im)?];
        let b = [arguments.read("b.re", &b_re)?, arguments.read("b.im", &b_im)?];
        let entering = [arguments.read_optional("state.re", &state_re)?, arguments.read_optional("state.im", &state_im)?];
        let states = [arguments.read_optional("h.re", &h_re)?, arguments.read_optional("h.im", &h_im)?];
        let h = [arguments.read("gradients.h.re", &h_gradient_re)?, arguments.read("gradients.h.im", &h_gradient_im)?];
        let leaving_re = arguments.read_optional("gradients.state.re", &state_gradient_re)?;
        let leaving_im = arguments.read_optional("gradients.state.im", &state_gradient_im)?;
        let reset = arguments.read_optional("reset", &reset)?;
        let cu_seqlens = arguments.read_optional("cuSeqlens", &cu_seqlens)?;
        let a_out = [arguments.write("out.a.re", &mut a_out_re)?, arguments.write("out.a.im", &mut a_out_im)?];
        let b_out = [arguments.write("out.b.re", &mut b_out_re)?, arguments.write("out.b.im", &mut b_out_im)?];
        let re = arguments.write("out.state.re", &mut state_out_re)?;
        let im = arguments.write("out.state.im", &mut state_out_im)?;
        let options = options(flags, reset, cu_seqlens, None);
        let scan = ComplexScan::new(dims(batch, length, channels), a, b, options).map_err(thrown)?;
        enter(["gradients.state.re", "out.state.re"], scan.state(), leaving_re, re).map_err(thrown)?;
        enter(["gradients.state.im", "out.state.im"], scan.state(), leaving_im, im).map_err(thrown)?;
        let pair = |[re, im]: [Option<_>; 2]| re.zip(im).map(|(re, im)| [re, im]);
        let cotangents = complex_scan::Cotangents { h, entering: pair(entering), states: pair(states) };
        scan.backward(&engine.0, cotangents, [re, im], [a_out, b_out]).map_err(thrown)
    })
}
