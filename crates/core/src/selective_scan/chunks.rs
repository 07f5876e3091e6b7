//! A call whose states are wanted at the ends of chunks: each chunk is a call of its own.

use super::SelectiveScan;
use crate::{Dims, Error, Options, Real, layout::Layout};
use std::ops::Range;

impl<F: Real, const P: usize> SelectiveScan<'_, F, P> {
    /// Calls `f` with each chunk of at most `chunk` steps of each sequence as a call of its own, in time order,
    /// and with the state that enters it and then is the one that leaves it; then stores that in `states`,
    /// `[chunks, channels, states]`, in the order of rows. Chunks are counted from where time starts.
    pub(super) fn each_chunk(
        &self,
        chunk: usize,
        mut state: [&mut [F]; P],
        y: &mut [F],
        mut states: [&mut [F]; P],
        mut f: impl FnMut(SelectiveScan<'_, F, P>, [&mut [F]; P], &mut [F]) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let (width, channels) = (self.width(), self.dims.channels);
        if channels == 0 {
            return Ok(());
        }
        let mut done = 0;
        for sequence in 0..self.layout.sequences() {
            let own = sequence * width..(sequence + 1) * width;
            let mut state = state.each_mut().map(|plane| &mut plane[own.clone()]);
            let at = self.layout.stretch(sequence, self.layout.rows(sequence), 0..channels);
            let count = at.rows.len().div_ceil(chunk);
            for (k, part) in at.parts(chunk).enumerate() {
                let call = self.part(part.rows.clone())?;
                let y = &mut y[part.rows.start * channels..part.rows.end * channels];
                f(call, state.each_mut().map(|plane| &mut **plane), y)?;
                let k = done + if at.reverse { count - 1 - k } else { k };
                for (states, state) in states.iter_mut().zip(&state) {
                    states[k * width..(k + 1) * width].copy_from_slice(state);
                }
            }
            done += count;
        }
        Ok(())
    }

    /// The call for some rows of one sequence.
    fn part(&self, rows: Range<usize>) -> Result<Self, Error> {
        let dims = Dims { batch: 1, length: rows.len(), ..self.dims };
        let Options { reverse, reset, deterministic, .. } = *self.layout.options();
        let reset = reset.map(|reset| &reset[rows.clone()]);
        let options = Options { reverse, reset, deterministic, ..Options::default() };
        let inputs = self.inputs.part(rows, self.dims.channels, self.spread, self.states);
        Ok(Self { dims, inputs, layout: Layout::new(dims, options)?, ..*self })
    }

    /// How many chunks of at most `chunk` steps the sequences have.
    pub(super) fn chunks(&self, chunk: usize) -> usize {
        // Of nothing there may be any number of sequences.
        let sequences = if self.width() == 0 { 0 } else { self.layout.sequences() };
        (0..sequences).map(|i| self.layout.rows(i).len().div_ceil(chunk)).sum()
    }
}
