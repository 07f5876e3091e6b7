//! Kernels of diagonal systems: `k[l] = scale Re(sum_n w_n a_n^l)`, products with a Vandermonde matrix.

mod backward;

use crate::{Engine, Error, dims::check};
use fearless_simd::{Simd, dispatch};

pub use backward::backward;

/// Powers that are computed at once.
const LANES: usize = 8;

/// The kernels of `w.len() / states` channels, `[channels, length]`; `a`, `w`: planes `[channels, states]`.
pub fn vandermonde(
    engine: &Engine,
    states: usize,
    length: usize,
    scale: f64,
    [a, w]: [[&[f64]; 2]; 2],
    kernel: &mut [f64],
) -> Result<(), Error> {
    let count = a[0].len();
    check("a.im", count, a[1].len())?;
    check("w.re", count, w[0].len())?;
    check("w.im", count, w[1].len())?;
    check("out.kernel", (count / states.max(1)).saturating_mul(length), kernel.len())?;
    engine.rows(2 * states, length, kernel, |channels, kernel| {
        for (channel, kernel) in channels.zip(kernel.chunks_exact_mut(length.max(1))) {
            kernel.fill(0.0);
            for n in channel * states..(channel + 1) * states {
                let [a, w] = [a, w].map(|planes| [planes[0][n], planes[1][n]]);
                dispatch!(engine.level(), simd => powers(simd, a, w.map(|w| w * scale), kernel));
            }
        }
    });
    Ok(())
}

/// Adds `Re(w a^l)` to every `kernel[l]`.
#[inline(always)]
fn powers<S: Simd>(_: S, a: [f64; 2], w: [f64; 2], kernel: &mut [f64]) {
    let times = |x: [f64; 2], y: [f64; 2]| [x[0] * y[0] - x[1] * y[1], x[0] * y[1] + x[1] * y[0]];
    let (mut re, mut im) = ([0.0; LANES], [0.0; LANES]);
    let (mut power, mut next) = ([1.0, 0.0], w);
    for (x, y) in re.iter_mut().zip(&mut im) {
        [*x, *y] = next;
        next = times(next, a);
        power = times(power, a);
    }
    let [br, bi] = power;
    for kernel in kernel.chunks_mut(LANES) {
        kernel.iter_mut().zip(&re).for_each(|(k, x)| *k += x);
        for (x, y) in re.iter_mut().zip(&mut im) {
            (*x, *y) = (br * *x - bi * *y, br * *y + bi * *x);
        }
        if re.iter().zip(&im).all(|(x, y)| x.abs() + y.abs() < f64::MIN_POSITIVE) {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_are_those_of_the_definition() {
        let (a, w) = ([[0.9, -0.3], [0.4, 0.8]], [[1.0, 2.0], [-0.5, 0.25]]);
        let mut kernel = vec![f64::NAN; 41];
        let engine = Engine::new(1, false).unwrap();
        vandermonde(
            &engine,
            2,
            41,
            2.0,
            [a.each_ref().map(|x| &x[..]), w.each_ref().map(|x| &x[..])],
            &mut kernel,
        )
        .unwrap();
        for (l, got) in kernel.iter().enumerate() {
            let term = |n: usize| {
                let a = nalgebra::Complex::new(a[0][n], a[1][n]).powu(l as u32);
                (a * nalgebra::Complex::new(w[0][n], w[1][n])).re
            };
            assert!((got - 2.0 * (term(0) + term(1))).abs() < 1e-14, "power {l}: {got}");
        }
    }
}
