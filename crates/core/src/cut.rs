//! Cuts the buffers of a call into those of its jobs.

use crate::{
    Real,
    driver::{Context, Operator, Shape},
    layout::{Layout, Stretch},
    link::{Chain, Chained, Link, take, take_end, whole},
    rows::RowsMut,
};

/// The sizes by which buffers are cut.
#[derive(Clone, Copy)]
pub(crate) struct Cut<'a, const O: usize> {
    pub(crate) shape: Shape<O>,
    pub(crate) layout: &'a Layout<'a>,
    /// Whether outputs are written past the caches.
    pub(crate) streams: bool,
}

/// Consecutive sequences, computed one after the other.
pub(crate) struct Group<'a, F, const S: usize, const O: usize> {
    pub(crate) first: usize,
    pub(crate) last: usize,
    pub(crate) state: [&'a mut [F]; S],
    pub(crate) out: [&'a mut [F]; O],
}

/// A stretch and its outputs.
pub(crate) struct Piece<'a, F, const O: usize> {
    pub(crate) at: Stretch,
    pub(crate) out: [RowsMut<'a, F>; O],
}

/// A stretch and all it needs.
pub(crate) struct Job<'a, F, const S: usize, const O: usize> {
    pub(crate) at: Stretch,
    pub(crate) link: Link<'a, F, S>,
    pub(crate) out: [RowsMut<'a, F>; O],
}

impl<F: Real, const S: usize, const O: usize> Group<'_, F, S, O> {
    pub(crate) fn run(
        mut self,
        operator: &impl Operator<F, S, O>,
        context: Context<'_>,
        cut: Cut<'_, O>,
    ) {
        for sequence in self.first..self.last {
            let state = take(&mut self.state, [cut.state(); S]);
            let out = cut.take_rows(sequence, &mut self.out);
            let at = cut.layout.stretch(sequence, cut.layout.rows(sequence), 0..cut.shape.columns);
            if !at.rows.is_empty() {
                operator.pass(context, &at, Link::Alone(state), whole(out, cut.row(), cut.streams));
            }
        }
    }
}

impl<'a, const O: usize> Cut<'a, O> {
    /// Elements of a sequence's state.
    pub(crate) fn state(&self) -> usize {
        self.shape.columns * self.shape.depth
    }

    /// Elements of each output's row.
    pub(crate) fn row(&self) -> [usize; O] {
        self.shape.row()
    }

    /// Takes a sequence's rows off the outputs; padding is zeroed and left out.
    fn take_rows<'b, F: Real>(
        &self,
        sequence: usize,
        out: &mut [&'b mut [F]; O],
    ) -> [&'b mut [F]; O] {
        let (padded, rows) = (self.layout.padded(sequence), self.layout.rows(sequence));
        let mut all = take(out, self.row().map(|width| width * padded.len()));
        let kept = take(&mut all, self.row().map(|width| width * rows.len()));
        all.into_iter().for_each(|padding| padding.fill(F::zero()));
        kept
    }

    pub(crate) fn groups<'b, F: Real, const S: usize>(
        self,
        group: usize,
        mut state: [&'b mut [F]; S],
        mut out: [&'b mut [F]; O],
    ) -> impl Iterator<Item = Group<'b, F, S, O>> + Send {
        let sequences = self.layout.sequences();
        (0..sequences).step_by(group).map(move |first| {
            let last = (first + group).min(sequences);
            let rows = self.layout.padded(last - 1).end - self.layout.padded(first).start;
            Group {
                first,
                last,
                state: take(&mut state, [self.state() * (last - first); S]),
                out: take(&mut out, self.row().map(|width| width * rows)),
            }
        })
    }

    pub(crate) fn blocks<'b, F: Real, const S: usize>(
        self,
        block: usize,
        mut state: [&'b mut [F]; S],
        mut out: [&'b mut [F]; O],
    ) -> Vec<Job<'b, F, S, O>> {
        let Shape { columns, depth, widths, .. } = self.shape;
        let mut jobs = Vec::new();
        for sequence in 0..self.layout.sequences() {
            let mut state = take(&mut state, [self.state(); S]);
            let mut widths = widths.into_iter();
            let mut out = self.take_rows(sequence, &mut out).map(|data| {
                RowsMut::blocks(data, columns, block, widths.next().unwrap_or(0)).into_iter()
            });
            let rows = self.layout.rows(sequence);
            for start in (0..columns).step_by(block).take_while(|_| !rows.is_empty()) {
                let end = (start + block).min(columns);
                let pieces =
                    out.each_mut().map(|blocks| blocks.next().unwrap_or(RowsMut::Pieces(vec![])));
                jobs.push(Job {
                    at: self.layout.stretch(sequence, rows.clone(), start..end),
                    link: Link::Alone(take(&mut state, [(end - start) * depth; S])),
                    out: pieces,
                });
            }
        }
        jobs
    }

    /// All rows, cut into chunks of time: those of each sequence, in time order.
    pub(crate) fn chunks<'b, F: Real>(
        self,
        chunk: usize,
        mut out: [&'b mut [F]; O],
    ) -> Vec<Vec<Piece<'b, F, O>>> {
        let one = |sequence| {
            let mut out = self.take_rows(sequence, &mut out);
            let mut rest = self.layout.rows(sequence);
            let mut pieces = Vec::new();
            while !rest.is_empty() {
                let count = chunk.min(rest.len());
                let counts = self.row().map(|width| width * count);
                let at = self.layout.stretch(sequence, 0..0, 0..self.shape.columns);
                let (rows, out) = if at.reverse {
                    rest.end -= count;
                    (rest.end..rest.end + count, take_end(&mut out, counts))
                } else {
                    rest.start += count;
                    (rest.start - count..rest.start, take(&mut out, counts))
                };
                let out = whole(out, self.row(), self.streams);
                pieces.push(Piece { at: Stretch { rows, ..at }, out });
            }
            pieces
        };
        (0..self.layout.sequences()).map(one).collect()
    }

    /// The jobs of chunks that hand on their states.
    pub(crate) fn chained<'b, F: Real, const S: usize>(
        self,
        chunks: Vec<Vec<Piece<'b, F, O>>>,
        chain: &'b Chain<F, S>,
        mut state: [&'b mut [F]; S],
    ) -> Vec<Job<'b, F, S, O>> {
        let mut jobs: Vec<Job<'b, F, S, O>> = Vec::new();
        for pieces in chunks {
            let state = take(&mut state, [self.state(); S]);
            if !pieces.is_empty() {
                chain.set(jobs.len(), state.each_ref().map(|plane| plane.to_vec()));
            }
            let (first, last) = (jobs.len(), jobs.len() + pieces.len());
            let mut state = Some(state);
            for Piece { at, out } in pieces {
                let index = jobs.len();
                let last = if index + 1 == last { state.take() } else { None };
                let link = Chained { chain, index, is_first: index == first, last };
                jobs.push(Job { at, link: Link::Chained(link), out });
            }
        }
        jobs
    }
}
