//! The check of what a call fills.

use super::SelectiveScan;
use crate::{Error, Real, dims::check};

impl<F: Real, const P: usize> SelectiveScan<'_, F, P> {
    pub(super) fn check_outputs(&self, state: &[&mut [F]; P], y: &[F]) -> Result<(), Error> {
        let names = if P == 1 { ["out.state"; 2] } else { ["out.state.re", "out.state.im"] };
        for (plane, argument) in state.iter().zip(names) {
            check(argument, self.state(), plane.len())?;
        }
        check("out.y", self.dims.signal(), y.len())
    }

    /// So many states of a sequence.
    pub(super) fn check_states(&self, count: usize, states: &[&mut [F]; P]) -> Result<(), Error> {
        let expected = count.saturating_mul(self.width());
        let names = if P == 1 { ["out.states"; 2] } else { ["out.states.re", "out.states.im"] };
        states.iter().zip(names).try_for_each(|(plane, name)| check(name, expected, plane.len()))
    }
}
