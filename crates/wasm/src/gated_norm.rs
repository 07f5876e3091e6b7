//! [`ssm_scan_core::gated_norm`] for WebAssembly.

use crate::{
    buffer::{Buffer, engine, with_real},
    error::thrown,
};
use ssm_scan_core::gated_norm::{GatedNorm, Grouping};
use wasm_bindgen::prelude::*;

/// Binds [`GatedNorm::run`]; fills `y`. The norm comes first where `norm_first` is not 0.
#[wasm_bindgen(js_name = gatedNorm)]
pub fn gated_norm(
    wide: bool,
    rows: f64,
    width: f64,
    groups: f64,
    epsilon: f64,
    norm_first: u32,
    x: &Buffer,
    z: &Buffer,
    scale: &Buffer,
    y: &mut Buffer,
) -> Result<(), JsValue> {
    with_real!(wide, F => {
        let grouping = Grouping { groups: groups as usize, epsilon, norm_first: norm_first != 0 };
        let shape = [rows as usize, width as usize];
        let norm = GatedNorm::<F>::new(shape, grouping, x.read(), z.read(), scale.read());
        norm.map_err(thrown)?.run(&engine()?, y.write()).map_err(thrown)
    })
}
