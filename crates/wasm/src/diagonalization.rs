//! [`ssm_scan_core::diagonalization`] for WebAssembly.

use crate::{
    buffer::{Buffer, engine},
    error::thrown,
};
use ssm_scan_core::{diagonalization::Diagonal, truncation::Steps};
use wasm_bindgen::prelude::*;

/// Binds [`Steps::diagonalize`].
#[wasm_bindgen(js_name = diagonalize)]
pub fn diagonalize(
    _wide: bool,
    states: f64,
    rank: f64,
    a_re: &Buffer,
    a_im: &Buffer,
    p_re: &Buffer,
    p_im: &Buffer,
    q_re: &Buffer,
    q_im: &Buffer,
    b_re: &Buffer,
    b_im: &Buffer,
    c_re: &Buffer,
    c_im: &Buffer,
    to_a_re: &mut Buffer,
    to_a_im: &mut Buffer,
    to_b_re: &mut Buffer,
    to_b_im: &mut Buffer,
    to_c_re: &mut Buffer,
    to_c_im: &mut Buffer,
    condition: &mut Buffer,
) -> Result<(), JsValue> {
    let a_re = a_re.read::<f64>();
    let a_im = a_im.read::<f64>();
    let p_re = p_re.read::<f64>();
    let p_im = p_im.read::<f64>();
    let q_re = q_re.read::<f64>();
    let q_im = q_im.read::<f64>();
    let b_re = b_re.read::<f64>();
    let b_im = b_im.read::<f64>();
    let c_re = c_re.read::<f64>();
    let c_im = c_im.read::<f64>();
    let to_a_re = to_a_re.write::<f64>();
    let to_a_im = to_a_im.write::<f64>();
    let to_b_re = to_b_re.write::<f64>();
    let to_b_im = to_b_im.write::<f64>();
    let to_c_re = to_c_re.write::<f64>();
    let to_c_im = to_c_im.write::<f64>();
    let condition = condition.write::<f64>();
    let steps = Steps {
        states: states as usize,
        rank: rank as usize,
        a: [a_re, a_im],
        p: [p_re, p_im],
        q: [q_re, q_im],
    };
    let out =
        Diagonal { a: [to_a_re, to_a_im], b: [to_b_re, to_b_im], c: [to_c_re, to_c_im], condition };
    steps.diagonalize(&engine()?, [b_re, b_im], [c_re, c_im], out).map_err(thrown)
}
