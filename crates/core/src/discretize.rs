//! From continuous poles to discrete ones.

use crate::{Error, Real, dims::check};

/// How `x' = lambda x + w` becomes `x[t] = a x[t-1] + gain w[t]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Zero-order hold: `a = exp(lambda dt)`, `gain = (a - 1) / lambda`.
    Zoh,
    /// Tustin: `a = (1 + lambda dt/2) / (1 - lambda dt/2)`, `gain = dt / (1 - lambda dt/2)`.
    Bilinear,
}

/// A pole of a discrete system.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pole {
    /// What a step multiplies the state by: `[re, im]`.
    pub a: [f64; 2],
    /// What it multiplies the input by.
    pub gain: [f64; 2],
}

impl Method {
    /// Discretises the pole `lambda` at the step size `dt`.
    pub fn pole(self, [re, im]: [f64; 2], dt: f64) -> Pole {
        match self {
            Self::Zoh => {
                let z = [re * dt, im * dt];
                let magnitude = z[0].exp();
                let a = [magnitude * z[1].cos(), magnitude * z[1].sin()];
                Pole { a, gain: phi(z).map(|x| x * dt) }
            }
            Self::Bilinear => {
                let [x, y] = [re * dt / 2.0, im * dt / 2.0];
                let inverse = divide([1.0, 0.0], [1.0 - x, -y]);
                let a = divide([1.0 + x, y], [1.0 - x, -y]);
                Pole { a, gain: inverse.map(|x| x * dt) }
            }
        }
    }

    /// Discretises the poles `lambda` at the step sizes `rescale exp(log_step)`; fills the planes
    /// `[a.re, a.im, gain.re, gain.im]`, all `[poles]`.
    pub fn discretize<F: Real>(
        self,
        lambda: [&[F]; 2],
        log_step: &[F],
        rescale: f64,
        out: [&mut [F]; 4],
    ) -> Result<(), Error> {
        let count = log_step.len();
        check("Lambda_re", count, lambda[0].len())?;
        check("Lambda_im", count, lambda[1].len())?;
        for plane in &out {
            check("out", count, plane.len())?;
        }
        self.poles(lambda, |p| log_step[p].wide().exp() * rescale, out);
        Ok(())
    }

    /// Discretises many poles: `lambda` and `dt` are `[poles]`, so are the planes that are filled.
    pub(crate) fn poles<F: Real>(
        self,
        lambda: [&[F]; 2],
        dt: impl Fn(usize) -> f64,
        out: [&mut [F]; 4],
    ) {
        let [ar, ai, gr, gi] = out;
        for p in 0..ar.len() {
            let pole = self.pole([lambda[0][p].wide(), lambda[1][p].wide()], dt(p));
            [ar[p], ai[p]] = pole.a.map(F::of);
            [gr[p], gi[p]] = pole.gain.map(F::of);
        }
    }
}

/// `(exp(z) - 1) / z`, by its series near 0, where the quotient is 0 / 0.
fn phi(z: [f64; 2]) -> [f64; 2] {
    if z[0].hypot(z[1]) < 1e-2 {
        // Horner's rule on 1 + z/2 (1 + z/3 (1 + z/4 (1 + ...))); what is left out is below 1e-17.
        return (2..=8).rev().fold([1.0, 0.0], |sum, k| {
            let k = f64::from(k);
            [1.0 + (z[0] * sum[0] - z[1] * sum[1]) / k, (z[0] * sum[1] + z[1] * sum[0]) / k]
        });
    }
    let (half, magnitude) = ((z[1] / 2.0).sin(), z[0].exp());
    let expm1 = [z[0].exp_m1() * z[1].cos() - 2.0 * half * half, magnitude * z[1].sin()];
    divide(expm1, z)
}

/// `x / y`, scaled so that squares do not overflow.
fn divide(x: [f64; 2], y: [f64; 2]) -> [f64; 2] {
    let scale = y[0].abs().max(y[1].abs());
    let [u, v] = [y[0] / scale, y[1] / scale];
    let norm = (u * u + v * v) * scale;
    [(x[0] * u + x[1] * v) / norm, (x[1] * u - x[0] * v) / norm]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `(exp(z) - 1) / z` by its whole series, for small `z`.
    fn series(z: [f64; 2]) -> [f64; 2] {
        let (mut term, mut sum) = ([1.0, 0.0], [1.0, 0.0]);
        for k in 2..40 {
            let k = f64::from(k);
            term = [(term[0] * z[0] - term[1] * z[1]) / k, (term[0] * z[1] + term[1] * z[0]) / k];
            sum = [sum[0] + term[0], sum[1] + term[1]];
        }
        sum
    }

    #[test]
    fn phi_is_right_around_the_switch_and_at_zero() {
        assert_eq!(phi([0.0, 0.0]), [1.0, 0.0]);
        for radius in [1e-300, 1e-12, 1e-7, 1e-3, 0.009_99, 0.010_01, 0.3, 1.5] {
            for k in 0..16 {
                let angle = f64::from(k) * 0.41;
                let z = [radius * angle.cos(), radius * angle.sin()];
                let (got, want) = (phi(z), series(z));
                let error = (got[0] - want[0]).hypot(got[1] - want[1]) / want[0].hypot(want[1]);
                assert!(error < 1e-14, "z = {z:?}: error {error:e}");
            }
        }
    }

    #[test]
    fn a_hold_of_a_small_step_keeps_its_digits() {
        for dt in [1e-3, 1e-5, 1e-7, 1e-12] {
            let pole = Method::Zoh.pole([-0.5, 0.0], dt);
            let want = dt * (1.0 - dt / 4.0 + dt * dt / 24.0 - dt * dt * dt / 192.0);
            assert!((pole.gain[0] / want - 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn a_pole_at_zero_integrates() {
        for method in [Method::Zoh, Method::Bilinear] {
            assert_eq!(method.pole([0.0, 0.0], 0.25), Pole { a: [1.0, 0.0], gain: [0.25, 0.0] });
        }
    }

    #[test]
    fn stable_poles_stay_inside_the_unit_circle() {
        for method in [Method::Zoh, Method::Bilinear] {
            for re in [-1e-4, -0.5, -1e3, -1e9] {
                for im in [0.0, 20.0, -1e4] {
                    let [x, y] = method.pole([re, im], 0.1).a;
                    assert!(x.hypot(y) <= 1.0, "{method:?} of {re} + {im}i");
                }
            }
        }
    }
}
