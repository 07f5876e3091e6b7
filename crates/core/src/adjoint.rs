//! Recurrences run backwards for their gradients: what every operator's backward pass needs.
//!
//! Of `h[t] = A[t] h[t-1] + b[t]` the gradient with respect to `h[t]`, all that follows it included, is
//! `g[t] = dh[t] + c[t]`, where `c[t] = A[t+1]^H g[t+1]` comes from the next step. That is a linear
//! recurrence which runs the other way; its state is `c`.

use crate::{
    Dims, Error, Real,
    layout::{Layout, Options, Stretch},
    rows::Rows,
};
use std::ops::Range;

/// What the gradients of a scan over real numbers are of.
#[derive(Clone, Copy, Debug)]
pub struct Cotangents<'a, F> {
    /// With respect to every state, of the shape that these have.
    pub h: &'a [F],
    /// The states that entered; zero where absent.
    pub entering: Option<&'a [F]>,
    /// The states, where they are at hand; computed once more where absent.
    pub states: Option<&'a [F]>,
}

/// The states that entered, so many elements.
pub(crate) fn entered<F: Real>(entering: Option<&[F]>, count: usize) -> Vec<F> {
    entering.map_or_else(|| vec![F::zero(); count], <[F]>::to_vec)
}

/// `reset`, such that a recurrence that runs the other way starts from zero where nothing reaches it: at the
/// step before one that starts from zero.
pub(crate) fn turned_resets(layout: &Layout<'_>) -> Option<Vec<u8>> {
    let Options { reset, reverse, .. } = *layout.options();
    let reset = reset?;
    let mut turned = vec![0; reset.len()];
    for sequence in 0..layout.sequences() {
        let rows = layout.rows(sequence);
        for pair in (rows.start..rows.end).zip(rows.start + 1..rows.end) {
            let (before, after) = if reverse { (pair.1, pair.0) } else { pair };
            turned[before] = reset[after];
        }
    }
    Some(turned)
}

/// The layout of the recurrence that runs the other way; `resets` are its [`turned_resets`].
pub(crate) fn turned<'a>(
    dims: Dims,
    layout: &Layout<'a>,
    resets: Option<&'a [u8]>,
) -> Result<Layout<'a>, Error> {
    let options = layout.options();
    Layout::new(dims, Options { reverse: !options.reverse, reset: resets, ..*options })
}

/// Clears the gradients of the states that enter sequences whose first step does not look at them; rows of
/// `width` elements.
pub(crate) fn clear_unseen<F: Real>(layout: &Layout<'_>, width: usize, state: &mut [F]) {
    let Options { reset: Some(reset), reverse, .. } = *layout.options() else { return };
    for (sequence, state) in (0..layout.sequences()).zip(state.chunks_exact_mut(width.max(1))) {
        let rows = layout.rows(sequence);
        let first = if reverse { rows.clone().next_back() } else { rows.clone().next() };
        if first.is_some_and(|row| reset[row] != 0) {
            state.fill(F::zero());
        }
    }
}

/// The states that steps start from, rows of `width` elements.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Before<'a, F> {
    /// Every state, `[rows, width]`.
    pub(crate) h: &'a [F],
    /// What enters the sequences, `[sequences, width]`.
    pub(crate) state: &'a [F],
    /// A row of zeros.
    pub(crate) zeros: &'a [F],
}

impl<'a, F> Before<'a, F> {
    /// Of the step whose backward step is the stretch's local row `t`. `reset` is that of the recurrence.
    #[inline(always)]
    pub(crate) fn row(&self, at: &Stretch, reset: Option<&[u8]>, t: usize) -> &'a [F] {
        let width = self.zeros.len();
        let row = at.rows.start + t;
        let is_first = row == if at.reverse { at.all.start } else { at.all.end - 1 };
        if reset.is_some_and(|reset| reset[row] != 0) {
            return self.zeros;
        }
        if is_first {
            return &self.state[at.sequence * width..][..width];
        }
        let before = if at.reverse { row - 1 } else { row + 1 };
        &self.h[before * width..][..width]
    }

    /// The parts of a stretch that a reset cuts nowhere, in its order of time, each with the states before its
    /// steps: those of the scan, then, where the step comes from elsewhere, that one.
    pub(crate) fn parts(
        &self,
        at: &Stretch,
        reset: Option<&[u8]>,
    ) -> impl Iterator<Item = (Stretch, Rows<'a, F>)> {
        let (width, columns) = (self.zeros.len(), at.columns.clone());
        let Range { start, end } = at.rows;
        let (row, is_first) = if at.reverse {
            (start, start == at.all.start)
        } else {
            (end.saturating_sub(1), end == at.all.end)
        };
        let begins = if reset.is_some_and(|reset| reset[row] != 0) {
            Some(self.zeros)
        } else {
            is_first.then(|| &self.state[at.sequence * width..])
        };
        let rest = match (&begins, at.reverse) {
            (None, _) => start..end,
            (_, true) => start + 1..end,
            (_, false) => start..row,
        };
        let before = if at.reverse { rest.start.saturating_sub(1) } else { rest.start + 1 };
        let before =
            Rows::new(&self.h[(before * width).min(self.h.len())..], width, columns.clone());
        let first = begins.map(|state| {
            (Stretch { rows: row..row + 1, ..at.clone() }, Rows::new(state, width, columns))
        });
        let rest = Stretch { rows: rest, ..at.clone() };
        [Some((rest, before)), first].into_iter().flatten().filter(|(at, _)| !at.rows.is_empty())
    }
}
