//! The pieces of a sequence that are computed again and walked back one after the other, and the states that they
//! start from.

use crate::{
    Real,
    layout::{Layout, Stretch},
};

/// Consecutive steps; none but the first starts from zero.
#[derive(Clone, Copy, Debug)]
pub(super) struct Segment {
    /// How many steps of the sequence came before.
    pub(super) elapsed: usize,
    pub(super) count: usize,
    pub(super) is_fresh: bool,
}

/// The segments of a whole sequence, in time order; of at most `every` steps, and none across a multiple of that.
pub(super) fn segments(layout: &Layout<'_>, at: &Stretch, every: usize) -> Vec<Segment> {
    let mut segments = Vec::new();
    for (is_fresh, rows) in layout.runs(at) {
        let run = Stretch { rows, ..at.clone() };
        let (first, end) = (run.elapsed(), run.elapsed() + run.rows.len());
        let mut elapsed = first;
        while elapsed < end {
            let next = ((elapsed / every + 1) * every).min(end);
            let is_fresh = is_fresh && elapsed == first;
            segments.push(Segment { elapsed, count: next - elapsed, is_fresh });
            elapsed = next;
        }
    }
    segments
}

/// The states that enter every `every`th step of a sequence.
#[derive(Debug)]
pub(in super::super) struct Kept<F, const P: usize> {
    pub(super) every: usize,
    /// Elements of a state: `[states, width]` of each block.
    size: usize,
    planes: [Vec<F>; P],
}

impl<F: Real, const P: usize> Kept<F, P> {
    pub(super) fn new(every: usize, size: usize) -> Self {
        Self { every, size, planes: [(); P].map(|()| Vec::new()) }
    }

    /// Makes room for the states of so many steps.
    pub(super) fn make_room(&mut self, steps: usize) {
        let count = steps.div_ceil(self.every) * self.size;
        self.planes.iter_mut().for_each(|plane| plane.resize(count, F::zero()));
    }

    /// Tells of the state that enters a step before which so many came.
    pub(in super::super) fn pass(&mut self, elapsed: usize, now: &[&mut [F]; P]) {
        if elapsed.is_multiple_of(self.every) {
            let first = elapsed / self.every * self.size;
            for (plane, now) in self.planes.iter_mut().zip(now) {
                plane[first..first + self.size].copy_from_slice(now);
            }
        }
    }

    /// What a segment of blocks' states starts from, but one that starts from zero.
    pub(super) fn start(&self, segment: Segment) -> [&[F]; P] {
        let first = segment.elapsed / self.every * self.size;
        self.planes.each_ref().map(|plane| &plane[first..first + self.size])
    }
}
