//! A guess at the state that enters a part of a sequence.

use crate::{
    Real,
    layout::{Layout, Stretch},
    link::State,
    warm::before,
};

/// A part, with the states that enter and leave it.
pub(super) struct Guess<F> {
    pub(super) at: Stretch,
    /// The steps that say what enters, and the part.
    pub(super) run: Stretch,
    pub(super) entering: State<F, 1>,
    pub(super) leaving: State<F, 1>,
    /// Whether the part starts from zero, whatever enters.
    pub(super) is_fresh: bool,
}

impl<F: Real> Guess<F> {
    /// At a part of the backward pass: its run starts from zero at a reset, or `count` steps early, or from what enters
    /// the sequence, `entering` being that of all sequences.
    pub(super) fn new(layout: &Layout<'_>, part: &Stretch, count: usize, entering: &[F]) -> Self {
        let at = layout.stretch(part.sequence, part.rows.clone(), part.columns.clone());
        let count = count.min(at.elapsed());
        let mut run = with_before(&at, count);
        let is_reset = |k: &usize| {
            layout.options().reset.is_some_and(|reset| reset[run.rows.start + run.row(*k)] != 0)
        };
        let fresh = (0..=count).rfind(is_reset);
        if let Some(k) = fresh {
            run = with_before(&at, count - k);
        }
        let state = if fresh.is_none() && run.elapsed() == 0 {
            let width = entering.len() / layout.sequences();
            entering[at.sequence * width..][at.columns.clone()].to_vec()
        } else {
            vec![F::zero(); at.columns.len()]
        };
        let is_fresh = fresh == Some(count);
        Self { at, run, entering: [state.clone()], leaving: [state], is_fresh }
    }

    /// In the order of sequences, columns and time.
    pub(super) fn place(&self) -> [usize; 3] {
        [self.at.sequence, self.at.columns.start, self.at.elapsed()]
    }

    /// Takes what enters the part from the states that enter the steps of its run; gives those of its own steps.
    pub(super) fn enter<'a>(&mut self, states: &'a [F]) -> &'a [F] {
        let Self { at, run, entering: [entering], .. } = self;
        let width = entering.len();
        let first = run.row(run.rows.len() - at.rows.len());
        entering.copy_from_slice(&states[first * width..][..width]);
        let rows = run.local(&at.rows);
        &states[rows.start * width..rows.end * width]
    }
}

/// A stretch and so many steps before it.
fn with_before(at: &Stretch, count: usize) -> Stretch {
    let rows = before(at, count).rows;
    let rows = rows.start.min(at.rows.start)..rows.end.max(at.rows.end);
    Stretch { rows, ..at.clone() }
}
