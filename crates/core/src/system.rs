//! From a continuous system `x' = A x + B u` to a discrete one, `x[t] = A_bar x[t-1] + B_bar u[t]`.

use crate::{Error, Real, dims::check};
use nalgebra::DMatrix;

/// How a system becomes discrete.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// The input is held for a step: `A_bar = exp(A dt)`, `B_bar` the integral of `exp(A s) B` over it.
    Zoh,
    /// Tustin: `A_bar = (I - A dt/2)^-1 (I + A dt/2)`, `B_bar = (I - A dt/2)^-1 B dt`.
    Bilinear,
    /// `A_bar = I + A dt`, `B_bar = B dt`.
    Euler,
}

/// All of them, in the order of the numbers that bindings know them by.
pub const RULES: [Rule; 3] = [Rule::Zoh, Rule::Bilinear, Rule::Euler];

/// The largest element of which a matrix exponential is taken.
const LARGEST: f64 = 1e15;

impl Rule {
    /// Discretises `A` `[n, n]` and `B` `[n, m]`, row-major, at the step `dt`; fills `out` with both,
    /// computed in `f64`.
    pub fn discretize<F: Real>(
        self,
        n: usize,
        dt: f64,
        [a, b]: [&[F]; 2],
        [a_bar, b_bar]: [&mut [F]; 2],
    ) -> Result<(), Error> {
        check("A", n.saturating_mul(n), a.len())?;
        check("out.A", a.len(), a_bar.len())?;
        check("out.B", b.len(), b_bar.len())?;
        let m = b.len().checked_div(n).unwrap_or(0);
        check("B", m * n, b.len())?;
        let matrix = |data: &[F], columns| {
            DMatrix::from_row_iterator(n, columns, data.iter().map(|x| x.wide() * dt))
        };
        let [a, b] = self.apply(&matrix(a, n), &matrix(b, m))?;
        for (out, matrix) in [(a_bar, a), (b_bar, b)] {
            out.iter_mut().zip(matrix.transpose().iter()).for_each(|(out, &x)| *out = F::of(x));
        }
        Ok(())
    }

    /// Of `A dt` and `B dt`.
    fn apply(self, a: &DMatrix<f64>, b: &DMatrix<f64>) -> Result<[DMatrix<f64>; 2], Error> {
        let n = a.nrows();
        let identity = DMatrix::identity(n, n);
        match self {
            Self::Euler => Ok([identity + a, b.clone()]),
            Self::Bilinear => {
                let half = a * 0.5;
                let below = (&identity - &half).lu();
                let solve = |right: &DMatrix<f64>| below.solve(right);
                let both = solve(&(&identity + &half)).zip(solve(b));
                both.map(|(a, b)| [a, b]).ok_or_else(|| {
                    Error::Layout(
                        "`A` has an eigenvalue at 2 / dt, which no bilinear step has".into(),
                    )
                })
            }
            Self::Zoh => {
                // exp [[A, X], [0, 0]] = [[exp A, phi(A) X], [0, I]] with phi(A) = (exp A - I) A^-1, no
                // inverse taken; X is the smaller of B and I.
                let columns = b.ncols();
                let (inner, size) = if columns <= n { (b, columns) } else { (&identity, n) };
                let mut whole = DMatrix::zeros(n + size, n + size);
                whole.view_mut((0, 0), (n, n)).copy_from(a);
                whole.view_mut((0, n), (n, size)).copy_from(inner);
                // Powers of larger ones overflow; of infinite ones the exponential would not end.
                if let Some(x) = whole.iter().find(|x| x.is_nan() || x.abs() > LARGEST) {
                    let message = format!(
                        "`A` and `B` times the step hold {x:e}, expected at most {LARGEST:e}"
                    );
                    return Err(Error::Layout(message));
                }
                let whole = if n == 0 { whole } else { whole.exp() };
                let a = whole.view((0, 0), (n, n)).into_owned();
                let held = whole.view((0, n), (n, size)).into_owned();
                Ok([a, if columns <= n { held } else { held * b }])
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `[A_bar, B_bar]` of `A = [[-1, 2], [-2, -1]]`, whose exponential turns and shrinks.
    fn bars(rule: Rule, dt: f64, b: &[f64]) -> [Vec<f64>; 2] {
        let mut out = [vec![0.0; 4], vec![0.0; b.len()]];
        let [a_bar, b_bar] = &mut out;
        rule.discretize(2, dt, [&[-1.0, 2.0, -2.0, -1.0], b], [a_bar, b_bar]).unwrap();
        out
    }

    #[test]
    fn a_hold_is_the_exponential_and_its_integral() {
        let dt = 0.3_f64;
        let (decay, sin, cos) = ((-dt).exp(), (2.0 * dt).sin(), (2.0 * dt).cos());
        // A^-1 (A_bar - I) B, with A^-1 = [[-1, -2], [2, -1]] / 5.
        let (x, y) = (decay * cos - 1.0, -decay * sin);
        let column = [(-x - 2.0 * y) / 5.0, (2.0 * x - y) / 5.0];
        for b in [vec![1.0, 0.0], vec![1.0, 0.0, 0.0, 0.0, 0.0, 0.0]] {
            let [a_bar, b_bar] = bars(Rule::Zoh, dt, &b);
            for (got, want) in
                a_bar.iter().zip([decay * cos, decay * sin, -decay * sin, decay * cos])
            {
                assert!((got - want).abs() < 1e-15);
            }
            assert!((b_bar[0] - column[0]).abs() < 1e-15);
            assert!((b_bar[b.len() / 2] - column[1]).abs() < 1e-15);
        }
    }

    #[test]
    fn rules_agree_to_their_orders() {
        let dt = 1e-3;
        let [exact, bilinear, euler] = RULES.map(|rule| bars(rule, dt, &[1.0, 0.5]));
        for plane in 0..2 {
            for i in 0..exact[plane].len() {
                assert!((exact[plane][i] - bilinear[plane][i]).abs() < 20.0 * dt * dt);
                assert!((exact[plane][i] - euler[plane][i]).abs() < 20.0 * dt * dt);
            }
        }
    }

    #[test]
    fn an_exponential_of_what_is_not_finite_is_refused() {
        for wrong in [f64::NAN, f64::INFINITY, 1e200] {
            for system in [[[wrong], [1.0]], [[1.0], [wrong]]] {
                let mut out = [[0.0], [0.0]];
                let [a_bar, b_bar] = &mut out;
                let refusal = Rule::Zoh
                    .discretize(1, 1.0, [&system[0], &system[1]], [a_bar, b_bar])
                    .unwrap_err();
                assert!(refusal.to_string().contains("1e15"), "{refusal}");
            }
        }
    }

    #[test]
    fn a_step_that_is_none_is_refused() {
        let mut out = [[0.0], [0.0]];
        let [a_bar, b_bar] = &mut out;
        let refusal = Rule::Bilinear.discretize(1, 2.0, [&[1.0], &[1.0]], [a_bar, b_bar]);
        assert!(refusal.unwrap_err().to_string().contains("2 / dt"));
        for rule in RULES {
            rule.discretize::<f64>(0, 1.0, [&[], &[]], [&mut [], &mut []]).unwrap();
        }
    }
}
