//! [`ssm_scan_core::truncation`] for WebAssembly.

use crate::{
    buffer::{Buffer, engine},
    error::thrown,
};
use ssm_scan_core::truncation::Steps;
use wasm_bindgen::prelude::*;

/// Binds [`Steps::truncate`], and its inverse where `back`; changes `c`.
#[wasm_bindgen(js_name = truncation)]
pub fn truncation(
    _wide: bool,
    states: f64,
    rank: f64,
    length: f64,
    back: f64,
    a_re: &Buffer,
    a_im: &Buffer,
    p_re: &Buffer,
    p_im: &Buffer,
    q_re: &Buffer,
    q_im: &Buffer,
    c_re: &mut Buffer,
    c_im: &mut Buffer,
) -> Result<(), JsValue> {
    let a_re = a_re.read::<f64>();
    let a_im = a_im.read::<f64>();
    let p_re = p_re.read::<f64>();
    let p_im = p_im.read::<f64>();
    let q_re = q_re.read::<f64>();
    let q_im = q_im.read::<f64>();
    let c_re = c_re.write::<f64>();
    let c_im = c_im.write::<f64>();
    let (a, p, q) = ([a_re, a_im], [p_re, p_im], [q_re, q_im]);
    let steps = Steps { states: states as usize, rank: rank as usize, a, p, q };
    steps.truncate(&engine()?, length as u64, back != 0.0, [c_re, c_im]).map_err(thrown)
}
