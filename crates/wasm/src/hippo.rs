//! [`ssm_scan_core::hippo`] for WebAssembly.

use crate::{buffer::Buffer, error::thrown};
use ssm_scan_core::{binding, enter, hippo};
use wasm_bindgen::prelude::*;

/// Binds [`hippo::system`] of as many coefficients as `b` has elements; fills both.
#[wasm_bindgen(js_name = makeHippo)]
pub fn make_hippo(_wide: bool, kind: u32, a: &mut Buffer, b: &mut Buffer) -> Result<(), JsValue> {
    let b = b.write();
    let system = binding::measure(kind).and_then(|measure| hippo::system(measure, b.len()));
    let hippo = system.map_err(thrown)?;
    b.copy_from_slice(&hippo.b);
    a.write().copy_from_slice(&hippo.a);
    Ok(())
}

/// Binds [`hippo::dplr_hippo`] of as many coefficients as `lambda_re` has elements; fills all.
#[wasm_bindgen(js_name = makeDplrHippo)]
pub fn make_dplr_hippo(
    _wide: bool,
    lambda_re: &mut Buffer,
    lambda_im: &mut Buffer,
    p_re: &mut Buffer,
    p_im: &mut Buffer,
    b_re: &mut Buffer,
    b_im: &mut Buffer,
    v_re: &mut Buffer,
    v_im: &mut Buffer,
) {
    let outputs = [lambda_re, lambda_im, p_re, p_im, b_re, b_im, v_re, v_im];
    let outputs = outputs.map(|buffer| buffer.write::<f64>());
    let hippo::DplrHippo { lambda, p, b, v } = hippo::dplr_hippo(outputs[0].len());
    for (output, plane) in outputs.into_iter().zip([lambda, p, b, v].iter().flatten()) {
        output.copy_from_slice(plane);
    }
}

/// Binds [`hippo::push`]; `a` and `b` are discrete, and left out for LegS, which `kind` makes discrete.
/// Fills `leaving`.
#[wasm_bindgen(js_name = pushSamples)]
pub fn push_samples(
    _wide: bool,
    kind: u32,
    seen: f64,
    a: &Buffer,
    b: &Buffer,
    samples: &Buffer,
    entering: &Buffer,
    leaving: &mut Buffer,
) -> Result<(), JsValue> {
    let leaving = leaving.write();
    let system = [a.read_optional(), b.read_optional()];
    enter(["coefficients", "out.coefficients"], leaving.len(), Some(entering.read()), leaving)
        .and_then(|()| {
            hippo::push(binding::update(kind, system)?, seen as usize, samples.read(), leaving)
        })
        .map_err(thrown)
}

/// Binds [`hippo::skew_eigen`] of as many rows as `values` has elements; fills all but `skew`.
#[wasm_bindgen(js_name = skewEigen)]
pub fn skew_eigen(
    _wide: bool,
    skew: &Buffer,
    values: &mut Buffer,
    v_re: &mut Buffer,
    v_im: &mut Buffer,
) {
    let values = values.write::<f64>();
    let (own, [re, im]) = hippo::skew_eigen(skew.read(), values.len());
    values.copy_from_slice(&own);
    v_re.write::<f64>().copy_from_slice(&re);
    v_im.write::<f64>().copy_from_slice(&im);
}
