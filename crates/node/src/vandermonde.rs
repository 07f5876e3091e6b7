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
