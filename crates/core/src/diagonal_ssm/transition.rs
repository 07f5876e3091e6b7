//! What a step does to the states.

use crate::{Dims, Error, Real, dims::check, discretize::Method};
use std::ops::Range;

/// Poles and gains, the same for all steps or one set for each.
#[derive(Clone, Copy, Debug)]
pub enum Transition<'a, F> {
    /// Discrete poles `a` and input `gain`s, each two planes `[states]`.
    Fixed {
        /// What a step multiplies the state by.
        a: [&'a [F]; 2],
        /// What it multiplies the projected input by.
        gain: [&'a [F]; 2],
    },
    /// Continuous poles, discretised at every step's own size.
    Sampled(Sampling<'a, F>),
}

/// Continuous poles and irregular steps.
#[derive(Clone, Copy, Debug)]
pub struct Sampling<'a, F> {
    /// How poles become discrete.
    pub method: Method,
    /// The poles: two planes `[states]`.
    pub lambda: [&'a [F]; 2],
    /// The logarithm of each state's own step size, `[states]`.
    pub log_step: &'a [F],
    /// What all step sizes are multiplied by.
    pub rescale: f64,
    /// What each step's size is multiplied by, `[length]` or `[batch, length]`.
    pub dt: &'a [F],
    /// The step that `dt[t]` stands at is the one after `t`, the first after the last: how a
    /// backward scan sees the same gaps between samples.
    pub shifted: bool,
}

impl<F: Real> Transition<'_, F> {
    pub(super) fn check(&self, dims: Dims, states: usize) -> Result<(), Error> {
        match self {
            Self::Fixed { a, gain } => {
                for (argument, plane) in
                    [("a.re", a[0]), ("a.im", a[1]), ("gain.re", gain[0]), ("gain.im", gain[1])]
                {
                    check(argument, states, plane.len())?;
                }
                Ok(())
            }
            Self::Sampled(Sampling { lambda, log_step, dt, .. }) => {
                check("Lambda_re", states, lambda[0].len())?;
                check("Lambda_im", states, lambda[1].len())?;
                check("log_step", states, log_step.len())?;
                if dt.len() == dims.rows() || dt.len() == dims.length {
                    return Ok(());
                }
                let expected = format!("{} or {}", dims.length, dims.rows());
                Err(Error::Length { argument: "dt", expected, actual: dt.len() })
            }
        }
    }
}

impl<F: Real> Sampling<'_, F> {
    /// The multiplier of the step at `row` of a sequence that has the rows `own`, among `all` rows of
    /// all sequences.
    pub(super) fn multiplier(&self, row: usize, own: &Range<usize>, all: usize) -> f64 {
        let seen = match (self.shifted, row + 1 == own.end) {
            (false, _) => row,
            (true, false) => row + 1,
            (true, true) => own.start,
        };
        let is_shared = self.dt.len() != all;
        self.dt[if is_shared { seen - own.start } else { seen }].wide()
    }

    /// The discrete poles and gains of a step.
    pub(super) fn at(&self, multiplier: f64, out: [&mut [F]; 4]) {
        let step = |p: usize| self.log_step[p].wide().exp() * self.rescale * multiplier;
        self.method.poles(self.lambda, step, out);
    }
}
