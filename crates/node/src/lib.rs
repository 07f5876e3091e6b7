//! The core as a Node addon: types are converted here, and nothing else is done.
//!
//! What is exported to JavaScript stands in `pub` modules, or a test build calls it dead code.
#![expect(clippy::too_many_arguments, reason = "numbers and arrays cross faster than objects")]

pub mod backward;
pub mod cauchy;
pub mod causal_conv1d;
pub mod column_sums;
pub mod complex_scan;
pub mod dense;
pub mod diagonal_ssm;
pub mod diagonal_ssm_backward;
pub mod diagonalization;
pub mod discretize;
pub mod engine;
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
mod view;
