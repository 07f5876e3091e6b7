//! [`ssm_scan_core::cauchy`] for Node.

use crate::{
    engine::Engine,
    error::{Result, thrown},
    view::{Arguments, View},
};
use napi_derive::napi;
use ssm_scan_core::cauchy::Cauchy;

/// Binds [`Cauchy::kernel`]; fills `kernel`.
#[napi(catch_unwind)]
pub fn cauchy(
    engine: &Engine,
    states: f64,
    rank: f64,
    length: f64,
    lambda_re: View<'_>,
    lambda_im: View<'_>,
    b_re: View<'_>,
    b_im: View<'_>,
    c_re: View<'_>,
    c_im: View<'_>,
    p_re: View<'_>,
    p_im: View<'_>,
    q_re: View<'_>,
    q_im: View<'_>,
    mut kernel: View<'_>,
) -> Result<()> {
    let mut arguments = Arguments::default();
    let lambda_re = arguments.read::<f64>("lambda.re", &lambda_re)?;
    let lambda_im = arguments.read::<f64>("lambda.im", &lambda_im)?;
    let b_re = arguments.read::<f64>("b.re", &b_re)?;
    let b_im = arguments.read::<f64>("b.im", &b_im)?;
    let c_re = arguments.read::<f64>("c.re", &c_re)?;
    let c_im = arguments.read::<f64>("c.im", &c_im)?;
    let p_re = arguments.read::<f64>("p.re", &p_re)?;
    let p_im = arguments.read::<f64>("p.im", &p_im)?;
    let q_re = arguments.read::<f64>("q.re", &q_re)?;
    let q_im = arguments.read::<f64>("q.im", &q_im)?;
    let kernel = arguments.write::<f64>("out.kernel", &mut kernel)?;
    let (lambda, b, c) = ([lambda_re, lambda_im], [b_re, b_im], [c_re, c_im]);
    let (p, q) = ([p_re, p_im], [q_re, q_im]);
    let cauchy = Cauchy { states: states as usize, rank: rank as usize, lambda, b, c, p, q };
    cauchy.kernel(&engine.0, length as usize, kernel).map_err(thrown)
}
