//! The core as a WebAssembly module: types are converted here, and nothing else is done.
#![expect(clippy::too_many_arguments, reason = "numbers and handles cross faster than objects")]

pub mod buffer;
pub mod complex_scan;
pub mod diagonal_ssm;
pub mod discretize;
mod error;
pub mod hippo;
pub mod linear_scan;
pub mod matrix_scan;

use wasm_bindgen::prelude::*;

/// The crate's version, which must be the package's.
#[wasm_bindgen]
pub fn version() -> String {
    env!("CARGO_PKG_VERSION").into()
}
