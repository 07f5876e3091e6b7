//! The core as a WebAssembly module: types are converted here, and nothing else is done.
#![expect(clippy::too_many_arguments, reason = "numbers and handles cross faster than objects")]

pub mod backward;
pub mod buffer;
pub mod cauchy;
pub mod causal_conv1d;
pub mod column_sums;
pub mod complex_scan;
pub mod dense;
pub mod diagonal_ssm;
pub mod diagonal_ssm_backward;
pub mod diagonalization;
pub mod discretize;
mod error;
pub mod fft_conv;
pub mod gated_norm;
pub mod gates;
pub mod hippo;
pub mod linear_scan;
pub mod matmul;
pub mod matrix_convolution;
pub mod matrix_scan;
pub mod norm;
pub mod oscillation;
pub mod oscillator;
pub mod pointwise;
pub mod rnn;
pub mod same;
pub mod selective_scan;
pub mod selective_scan_backward;
pub mod siso_ssm;
pub mod siso_ssm_backward;
pub mod ssd;
pub mod system;
pub mod tensor_header;
pub mod truncation;
pub mod vandermonde;

use wasm_bindgen::prelude::*;

/// The crate's version, which must be the package's.
#[wasm_bindgen]
pub fn version() -> String {
    env!("CARGO_PKG_VERSION").into()
}

/// The vector instructions that the module is compiled for: it is built with and without the relaxed ones.
#[wasm_bindgen]
pub fn features() -> Vec<String> {
    let compiled_for = [
        ("simd128", cfg!(target_feature = "simd128")),
        ("relaxed-simd", cfg!(target_feature = "relaxed-simd")),
    ];
    compiled_for.into_iter().filter(|(_, is)| *is).map(|(name, _)| name.into()).collect()
}
