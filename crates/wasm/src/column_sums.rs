//! [`ssm_scan_core::column_sums`] for WebAssembly.

use crate::{
    buffer::{Buffer, engine, with_real},
    error::thrown,
};
use ssm_scan_core::column_sums::ColumnSums;
use wasm_bindgen::prelude::*;

/// Binds [`ColumnSums::run`]; fills `sums`.
#[wasm_bindgen(js_name = columnSums)]
pub fn column_sums(
    wide: bool,
    width: f64,
    x: &Buffer,
    times: &Buffer,
    sums: &mut Buffer,
) -> Result<(), JsValue> {
    with_real!(wide, F => {
        let call = ColumnSums::<F>::new(width as usize, x.read(), times.read_optional());
        call.map_err(thrown)?.run(&engine()?, sums.write()).map_err(thrown)
    })
}
