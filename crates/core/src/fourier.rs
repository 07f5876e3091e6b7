//! Plans of transforms of real numbers.
//!
//! Natively realfft's planner finds the best way for every length. It brings all ways there are, which in a
//! WebAssembly module would weigh more than all else; there, two of rustfft's algorithms serve every length.

#[cfg(any(target_arch = "wasm32", test))]
mod small;

use realfft::{ComplexToReal, FftNum, RealToComplex};
use std::sync::Arc;

/// The transform of `size` real numbers.
#[cfg(not(target_arch = "wasm32"))]
pub(crate) fn forward<F: FftNum>(size: usize) -> Arc<dyn RealToComplex<F>> {
    realfft::RealFftPlanner::new().plan_fft_forward(size)
}

/// The way back, but for a factor of `size`.
#[cfg(not(target_arch = "wasm32"))]
pub(crate) fn inverse<F: FftNum>(size: usize) -> Arc<dyn ComplexToReal<F>> {
    realfft::RealFftPlanner::new().plan_fft_inverse(size)
}

/// The transform of `size` real numbers.
#[cfg(target_arch = "wasm32")]
pub(crate) fn forward<F: FftNum>(size: usize) -> Arc<dyn RealToComplex<F>> {
    Arc::new(small::Small::forward(size))
}

/// The way back, but for a factor of `size`.
#[cfg(target_arch = "wasm32")]
pub(crate) fn inverse<F: FftNum>(size: usize) -> Arc<dyn ComplexToReal<F>> {
    Arc::new(small::Small::inverse(size))
}
