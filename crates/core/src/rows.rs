//! Rows of signals, to read and to write.

use crate::{Real, stream};
use std::ops::Range;

/// Rows to read: `columns` of every `pitch` elements, or the same ones again where `pitch` is 0.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rows<'a, F> {
    data: &'a [F],
    pitch: usize,
    width: usize,
}

impl<'a, F> Rows<'a, F> {
    /// Rows that start at the start of `data`.
    pub(crate) fn new(data: &'a [F], pitch: usize, columns: Range<usize>) -> Self {
        Self { data: data.get(columns.start..).unwrap_or(&[]), pitch, width: columns.len() }
    }

    /// Row `t`.
    #[inline(always)]
    pub(crate) fn row(&self, t: usize) -> &'a [F] {
        &self.data[t * self.pitch..][..self.width]
    }

    /// Rows of `width` elements, one after the other, from the given element on.
    #[inline(always)]
    pub(crate) fn from(&self, element: usize, width: usize) -> Self {
        Self { data: &self.data[element..], pitch: width, width }
    }

    /// Whether rows stand one after the other.
    pub(crate) fn is_flat(&self) -> bool {
        self.pitch == self.width
    }

    /// So many rows as one slice, where they stand one after the other.
    pub(crate) fn flat(&self, count: usize) -> Option<&'a [F]> {
        self.is_flat().then(|| &self.data[..count * self.width])
    }
}

/// Rows to write: all columns of consecutive rows, or a piece of each.
#[derive(Debug)]
pub(crate) enum RowsMut<'a, F> {
    /// Whole rows of `width` elements.
    Whole {
        /// The rows, one after the other.
        data: &'a mut [F],
        /// Elements of a row.
        width: usize,
        /// Whether they are to be written past the caches.
        streams: bool,
    },
    /// A piece of each row.
    Pieces(Vec<&'a mut [F]>),
}

impl<'a, F: Real> RowsMut<'a, F> {
    /// Row `t`.
    #[inline(always)]
    pub(crate) fn row(&mut self, t: usize) -> &mut [F] {
        match self {
            Self::Whole { data, width, .. } => &mut data[t * *width..][..*width],
            Self::Pieces(rows) => rows[t],
        }
    }

    /// Whether they are to be written past the caches, and stand so that it is fast.
    pub(crate) fn streams(&self) -> bool {
        match self {
            Self::Whole { data, width, streams } => *streams && stream::is_apt(data, *width),
            Self::Pieces(_) => false,
        }
    }

    /// How many elements stand before the first cache line, where rows are to be written past the caches and are
    /// whole lines; else none.
    pub(crate) fn skew(&self) -> Option<usize> {
        match self {
            Self::Whole { data, width, .. } if self.streams() => stream::skew(data, *width),
            _ => None,
        }
    }

    /// Takes `count` rows of `width` elements off the start of whole rows.
    pub(crate) fn split_off(&mut self, count: usize, width: usize) -> Self {
        let (data, streams) = match self {
            Self::Whole { data, streams, .. } => (data.split_off_mut(..count * width), *streams),
            Self::Pieces(_) => (None, false),
        };
        Self::Whole { data: data.unwrap_or_default(), width, streams }
    }

    /// All elements of whole rows, one row after the other; none of pieces.
    pub(crate) fn whole(&mut self) -> &mut [F] {
        match self {
            Self::Whole { data, .. } => data,
            Self::Pieces(_) => &mut [],
        }
    }

    /// The same rows, for a shorter while.
    pub(crate) fn reborrow(&mut self, rows: Range<usize>) -> RowsMut<'_, F> {
        match self {
            &mut Self::Whole { ref mut data, width, streams } => RowsMut::Whole {
                data: &mut data[rows.start * width..rows.end * width],
                width,
                streams,
            },
            Self::Pieces(pieces) => {
                RowsMut::Pieces(pieces[rows].iter_mut().map(|row| &mut **row).collect())
            }
        }
    }

    /// Consecutive blocks of at most `block` columns of `depth` elements, each of all rows.
    pub(crate) fn blocks(
        data: &'a mut [F],
        columns: usize,
        block: usize,
        depth: usize,
    ) -> Vec<Self> {
        if block >= columns {
            return vec![Self::Whole { data, width: columns * depth, streams: false }];
        }
        let mut blocks: Vec<Vec<&mut [F]>> = Vec::new();
        blocks.resize_with(columns.div_ceil(block), Vec::new);
        for row in data.chunks_exact_mut(columns * depth) {
            for (block, piece) in blocks.iter_mut().zip(row.chunks_mut(block * depth)) {
                block.push(piece);
            }
        }
        blocks.into_iter().map(Self::Pieces).collect()
    }
}

/// Visits `count` rows in time order.
#[inline(always)]
pub(crate) fn walk<F, const I: usize>(
    count: usize,
    reverse: bool,
    inputs: [Rows<'_, F>; I],
    mut step: impl FnMut(usize, [&[F]; I]),
) {
    for k in 0..count {
        let t = if reverse { count - 1 - k } else { k };
        step(t, inputs.each_ref().map(|rows| rows.row(t)));
    }
}
