//! [`ssm_scan_core::vandermonde`] for Node.

use crate::{
    engine::Engine,
    error::{Result, thrown},
    view::{Arguments, View},
};
use napi_derive::napi;
use ssm_scan_core::vandermonde;

/// Binds [`vandermonde::vandermonde`]; fills `kernel`.
#[napi(catch_unwind)]
pub fn vandermonde(
    engine: &Engine,
    states: f64,
    length: f64,
    scale: f64,
    a_re: View<'_>,
    a_im: View<'_>,
    w_re: View<'_>,
    w_im: View<'_>,
    mut kernel: View<'_>,
) -> Result<()> {
    let mut arguments = Arguments::default();
    let a_re = arguments.read::<f64>("a.re", &a_re)?;
    let a_im = arguments.read::<f64>("a.im", &a_im)?;
    let w_re = arguments.read::<f64>("w.re", &w_re)?;
    let w_im = arguments.read::<f64>("w.im", &w_im)?;
    let kernel = arguments.write::<f64>("out.kernel", &mut kernel)?;
    vandermonde::vandermonde(
        &engine.0,
        states as usize,
        length as usize,
        scale,
        [[a_re, a_im], [w_re, w_im]],
        kernel,
    )
    .map_err(thrown)
}

/// Binds [`vandermonde::backward`]; fills all that comes after `gradient`.
#[napi(catch_unwind)]
pub fn vandermonde_backward(
    engine: &Engine,
    states: f64,
    length: f64,
    scale: f64,
    a_re: View<'_>,
    a_im: View<'_>,
    w_re: View<'_>,
    w_im: View<'_>,
    gradient: View<'_>,
    mut a_out_re: View<'_>,
    mut a_out_im: View<'_>,
    mut w_out_re: View<'_>,
    mut w_out_im: View<'_>,
) -> Result<()> {
    let mut arguments = Arguments::default();
    let a = [arguments.read::<f64>("a.re", &a_re)?, arguments.read("a.im", &a_im)?];
    let w = [arguments.read("w.re", &w_re)?, arguments.read("w.im", &w_im)?];
    let gradient = arguments.read("gradients.kernel", &gradient)?;
    let a_out =
        [arguments.write("out.a.re", &mut a_out_re)?, arguments.write("out.a.im", &mut a_out_im)?];
    let w_out =
        [arguments.write("out.w.re", &mut w_out_re)?, arguments.write("out.w.im", &mut w_out_im)?];
    let sizes = [states as usize, length as usize];
    vandermonde::backward(&engine.0, sizes, scale, [a, w], gradient, [a_out, w_out]).map_err(thrown)
}
