//! Scans for linear recurrences `h[t] = A[t] h[t-1] + b[t]`, and the state-space models built on them.
//!
//! The operator `(A, b) then (A', b') = (A'A, A'b + b')` is associative, so a sequence can be cut
//! anywhere. An operator says what a stretch of time does ([`carry`], its own folder); the driver
//! decides where stretches run.
#![deny(unsafe_code)]

mod across;
mod adjoint;
pub mod binding;
mod carry;
pub mod cauchy;
pub mod causal_conv1d;
pub mod column_sums;
pub mod complex_scan;
mod cut;
pub mod dense;
pub mod diagonal_ssm;
pub mod diagonalization;
mod dims;
pub mod discretize;
mod dots;
mod driver;
mod engine;
mod error;
pub mod fft_conv;
mod forget;
mod fourier;
pub mod gated_norm;
pub mod gates;
pub mod hippo;
mod home;
mod lanes;
mod layout;
pub mod linear_scan;
mod link;
mod math;
pub mod matmul;
pub mod matrix_convolution;
pub mod matrix_scan;
mod mimo;
pub mod norm;
pub mod oscillator;
mod plan;
pub mod pointwise;
mod pool;
mod product;
mod real;
pub mod rnn;
mod rows;
pub mod same;
mod scan;
pub mod selective_scan;
mod signal;
pub mod siso_ssm;
pub mod ssd;
// For the bench, which measures what such stores can do.
#[doc(hidden)]
pub mod stream;
pub mod system;
pub mod tensor_header;
mod transpose;
pub mod truncation;
mod turn;
pub mod vandermonde;
mod warm;

pub use carry::Carry;
pub use dims::{Dims, enter};
pub use engine::Engine;
pub use error::Error;
pub use fearless_simd::Level;
pub use layout::Options;
pub use plan::Plan;
pub use real::Real;
