//! [`ssm_scan_core::matmul`] for WebAssembly.

use crate::{
    buffer::{Buffer, engine, with_real},
    error::thrown,
};
use ssm_scan_core::{
    binding::{factors, flag},
    matmul::Matmul,
};
use wasm_bindgen::prelude::*;

/// Binds [`Matmul::run`]; fills (or adds to) `c`.
#[wasm_bindgen]
pub fn matmul(
    wide: bool,
    rows: f64,
    inner: f64,
    columns: f64,
    flags: u32,
    a: &Buffer,
    b: &Buffer,
    c: &mut Buffer,
) -> Result<(), JsValue> {
    with_real!(wide, F => {
        let [a, b] = factors(flags, [a.read::<F>(), b.read()]);
        let product = Matmul::new([rows, inner, columns].map(|size| size as usize), a, b).map_err(thrown)?;
        let product = if flags & flag::ADDS != 0 { product.adding() } else { product };
        product.run(&engine()?, c.write()).map_err(thrown)
    })
}
