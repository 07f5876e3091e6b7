//! [`ssm_scan_core::pointwise`] for WebAssembly.

use crate::{
    buffer::{Buffer, engine, with_real},
    error::thrown,
};
use ssm_scan_core::{binding::function, pointwise::Pointwise};
use wasm_bindgen::prelude::*;

/// Binds [`Pointwise::run`]; fills `y`.
#[wasm_bindgen]
pub fn pointwise(
    wide: bool,
    kind: u32,
    x: &Buffer,
    times: &Buffer,
    plus: &Buffer,
    y: &mut Buffer,
) -> Result<(), JsValue> {
    with_real!(wide, F => {
        let function = function(kind).map_err(thrown)?;
        let call = Pointwise::<F>::new(function, x.read(), times.read_optional(), plus.read_optional());
        call.map_err(thrown)?.run(&engine()?, y.write()).map_err(thrown)
    })
}
