//! Inputs: a row for each step, or fewer rows that serve many steps.

use crate::{Dims, Error, layout::Stretch, rows::Rows};

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
