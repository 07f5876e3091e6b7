//! Numbers that depend on a seed alone, and how far from the truth results are.
#![allow(dead_code, reason = "each test file uses its own part")]

use ssm_scan_core::Real;

/// `count` numbers in `[low, high)`; moves the seed.
pub(crate) fn between<F: Real>(seed: &mut u64, count: usize, low: f64, high: f64) -> Vec<F> {
    let mut next = || {
        *seed =
            seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (*seed >> 11) as f64 / (1_u64 << 53) as f64
    };
    (0..count).map(|_| F::of(low + (high - low) * next())).collect()
}

/// `count` numbers between `-size` and `size`.
pub(crate) fn numbers<F: Real>(mut seed: u64, count: usize, size: f64) -> Vec<F> {
    between(&mut seed, count, -size, size)
}

/// Marks for `reset`: one step in ten.
pub(crate) fn resets(seed: &mut u64, count: usize) -> Vec<u8> {
    between::<f64>(seed, count, 0.0, 1.0).iter().map(|&x| u8::from(x < 0.1)).collect()
}

/// Valid steps of `batch` sequences, from 0 to `length`.
pub(crate) fn lengths(seed: &mut u64, batch: usize, length: usize) -> Vec<i32> {
    between::<f64>(seed, batch, 0.0, length as f64 + 1.0).iter().map(|&x| x as i32).collect()
}

/// Of numbers that are sums of terms of about 1, and may cancel.
pub(crate) fn error<F: Real>(got: &[F], want: &[f64]) -> f64 {
    let scale = want.iter().fold(1.0, |max: f64, x| max.max(x.abs()));
    got.iter().zip(want).fold(0.0, |max: f64, (x, want)| {
        let error = (x.wide() - want).abs() / scale;
        if error.is_nan() { f64::INFINITY } else { max.max(error) }
    })
}
