//! Inputs: a row for each step, or fewer rows that serve many steps.

use crate::{Dims, Engine, Error, Real, layout::Stretch, rows::Rows};

/// An input of a scan, `[batch, length, width]`, `[length, width]` or `[width]`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Signal<'a, F> {
    data: &'a [F],
    width: usize,
    spread: Spread,
}

/// Which steps share a row.
#[derive(Clone, Copy, Debug)]
enum Spread {
    /// None.
    Full,
    /// The same step of every sequence, of `length` steps each.
    Sequences { length: usize },
    /// All of them.
    Everything,
}

impl<'a, F> Signal<'a, F> {
    /// An input with a row of `width` for each step of each sequence.
    pub(crate) fn full(
        argument: &'static str,
        data: &'a [F],
        dims: Dims,
        width: usize,
    ) -> Result<Self, Error> {
        crate::dims::check(argument, dims.rows().saturating_mul(width), data.len())?;
        Ok(Self { data, width, spread: Spread::Full })
    }

    /// An input that may be broadcast over sequences or over everything; its length tells.
    pub(crate) fn broadcast(
        argument: &'static str,
        data: &'a [F],
        dims: Dims,
        width: usize,
    ) -> Result<Self, Error> {
        let full = dims.rows().saturating_mul(width);
        let timed = dims.length.saturating_mul(width);
        let spread = match data.len() {
            actual if actual == full => Spread::Full,
            actual if actual == timed => Spread::Sequences { length: dims.length },
            actual if actual == width => Spread::Everything,
            actual => {
                let expected = format!(
                    "{full} (a row for each step), {timed} (shared by the sequences) or {width} (shared by all)"
                );
                return Err(Error::Length { argument, expected, actual });
            }
        };
        Ok(Self { data, width, spread })
    }

    /// Elements of it.
    pub(crate) fn len(&self) -> usize {
        self.data.len()
    }

    /// Whether one row serves all steps of all sequences.
    pub(crate) fn is_shared(&self) -> bool {
        matches!(self.spread, Spread::Everything)
    }

    /// The rows of a stretch, cut to its columns of `depth` elements each.
    pub(crate) fn at(&self, at: &Stretch, depth: usize) -> Rows<'a, F> {
        let (first, pitch) = match self.spread {
            Spread::Full => (at.rows.start, self.width),
            Spread::Sequences { length } => (at.rows.start - at.sequence * length, self.width),
            Spread::Everything => (0, 0),
        };
        let columns = at.columns.start * depth..at.columns.end * depth;
        Rows::new(&self.data[(first * self.width).min(self.data.len())..], pitch, columns)
    }
}

/// Rows whose sum is taken by one thread.
const SUM: usize = 1024;

impl<F: Real> Signal<'_, F> {
    /// Fills `out` with the gradient of this signal, given `fill` for that of all its rows, `full` elements: rows
    /// that serve many steps get the sum of theirs, in `f64` and in the same order on any number of threads.
    pub(crate) fn gather(
        &self,
        engine: &Engine,
        full: usize,
        out: &mut [F],
        fill: impl FnOnce(&mut [F]),
    ) {
        let width = self.width.max(1);
        if full == out.len() && matches!(self.spread, Spread::Full) {
            return fill(out);
        }
        let mut all = vec![F::zero(); full];
        fill(&mut all);
        let sum = |rows: &[F], pitch: usize| {
            let mut sum = vec![0.0; width];
            for row in rows.chunks(pitch) {
                sum.iter_mut().zip(row).for_each(|(sum, x)| *sum += x.wide());
            }
            sum
        };
        match self.spread {
            Spread::Full => {}
            Spread::Sequences { length } => {
                let pitch = (length * width).max(1);
                engine.rows(4, width, out, |rows, out| {
                    for (t, out) in rows.zip(out.chunks_exact_mut(width)) {
                        let sum = sum(&all[(t * width).min(all.len())..], pitch);
                        out.iter_mut().zip(sum).for_each(|(out, sum)| *out = F::of(sum));
                    }
                });
            }
            Spread::Everything => {
                let parts = engine.pool().map(all.chunks(SUM * width), |rows| sum(rows, width));
                let total = parts.into_iter().reduce(|mut total, part| {
                    total.iter_mut().zip(part).for_each(|(total, part)| *total += part);
                    total
                });
                let total = total.unwrap_or_else(|| vec![0.0; width]);
                out.iter_mut().zip(total).for_each(|(out, sum)| *out = F::of(sum));
            }
        }
    }
}
