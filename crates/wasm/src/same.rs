//! [`ssm_scan_core::same`] for WebAssembly.

use crate::{
    buffer::{Buffer, engine, with_real},
    error::thrown,
};
use ssm_scan_core::{Real, same};
use wasm_bindgen::prelude::*;

/// Binds [`same::same`] of up to eight arrays; `out` becomes 1 where they are as they were, else 0.
#[wasm_bindgen(js_name = same)]
pub fn same(
    wide: bool,
    seen: &Buffer,
    a: &Buffer,
    b: &Buffer,
    c: &Buffer,
    d: &Buffer,
    e: &Buffer,
    f: &Buffer,
    g: &Buffer,
    h: &Buffer,
    out: &mut Buffer,
) -> Result<(), JsValue> {
    with_real!(wide, F => {
        let arrays = [a, b, c, d, e, f, g, h].map(|array| array.read_optional::<F>().unwrap_or_default());
        let found = same::same(&engine()?, &arrays, seen.read::<F>()).map_err(thrown)?;
        out.write::<F>().fill(F::of(f64::from(u8::from(found))));
        Ok(())
    })
}
