//! A memory that takes samples in, one by one.

use crate::{Error, dims::check, system::Rule};

/// What a sample does to the coefficients.
#[derive(Clone, Copy, Debug)]
pub enum Update<'a> {
    /// `c = A c + B f`, discrete: `[n, n]` and `[n]`.
    Fixed([&'a [f64]; 2]),
    /// LegS: `c' = (A c + B f) / k` at sample `k`, which counts from 1. `Zoh` holds it for the time
    /// from `k` to `k + 1`, `Bilinear` takes a step of 1. (`HiPPO_LegS` of HazyResearch/hippo-code.)
    Scaled(Rule),
}

/// Moves `coefficients`, `[n]`, past `samples`, of which `seen` came before.
pub fn push(
    update: Update<'_>,
    seen: usize,
    samples: &[f64],
    coefficients: &mut [f64],
) -> Result<(), Error> {
    let n = coefficients.len();
    let mut next = vec![0.0; n];
    if let Update::Fixed([a, b]) = update {
        check("A", n.saturating_mul(n), a.len())?;
        check("B", n, b.len())?;
    }
    for (k, &sample) in (seen + 1..).zip(samples) {
        let k = k as f64;
        match update {
            Update::Fixed([a, b]) => {
                for ((next, row), b) in next.iter_mut().zip(a.chunks_exact(n)).zip(b) {
                    let sum: f64 = row.iter().zip(&*coefficients).map(|(a, c)| a * c).sum();
                    *next = sum + b * sample;
                }
                coefficients.copy_from_slice(&next);
            }
            Update::Scaled(Rule::Zoh) => hold(coefficients, &mut next, (1.0 / k).ln_1p(), sample),
            Update::Scaled(Rule::Bilinear) => trapezoid(coefficients, &mut next, k, sample),
            Update::Scaled(Rule::Euler) => {
                times_a(coefficients, &mut next);
                for (i, (c, next)) in coefficients.iter_mut().zip(&next).enumerate() {
                    *c += (next + root(i) * sample) / k;
                }
            }
        }
    }
    Ok(())
}

/// `sqrt(2i + 1)`: of these are `B` and what stands below the diagonal of `A`.
fn root(i: usize) -> f64 {
    ((2 * i + 1) as f64).sqrt()
}

/// `out = A x`, in `O(n)`.
fn times_a(x: &[f64], out: &mut [f64]) {
    let mut sum = 0.0;
    for (i, (x, out)) in x.iter().zip(out).enumerate() {
        *out = -root(i) * sum - (i + 1) as f64 * x;
        sum += root(i) * x;
    }
}

/// `c = (I - A/2k)^-1 ((I + A/2k) c + B f / k)`, in `O(n)`.
fn trapezoid(c: &mut [f64], next: &mut [f64], k: f64, sample: f64) {
    let half = 0.5 / k;
    times_a(c, next);
    let mut sum = 0.0;
    for (i, (c, next)) in c.iter_mut().zip(next).enumerate() {
        let right = *c + half * *next + root(i) * sample / k;
        *c = (right - half * root(i) * sum) / (1.0 + half * (i + 1) as f64);
        sum += root(i) * *c;
    }
}

/// `c = exp(A time) (c - c1) + c1` with `c1 = -A^-1 B f`, the coefficients of a past that is constant.
fn hold(c: &mut [f64], term: &mut [f64], time: f64, sample: f64) {
    let Some(first) = c.first_mut() else { return };
    *first -= sample;
    // The norm of A is below n^2: pieces of so much time that 20 terms of the series are enough. The
    // system dissipates, so errors of pieces do not grow.
    let pieces = (time * (term.len() * term.len()) as f64).ceil().max(1.0);
    let mut scratch = vec![0.0; term.len()];
    for _ in 0..pieces as usize {
        term.copy_from_slice(c);
        for order in 1..=20 {
            times_a(term, &mut scratch);
            let scale = time / pieces / f64::from(order);
            for ((c, term), new) in c.iter_mut().zip(&mut *term).zip(&scratch) {
                *term = new * scale;
                *c += *term;
            }
        }
    }
    c[0] += sample;
}
