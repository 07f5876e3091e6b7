//! The systems of the measures: which part of the past they remember, and how.

use super::{Hippo, hippo};
use crate::Error;
use std::f64::consts::{PI, SQRT_2};

/// What a memory weighs the past with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// All of the past evenly, in Legendre polynomials; at time `t` the system runs at the rate `1 / t`.
    Legs,
    /// A window of length 2 evenly, in Legendre polynomials.
    Legt,
    /// All of the past, less and less, in Laguerre functions `exp(-s/2) L_n(s)` of the age `s`.
    Lagt,
    /// A window of length 2 evenly, in pairs `sqrt(2) cos(pi k s)`, `sqrt(2) sin(pi k s)` of the age `s`;
    /// the first pair is 1 and 0.
    Fourier,
}

/// All of them, in the order of the numbers that bindings know them by.
pub const MEASURES: [Measure; 4] = [Measure::Legs, Measure::Legt, Measure::Lagt, Measure::Fourier];

/// The system of `n` coefficients, as `transition` of state-spaces/s4 has it.
pub fn system(measure: Measure, n: usize) -> Result<Hippo, Error> {
    match measure {
        Measure::Legs => Ok(hippo(n)),
        Measure::Legt => Ok(legt(n)),
        Measure::Lagt => Ok(lagt(n)),
        Measure::Fourier if n.is_multiple_of(2) => Ok(fourier(n)),
        Measure::Fourier => Err(Error::Layout(format!(
            "`n` must be even for pairs of a sine and a cosine, got {n}"
        ))),
    }
}

fn legt(n: usize) -> Hippo {
    let root = |i: usize| ((2 * i + 1) as f64).sqrt();
    let sign = |i: usize, k: usize| if i < k && (k - i) % 2 == 1 { -1.0 } else { 1.0 };
    // Half of what the paper has for a window of length 1.
    let a = square(n, |i, k| -0.5 * root(i) * sign(i, k) * root(k));
    Hippo { a, b: (0..n).map(|i| 0.5 * root(i)).collect() }
}

fn lagt(n: usize) -> Hippo {
    let a = square(n, |i, k| match i.cmp(&k) {
        std::cmp::Ordering::Greater => -1.0,
        std::cmp::Ordering::Equal => -0.5,
        std::cmp::Ordering::Less => 0.0,
    });
    Hippo { a, b: vec![1.0; n] }
}

fn fourier(n: usize) -> Hippo {
    let b: Vec<f64> = (0..n)
        .map(|i| match i {
            0 => 1.0,
            _ if i % 2 == 0 => SQRT_2,
            _ => 0.0,
        })
        .collect();
    // The window's far end, which the memory itself gives back, is subtracted.
    let turn = |i: usize, k: usize| match (i % 2, k) {
        (0, _) if k == i + 1 => -PI * (i / 2) as f64,
        (1, _) if k + 1 == i => PI * (k / 2) as f64,
        _ => 0.0,
    };
    let a = square(n, |i, k| turn(i, k) - b[i] * b[k]);
    Hippo { a, b }
}

fn square(n: usize, element: impl Fn(usize, usize) -> f64) -> Vec<f64> {
    (0..n * n).map(|at| element(at / n, at % n)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_constant_past_is_remembered() {
        // Of a signal that has always been 1 the first coefficient is 1 and the others are 0; it rests.
        for measure in [Measure::Legs, Measure::Legt, Measure::Fourier] {
            let Hippo { a, b } = system(measure, 8).unwrap();
            for (row, b) in a.chunks(8).zip(&b) {
                assert!((row[0] + b).abs() < 1e-15, "{measure:?}");
            }
        }
    }

    #[test]
    fn pairs_are_whole() {
        assert!(system(Measure::Fourier, 7).unwrap_err().to_string().contains("`n` must be even"));
        assert!(MEASURES.iter().all(|&measure| system(measure, 0).unwrap().a.is_empty()));
    }
}
