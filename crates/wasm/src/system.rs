//! [`ssm_scan_core::system`] for WebAssembly.

use crate::{
    buffer::{Buffer, with_real},
    error::thrown,
};
use ssm_scan_core::binding::rule;
use wasm_bindgen::prelude::*;

/// Binds [`Rule::discretize`](ssm_scan_core::system::Rule::discretize); fills `a_bar` and `b_bar`.
#[wasm_bindgen(js_name = discretizeSystem)]
pub fn discretize_system(
    wide: bool,
    kind: u32,
    states: f64,
    dt: f64,
    a: &Buffer,
    b: &Buffer,
    a_bar: &mut Buffer,
    b_bar: &mut Buffer,
) -> Result<(), JsValue> {
    with_real!(wide, F => {
        let (system, out) = ([a.read::<F>(), b.read()], [a_bar.write(), b_bar.write()]);
        rule(kind).and_then(|rule| rule.discretize(states as usize, dt, system, out)).map_err(thrown)
    })
}
