//! Rows of a recurrence that follow each other in memory.

use super::{Step, group::Group, place::Place};
use crate::{
    Real,
    rows::{Rows, RowsMut},
    stream::IS_POSSIBLE,
};
use fearless_simd::{Simd, prelude::*};
use std::ops::Range;

/// Whether registers can hold the states of a row: WebAssembly has none to spare.
const HOLDS_ROWS: bool = !cfg!(target_arch = "wasm32");

/// Rows that follow each other in memory, and what they are computed from.
pub(super) struct Piece<'a, F, T, const I: usize, const O: usize> {
    step: T,
    /// The number of rows, and whether time runs from the last to the first.
    pub(super) steps: (usize, bool),
    inputs: [Rows<'a, F>; I],
    out: [RowsMut<'a, F>; O],
    /// Where the state of a row is within the whole.
    columns: Range<usize>,
    /// Of a row, where their states fit the registers; else 0.
    pub(super) vectors: usize,
    /// Whether outputs are written past the caches.
    streams: bool,
}

impl<'a, F: Real, T, const I: usize, const O: usize> Piece<'a, F, T, I, O> {
    #[inline(always)]
    pub(super) fn new<L: Simd>(
        step: T,
        steps: (usize, bool),
        inputs: [Rows<'a, F>; I],
        out: [RowsMut<'a, F>; O],
        columns: Range<usize>,
    ) -> Self {
        let (width, size) = (columns.len(), F::Vector::<L>::LEN);
        let fits = width.is_multiple_of(size) && HOLDS_ROWS;
        let vectors = if fits && [4, 8].contains(&(width / size)) { width / size } else { 0 };
        let streams = O > 0 && out.iter().all(RowsMut::streams);
        Self { step, steps, inputs, out, columns, vectors, streams }
    }

    /// Advances the state through rows, counted in time order.
    #[inline(always)]
    pub(super) fn advance<const S: usize>(
        &mut self,
        simd: impl Simd,
        rows: Range<usize>,
        place: &mut Place<'_, F, S>,
    ) where
        T: Step<I, S, O>,
    {
        let state = place.now(self.columns.clone());
        if IS_POSSIBLE && self.streams {
            self.compute::<_, S, true>(simd, rows, state);
        } else {
            self.compute::<_, S, false>(simd, rows, state);
        }
    }

    /// The same; where it `STREAMS`, outputs are written past the caches.
    #[inline(always)]
    fn compute<L: Simd, const S: usize, const STREAMS: bool>(
        &mut self,
        simd: L,
        rows: Range<usize>,
        state: [&mut [F]; S],
    ) where
        T: Step<I, S, O>,
    {
        match self.vectors {
            4 if HOLDS_ROWS => self.compute_few::<_, S, 4, STREAMS>(simd, rows, state),
            8 if HOLDS_ROWS => self.compute_few::<_, S, 8, STREAMS>(simd, rows, state),
            _ => self.compute_any::<_, S, STREAMS>(simd, rows, state),
        }
    }

    /// The `k`th row in time of each input and output.
    #[inline(always)]
    fn row(&mut self, k: usize) -> ([&[F]; I], [&mut [F]; O]) {
        let (count, reverse) = self.steps;
        let t = if reverse { count - 1 - k } else { k };
        let (mut inputs, mut out) = ([&[][..]; I], [(); O].map(|()| &mut [][..]));
        for (row, rows) in inputs.iter_mut().zip(&self.inputs) {
            *row = rows.row(t);
        }
        for (row, rows) in out.iter_mut().zip(&mut self.out) {
            *row = rows.row(t);
        }
        (inputs, out)
    }

    /// Rows of `N` vectors, whose states stay in registers.
    #[inline(always)]
    fn compute_few<L: Simd, const S: usize, const N: usize, const STREAMS: bool>(
        &mut self,
        simd: L,
        rows: Range<usize>,
        mut state: [&mut [F]; S],
    ) where
        T: Step<I, S, O>,
    {
        let before = state.each_ref().map(|plane| &**plane);
        let mut now = Group::<F::Vector<L>, S, N>::load(simd, before);
        let step = self.step;
        for k in rows {
            let (inputs, out) = self.row(k);
            now.advance::<_, _, I, O, STREAMS>(step, inputs, out);
        }
        now.store(state.each_mut().map(|plane| &mut **plane));
    }

    /// Rows of any width, whose states are in memory.
    #[inline(always)]
    fn compute_any<L: Simd, const S: usize, const STREAMS: bool>(
        &mut self,
        simd: L,
        rows: Range<usize>,
        mut now: [&mut [F]; S],
    ) where
        T: Step<I, S, O>,
    {
        let (step, width) = (self.step, now.first().map_or(0, |plane| plane.len()));
        for k in rows {
            let (inputs, mut out) = self.row(k);
            let (state, out) = (&mut now, &mut out);
            let done = vectors::<_, _, F::Vector<L>, I, S, O, 4, STREAMS>(
                simd, step, 0, inputs, state, out,
            );
            let done = vectors::<_, _, F::Block<L>, I, S, O, 1, STREAMS>(
                simd, step, done, inputs, state, out,
            );
            for column in done..width {
                let x = inputs.map(|row| F::Block::<L>::simd_from(simd, row[column]));
                let before = now.each_ref().map(|row| F::Block::<L>::simd_from(simd, row[column]));
                let (after, given) = step.step(x, before);
                now.iter_mut().zip(after).for_each(|(plane, x)| plane[column] = x[0]);
                out.iter_mut().zip(given).for_each(|(plane, x)| plane[column] = x[0]);
            }
        }
    }
}

/// Computes columns from the given one on, `N` vectors at a time; gives the first column that is left.
#[inline(always)]
fn vectors<
    T: Simd,
    F: Real,
    V: SimdFloat<T, Element = F>,
    const I: usize,
    const S: usize,
    const O: usize,
    const N: usize,
    const STREAMS: bool,
>(
    simd: T,
    step: impl Step<I, S, O>,
    mut column: usize,
    inputs: [&[F]; I],
    state: &mut [&mut [F]; S],
    out: &mut [&mut [F]; O],
) -> usize {
    let width = state.first().map_or(0, |plane| plane.len());
    while column + N * V::LEN <= width {
        let columns = column..column + N * V::LEN;
        let state = state.each_mut().map(|row| &mut row[columns.clone()]);
        let mut now = Group::<V, S, N>::load(simd, state.each_ref().map(|row| &**row));
        let out = out.each_mut().map(|row| &mut row[columns.clone()]);
        let inputs = inputs.map(|row| &row[columns.clone()]);
        now.advance::<_, _, I, O, STREAMS>(step, inputs, out);
        now.store(state);
        column = columns.end;
    }
    column
}
