//! Numbers that depend on a seed alone.

use ssm_scan_core::Real;

/// `count` numbers between `-size` and `size`.
pub(crate) fn numbers<F: Real>(seed: u64, count: usize, size: f64) -> Vec<F> {
    let mut state = seed;
    let mut next = || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
    };
    (0..count).map(|_| F::of(size * next())).collect()
}
