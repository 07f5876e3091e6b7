//! A call of any scan, with everything it borrows.

use ssm_scan_core::{Dims, Options, Real};
use std::ops::Range;

/// Numbers in planes: one of real numbers, two of complex ones.
pub(crate) type Planes<F> = Vec<Vec<F>>;

#[derive(Clone, Debug)]
pub(crate) struct Call<F> {
    pub(crate) dims: Dims,
    /// Gates; a row has [`Operator::gate`](super::Operator::gate) elements.
    pub(crate) a: Planes<F>,
    pub(crate) b: Planes<F>,
    pub(crate) state: Planes<F>,
    pub(crate) reverse: bool,
    pub(crate) reset: Option<Vec<u8>>,
    pub(crate) cu_seqlens: Option<Vec<i32>>,
    pub(crate) lengths: Option<Vec<i32>>,
    pub(crate) deterministic: Option<bool>,
}

/// What a scan computes.
#[derive(Clone, Debug)]
pub(crate) struct Output<F> {
    pub(crate) h: Planes<F>,
    pub(crate) state: Planes<F>,
}

impl<F: Real> Output<F> {
    /// Equal where every bit is.
    pub(crate) fn bits(&self) -> Vec<u64> {
        self.h.iter().chain(&self.state).flatten().map(|x| x.wide().to_bits()).collect()
    }

    /// The states of the given steps.
    pub(crate) fn rows(&self, width: usize, rows: &[usize]) -> Planes<F> {
        self.h.iter().map(|plane| pick(plane, width, rows)).collect()
    }
}

/// The given rows of `width` elements.
pub(crate) fn pick<F: Copy>(data: &[F], width: usize, rows: &[usize]) -> Vec<F> {
    rows.iter().flat_map(|&row| data[row * width..(row + 1) * width].iter().copied()).collect()
}

impl<F: Real> Call<F> {
    pub(crate) fn options(&self) -> Options<'_> {
        Options {
            reverse: self.reverse,
            reset: self.reset.as_deref(),
            cu_seqlens: self.cu_seqlens.as_deref(),
            lengths: self.lengths.as_deref(),
            deterministic: self.deterministic,
        }
    }

    /// The steps of each sequence that count, as rows.
    pub(crate) fn sequences(&self) -> Vec<Range<usize>> {
        if let Some(bounds) = &self.cu_seqlens {
            return bounds.windows(2).map(|pair| pair[0] as usize..pair[1] as usize).collect();
        }
        let length = self.dims.length;
        let count = |i: usize| self.lengths.as_ref().map_or(length, |lengths| lengths[i] as usize);
        (0..self.dims.batch).map(|i| i * length..i * length + count(i)).collect()
    }

    /// The row of the gates, of `width` elements, that serves row `t`.
    pub(crate) fn gate_row(&self, width: usize, t: usize) -> usize {
        match self.a[0].len() {
            n if n == self.dims.rows() * width => t,
            n if n == self.dims.length * width => t % self.dims.length,
            _ => 0,
        }
    }

    /// The same numbers in `f64`.
    pub(crate) fn widened(&self) -> Call<f64> {
        let widen = |planes: &Planes<F>| -> Planes<f64> {
            planes.iter().map(|plane| plane.iter().map(|x| x.wide()).collect()).collect()
        };
        Call {
            dims: self.dims,
            a: widen(&self.a),
            b: widen(&self.b),
            state: widen(&self.state),
            reverse: self.reverse,
            reset: self.reset.clone(),
            cu_seqlens: self.cu_seqlens.clone(),
            lengths: self.lengths.clone(),
            deterministic: self.deterministic,
        }
    }

    /// The call with only the given rows, in the given order, as a `batch` of sequences; `width` is
    /// that of the gates. Gates get a row for each step; the state stays.
    pub(crate) fn rows(&self, width: usize, batch: usize, rows: &[usize]) -> Self {
        let gates: Vec<usize> = rows.iter().map(|&t| self.gate_row(width, t)).collect();
        let channels = self.dims.channels;
        Self {
            dims: Dims { batch, length: rows.len() / batch.max(1), channels },
            a: self.a.iter().map(|plane| pick(plane, width, &gates)).collect(),
            b: self.b.iter().map(|plane| pick(plane, channels, rows)).collect(),
            reset: self.reset.as_ref().map(|reset| pick(reset, 1, rows)),
            ..self.clone()
        }
    }

    /// Sequence `i` alone.
    pub(crate) fn sequence(&self, width: usize, i: usize) -> Self {
        let rows: Vec<usize> = self.sequences()[i].clone().collect();
        Self {
            state: self.state.iter().map(|s| pick(s, self.dims.channels, &[i])).collect(),
            cu_seqlens: None,
            lengths: None,
            ..self.rows(width, 1, &rows)
        }
    }

    /// All rows with the steps of every sequence in the opposite order.
    pub(crate) fn mirrored_rows(&self) -> Vec<usize> {
        let mut rows: Vec<usize> = (0..self.dims.rows()).collect();
        self.sequences().into_iter().for_each(|sequence| rows[sequence].reverse());
        rows
    }
}
