//! Some sequences of some channels: one job, which walks back through the sequences one after the other.

use super::{
    super::{SelectiveScan, sweep, table::Table},
    around::Out,
    back::Back,
    segments::Kept,
    sums::Ledger,
};
use crate::{Real, layout::Stretch, rows::RowsMut};
use fearless_simd::{Level, dispatch};
use std::ops::Range;

/// What all jobs of a call share.
pub(super) struct Call<'c, F, const P: usize> {
    pub(super) scan: &'c SelectiveScan<'c, F, P>,
    pub(super) table: &'c Table<F>,
    /// The gradient of the outputs, `[rows, channels]`.
    pub(super) dy: &'c [F],
    /// The states that enter, `[sequences, channels, states]`; zero where absent.
    pub(super) entering: Option<[&'c [F]; P]>,
    /// Steps of a segment.
    pub(super) every: usize,
}

/// A job and what it fills.
pub(super) struct Job<'o, F, const P: usize> {
    pub(super) sequences: Range<usize>,
    pub(super) columns: Range<usize>,
    pub(super) out: Out<'o, F>,
    /// The gradients of the states that leave and then of those that enter, a row for each sequence.
    pub(super) state: [RowsMut<'o, F>; P],
}

impl<F: Real, const P: usize> Call<'_, F, P> {
    /// The groups that channels are of.
    pub(super) fn groups(&self, columns: &Range<usize>) -> Range<usize> {
        let blocks = self.table.blocks(columns).unwrap_or(&[]);
        blocks.first().map_or(0, |block| block.group)
            ..blocks.last().map_or(0, |block| block.group + 1)
    }

    /// Does a job.
    pub(super) fn run(&self, level: Level, mut job: Job<'_, F, P>) -> Ledger<F, P> {
        let (scan, states) = (self.scan, self.scan.states);
        let blocks = self.table.blocks(&job.columns).unwrap_or(&[]);
        let channels = blocks.iter().map(|block| block.width).sum();
        let origin = scan.layout.padded(job.sequences.start).start;
        let rows = scan.layout.padded(job.sequences.end - 1).end - origin;
        let of_steps = [scan.spread.has_fixed_b, scan.spread.has_fixed_c].map(|is_fixed| {
            if is_fixed { 0 } else { rows * self.groups(&job.columns).len() * states }
        });
        let mut ledger = Ledger::new(channels, states, self.every, of_steps);
        let mut kept = Kept::new(self.every, channels * states);
        for (i, sequence) in job.sequences.clone().enumerate() {
            let at = scan.layout.stretch(sequence, scan.layout.rows(sequence), job.columns.clone());
            if at.rows.is_empty() {
                continue;
            }
            kept.make_room(at.rows.len());
            self.forward(level, &at, &mut kept);
            let back = Back { call: self, blocks, at: &at, kept: &kept, origin };
            let state = job.state.each_mut().map(|rows| rows.row(i));
            dispatch!(level, simd => back.run(simd, state, &mut job.out, &mut ledger));
        }
        ledger
    }

    /// Keeps the states of a sequence that segments start from.
    fn forward(&self, level: Level, at: &Stretch, kept: &mut Kept<F, P>) {
        let states = self.scan.states;
        let width = self.scan.dims.channels * states;
        let own = at.sequence * width + at.columns.start * states
            ..at.sequence * width + at.columns.end * states;
        let mut state = match self.entering {
            Some(planes) => planes.map(|plane| plane[own.clone()].to_vec()),
            None => [(); P].map(|()| vec![F::zero(); own.len()]),
        };
        for (is_fresh, rows) in self.scan.layout.runs(at) {
            if is_fresh {
                state.iter_mut().for_each(|plane| plane.fill(F::zero()));
            }
            let run = Stretch { rows, ..at.clone() };
            let planes = state.each_mut().map(Vec::as_mut_slice);
            sweep::sweep(
                level,
                self.scan,
                self.table,
                &run,
                planes,
                &mut [],
                (&mut [], Some(kept)),
            );
        }
    }
}
