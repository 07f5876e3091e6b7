//! [`ssm_scan_core::hippo`] for Node.

use crate::{
    engine::Engine,
    error::{Result, thrown},
    view::{Arguments, View},
};
use napi_derive::napi;
use ssm_scan_core::{binding, enter, hippo};

/// Binds [`hippo::system`] of as many coefficients as `b` has elements; fills both.
#[napi(catch_unwind)]
pub fn make_hippo(_: &Engine, kind: u32, mut a: View<'_>, mut b: View<'_>) -> Result<()> {
    let mut arguments = Arguments::default();
    let (a, b) = (arguments.write::<f64>("A", &mut a)?, arguments.write::<f64>("B", &mut b)?);
    let system = binding::measure(kind).and_then(|measure| hippo::system(measure, b.len()));
    let hippo = system.map_err(thrown)?;
    a.copy_from_slice(&hippo.a);
    b.copy_from_slice(&hippo.b);
    Ok(())
}

/// Binds [`hippo::dplr_hippo`] of as many coefficients as `lambda_re` has elements; fills all.
#[napi(catch_unwind)]
pub fn make_dplr_hippo(
    _: &Engine,
    lambda_re: View<'_>,
    lambda_im: View<'_>,
    p_re: View<'_>,
    p_im: View<'_>,
    b_re: View<'_>,
    b_im: View<'_>,
    v_re: View<'_>,
    v_im: View<'_>,
) -> Result<()> {
    let mut arguments = Arguments::default();
    let mut outputs = [lambda_re, lambda_im, p_re, p_im, b_re, b_im, v_re, v_im];
    let mut slices = Vec::new();
    for output in &mut outputs {
        slices.push(arguments.write::<f64>("out", output)?);
    }
    let n = slices.first().map_or(0, |lambda| lambda.len());
    let hippo::DplrHippo { lambda, p, b, v } = hippo::dplr_hippo(n);
    for (slice, plane) in slices.iter_mut().zip([lambda, p, b, v].iter().flatten()) {
        slice.copy_from_slice(plane);
    }
    Ok(())
}

/// Binds [`hippo::push`]; `a` and `b` are discrete, and left out for LegS, which `kind` makes discrete.
/// Fills `leaving`.
#[napi(catch_unwind)]
pub fn push_samples(
    _: &Engine,
    kind: u32,
    seen: f64,
    a: Option<View<'_>>,
    b: Option<View<'_>>,
    samples: View<'_>,
    entering: View<'_>,
    mut leaving: View<'_>,
) -> Result<()> {
    let mut arguments = Arguments::default();
    let a = arguments.read_optional("A", &a)?;
    let b = arguments.read_optional("B", &b)?;
    let samples = arguments.read("samples", &samples)?;
    let entering = arguments.read::<f64>("coefficients", &entering)?;
    let leaving = arguments.write("out.coefficients", &mut leaving)?;
    enter(["coefficients", "out.coefficients"], leaving.len(), Some(entering), leaving)
        .and_then(|()| hippo::push(binding::update(kind, [a, b])?, seen as usize, samples, leaving))
        .map_err(thrown)
}

/// Binds [`hippo::skew_eigen`] of as many rows as `values` has elements; fills all but `skew`.
#[napi(catch_unwind)]
pub fn skew_eigen(
    _: &Engine,
    skew: View<'_>,
    mut values: View<'_>,
    mut v_re: View<'_>,
    mut v_im: View<'_>,
) -> Result<()> {
    let mut arguments = Arguments::default();
    let skew = arguments.read::<f64>("skew", &skew)?;
    let values = arguments.write::<f64>("values", &mut values)?;
    let outputs = [arguments.write::<f64>("V.re", &mut v_re)?, arguments.write("V.im", &mut v_im)?];
    let (own, vectors) = hippo::skew_eigen(skew, values.len());
    values.copy_from_slice(&own);
    for (output, plane) in outputs.into_iter().zip(&vectors) {
        output.copy_from_slice(plane);
    }
    Ok(())
}
