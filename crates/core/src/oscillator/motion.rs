//! How oscillators move in a step.

use crate::{Dims, Error, Real, dims::check};
use std::ops::Range;

/// How the equation of motion becomes a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Implicit: the force is that of the new position. Dissipates.
    Im,
    /// Implicit-explicit: the force is that of the old position. Conserves a volume where there is no
    /// damping.
    Imex,
}

/// All of them, in the order of the numbers that bindings know them by.
pub const METHODS: [Method; 2] = [Method::Im, Method::Imex];

/// The parameters of the oscillators, each `[states]`.
#[derive(Clone, Copy, Debug)]
pub struct Motion<'a, F> {
    /// How they become a step.
    pub method: Method,
    /// Stiffness, of which what is negative counts as zero.
    pub a: &'a [F],
    /// Damping, of which what is negative counts as zero; none where absent.
    pub g: Option<&'a [F]>,
    /// Logits of the step sizes.
    pub steps: &'a [F],
    /// What each step's size is multiplied by, `[length]` or `[batch, length]`.
    pub dt: Option<&'a [F]>,
}

/// What a step does to an oscillator: `z = m[0] z' + m[1] y' + f[0] w`, `y = m[2] z' + m[3] y' + f[1] w`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Step {
    pub(super) m: [f64; 4],
    pub(super) f: [f64; 2],
}

impl<F: Real> Motion<'_, F> {
    pub(super) fn check(&self, dims: Dims, states: usize) -> Result<(), Error> {
        check("A_diag", states, self.a.len())?;
        check("G_diag", states, self.g.map_or(states, <[F]>::len))?;
        check("steps", states, self.steps.len())?;
        match self.dt {
            Some(dt) if dt.len() != dims.rows() && dt.len() != dims.length => {
                let expected = format!("{} or {}", dims.length, dims.rows());
                Err(Error::Length { argument: "dt", expected, actual: dt.len() })
            }
            _ => Ok(()),
        }
    }

    /// The multiplier of the step at `row` of a sequence that has the rows `own`, among `all` rows of
    /// all sequences.
    pub(super) fn multiplier(&self, row: usize, own: &Range<usize>, all: usize) -> f64 {
        let Some(dt) = self.dt else { return 1.0 };
        dt[if dt.len() == all { row } else { row - own.start }].wide()
    }

    /// A step of oscillator `state`, its size multiplied.
    pub(super) fn step(&self, state: usize, multiplier: f64) -> Step {
        let dt = multiplier / (1.0 + (-self.steps[state].wide()).exp());
        let (a, g) = (self.a[state].wide(), self.g.map(|g| g[state].wide().max(0.0)));
        let (a, g) = match g {
            Some(g) => (bounded(a, g, dt), g),
            None => (a.max(0.0), 0.0),
        };
        let pull = dt * a;
        let damped = 1.0 + dt * g;
        let (s, rest) = match self.method {
            Method::Im => (damped + dt * pull, damped),
            Method::Imex => (damped, damped - dt * pull),
        };
        Step { m: [1.0 / s, -pull / s, dt / s, rest / s], f: [dt / s, dt * dt / s] }
    }
}

/// The nearest stiffness with which a damped step still turns: `(sqrt(1 + dt g) -+ 1)^2 / dt^2` are the
/// bounds, the lower one without its cancellation.
fn bounded(a: f64, g: f64, dt: f64) -> f64 {
    let root = (1.0 + dt * g).sqrt();
    let [low, high] = [g / (root + 1.0), (root + 1.0) / dt];
    // Not `clamp`, which refuses NaN.
    a.max(low * low).min(high * high)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn motion<'a>(method: Method, a: &'a [f64], g: &'a [f64], steps: &'a [f64]) -> Motion<'a, f64> {
        Motion { method, a, g: (!g.is_empty()).then_some(g), steps, dt: None }
    }

    #[test]
    fn a_damped_step_turns_and_shrinks_by_its_damping() {
        for a in [-1.0, 0.0, 0.3, 5.0, 1e6] {
            for g in [0.0, 0.2, 3.0] {
                let (steps, dt) = ([0.4], 1.0 / (1.0 + (-0.4_f64).exp()));
                let Step { m, .. } = motion(Method::Imex, &[a], &[g], &steps).step(0, 1.0);
                let (trace, determinant) = (m[0] + m[3], m[0] * m[3] - m[1] * m[2]);
                assert!((determinant - 1.0 / (1.0 + dt * g)).abs() < 1e-14);
                assert!(trace * trace <= 4.0 * determinant * (1.0 + 1e-12), "a = {a}, g = {g}");
            }
        }
    }

    #[test]
    fn an_implicit_step_solves_its_equation() {
        let (a, dt) = (0.7, 1.0 / (1.0 + (0.5_f64).exp()));
        let Step { m, f } = motion(Method::Im, &[a], &[], &[-0.5]).step(0, 1.0);
        let (z, y, w) = (0.3, -1.1, 0.6);
        let next = [m[0] * z + m[1] * y + f[0] * w, m[2] * z + m[3] * y + f[1] * w];
        assert!((next[0] - z - dt * (w - a * next[1])).abs() < 1e-15);
        assert!((next[1] - y - dt * next[0]).abs() < 1e-15);
    }

    #[test]
    fn no_time_is_no_motion() {
        for g in [&[][..], &[0.5]] {
            let Step { m, f } = motion(Method::Imex, &[0.4], g, &[0.0]).step(0, 0.0);
            assert_eq!((m, f), ([1.0, -0.0, 0.0, 1.0], [0.0, 0.0]));
        }
    }
}
