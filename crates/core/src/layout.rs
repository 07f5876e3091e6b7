//! Which steps belong to which sequence, and which way time runs through them.

use crate::{Dims, Error, dims::check};
use std::ops::Range;

/// How a scan runs over time.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options<'a> {
    /// Time runs from the last step to the first: the state enters at the end.
    pub reverse: bool,
    /// `[batch, length]`; a step that is not 0 starts from a zero state.
    pub reset: Option<&'a [u8]>,
    /// Packed sequences: where each starts, and where the last ends.
    pub cu_seqlens: Option<&'a [i32]>,
    /// `[batch]`: the steps that count in each sequence; what follows them is padding.
    pub lengths: Option<&'a [i32]>,
    /// The same bits on any number of threads; the engine's own setting where absent.
    pub deterministic: Option<bool>,
}

/// The steps of every sequence as rows, numbered through all sequences.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Layout<'a> {
    dims: Dims,
    options: Options<'a>,
}

/// Steps of one sequence, and the columns of them that a job computes.
#[derive(Clone, Debug)]
pub(crate) struct Stretch {
    /// The sequence's number.
    pub(crate) sequence: usize,
    /// Its steps, as rows.
    pub(crate) rows: Range<usize>,
    /// The columns.
    pub(crate) columns: Range<usize>,
    /// Whether time runs from the last row to the first.
    pub(crate) reverse: bool,
    /// All steps of the sequence.
    pub(crate) all: Range<usize>,
}

impl Stretch {
    /// Consecutive parts of at most `count` steps, in time order.
    pub(crate) fn parts(&self, count: usize) -> impl Iterator<Item = Self> + use<> {
        let at = self.clone();
        (0..at.rows.len()).step_by(count).map(move |done| {
            let size = count.min(at.rows.len() - done);
            let start = if at.reverse { at.rows.end - done - size } else { at.rows.start + done };
            Self { rows: start..start + size, ..at.clone() }
        })
    }

    /// Rows counted from the stretch's first.
    pub(crate) fn local(&self, rows: &Range<usize>) -> Range<usize> {
        rows.start - self.rows.start..rows.end - self.rows.start
    }

    /// The `k`th step in time, counted in rows from the stretch's first.
    #[inline(always)]
    pub(crate) fn row(&self, k: usize) -> usize {
        if self.reverse { self.rows.len() - 1 - k } else { k }
    }

    /// How many steps of the sequence came before.
    pub(crate) fn elapsed(&self) -> usize {
        if self.reverse { self.all.end - self.rows.end } else { self.rows.start - self.all.start }
    }
}

impl<'a> Layout<'a> {
    pub(crate) fn new(dims: Dims, options: Options<'a>) -> Result<Self, Error> {
        if let Some(reset) = options.reset {
            check("reset", dims.rows(), reset.len())?;
        }
        if let Some(bounds) = options.cu_seqlens {
            check_bounds(dims, bounds)?;
        }
        if let Some(lengths) = options.lengths {
            check_lengths(dims, lengths)?;
            if options.cu_seqlens.is_some() {
                return Err(Error::Layout("`cuSeqlens` and `lengths` exclude each other".into()));
            }
        }
        Ok(Self { dims, options })
    }

    /// How many sequences there are.
    pub(crate) fn sequences(&self) -> usize {
        self.options.cu_seqlens.map_or(self.dims.batch, |bounds| bounds.len() - 1)
    }

    /// The rows of a sequence, padding included.
    pub(crate) fn padded(&self, sequence: usize) -> Range<usize> {
        match self.options.cu_seqlens {
            Some(bounds) => bounds[sequence] as usize..bounds[sequence + 1] as usize,
            None => sequence * self.dims.length..(sequence + 1) * self.dims.length,
        }
    }

    /// The rows of a sequence that count.
    pub(crate) fn rows(&self, sequence: usize) -> Range<usize> {
        let Range { start, end } = self.padded(sequence);
        start..self.options.lengths.map_or(end, |lengths| start + lengths[sequence] as usize)
    }

    /// Steps of the longest sequence. As long as the arrays that say so, and no longer: a batch of
    /// nothing may be of any size.
    pub(crate) fn longest(&self) -> usize {
        let Options { cu_seqlens, lengths, .. } = self.options;
        match (cu_seqlens, lengths) {
            (None, None) => self.dims.length,
            _ => (0..self.sequences()).map(|i| self.rows(i).len()).max().unwrap_or(0),
        }
    }

    pub(crate) fn total_rows(&self) -> usize {
        self.dims.rows()
    }

    pub(crate) fn options(&self) -> &Options<'a> {
        &self.options
    }

    /// A stretch of the given rows.
    pub(crate) fn stretch(
        &self,
        sequence: usize,
        rows: Range<usize>,
        columns: Range<usize>,
    ) -> Stretch {
        let (all, reverse) = (self.rows(sequence), self.options.reverse);
        Stretch { sequence, rows, columns, reverse, all }
    }

    /// A stretch cut at its resets: runs in time order, each with whether it starts from zero.
    pub(crate) fn runs(&self, at: &Stretch) -> Vec<(bool, Range<usize>)> {
        let mut rest = at.rows.clone();
        let mut runs = Vec::new();
        let Some(reset) = self.options.reset else { return vec![(false, rest)] };
        let marks = at.rows.clone().filter(|&t| reset[t] != 0);
        if at.reverse {
            let mut fresh = false;
            for t in marks.rev() {
                if t + 1 < rest.end {
                    runs.push((fresh, t + 1..rest.end));
                }
                (fresh, rest.end) = (true, t + 1);
            }
            runs.push((fresh, rest));
        } else {
            let mut fresh = false;
            for t in marks {
                if t > rest.start {
                    runs.push((fresh, rest.start..t));
                }
                (fresh, rest.start) = (true, t);
            }
            runs.push((fresh, rest));
        }
        runs
    }
}

fn check_bounds(dims: Dims, bounds: &[i32]) -> Result<(), Error> {
    let refuse = |message: String| Err(Error::Layout(message));
    let (Some(&first), Some(&last)) = (bounds.first(), bounds.last()) else {
        return refuse("`cuSeqlens` has 0 elements, expected at least 1".into());
    };
    if dims.batch != 1 {
        return refuse(format!("`cuSeqlens` needs a batch of 1, got {}", dims.batch));
    }
    if first != 0 {
        return refuse(format!("`cuSeqlens` must start at 0, got {first}"));
    }
    if let Some(i) = bounds.windows(2).position(|pair| pair[0] > pair[1]) {
        let (before, after) = (bounds[i], bounds[i + 1]);
        return refuse(format!("`cuSeqlens` must rise, but {after} follows {before}"));
    }
    if last as usize != dims.length {
        return refuse(format!("`cuSeqlens` must end at length {}, got {last}", dims.length));
    }
    Ok(())
}

fn check_lengths(dims: Dims, lengths: &[i32]) -> Result<(), Error> {
    check("lengths", dims.batch, lengths.len())?;
    match lengths.iter().find(|&&n| n < 0 || n as usize > dims.length) {
        Some(n) => {
            Err(Error::Layout(format!("`lengths` must be 0 to length {}, got {n}", dims.length)))
        }
        None => Ok(()),
    }
}
