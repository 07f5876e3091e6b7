//! [`ssm_scan_core::discretize`] for Node.

use crate::{
    engine::Engine,
    error::{Result, thrown},
    view::{Arguments, View, with_real},
};
use napi_derive::napi;
use ssm_scan_core::binding::method;

/// Binds [`Method::discretize`](ssm_scan_core::discretize::Method::discretize); fills `a_*` and
/// `gain_*`.
#[napi(catch_unwind)]
pub fn discretize(
    _: &Engine,
    flags: u32,
    rescale: f64,
    lambda_re: View<'_>,
    lambda_im: View<'_>,
    log_step: View<'_>,
    mut a_re: View<'_>,
    mut a_im: View<'_>,
    mut gain_re: View<'_>,
    mut gain_im: View<'_>,
) -> Result<()> {
    with_real!(log_step, F => {
        let mut arguments = Arguments::default();
        let lambda = [
            arguments.read::<F>("Lambda_re", &lambda_re)?,
            arguments.read("Lambda_im", &lambda_im)?,
        ];
        let log_step = arguments.read("log_step", &log_step)?;
        let out = [
            arguments.write("a.re", &mut a_re)?,
            arguments.write("a.im", &mut a_im)?,
            arguments.write("gain.re", &mut gain_re)?,
            arguments.write("gain.im", &mut gain_im)?,
        ];
        method(flags).discretize(lambda, log_step, rescale, out).map_err(thrown)
    })
}
