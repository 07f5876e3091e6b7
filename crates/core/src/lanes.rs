//! Recurrences whose columns do not depend on each other, computed vector by vector.

use crate::{
    Real,
    rows::{Rows, RowsMut},
    stream,
};
use bytemuck::{Pod, Zeroable};
use fearless_simd::{Level, Simd, prelude::*};

/// What a step does to the lanes of a vector: turns inputs and states into the next states and outputs.
pub(crate) trait Step<const I: usize, const S: usize, const O: usize>: Copy {
    fn step<T: Simd, F: Real, V>(self, inputs: [V; I], state: [V; S]) -> ([V; S], [V; O])
    where
        V: SimdFloat<T, Element = F>;
}

/// The level that suits these recurrences. They wait for memory, so AVX-512 has nothing to give, and
/// its masks take an instruction more.
pub(crate) fn suited(level: Level) -> Level {
    #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
    if let Some(avx2) = level.as_avx2() {
        return Level::Avx2(avx2);
    }
    level
}

/// Advances `state` through `count` rows in time order; inputs and outputs have as many columns as it has.
#[inline(always)]
pub(crate) fn advance<T: Simd, F: Real, const I: usize, const S: usize, const O: usize>(
    simd: T,
    step: impl Step<I, S, O>,
    (count, reverse): (usize, bool),
    inputs: [Rows<'_, F>; I],
    state: [&mut [F]; S],
    mut out: [RowsMut<'_, F>; O],
) {
    let streams = O > 0 && out.iter().all(RowsMut::streams);
    let mut home = state.each_ref().map(|plane| Home::of(plane));
    let mut now = home.each_mut().map(Home::numbers);
    for k in 0..count {
        let t = if reverse { count - 1 - k } else { k };
        let inputs = inputs.each_ref().map(|rows| rows.row(t));
        let mut out = out.each_mut().map(|rows| rows.row(t));
        if streams {
            row::<_, _, I, S, O, true>(simd, step, inputs, &mut now, &mut out);
        } else {
            row::<_, _, I, S, O, false>(simd, step, inputs, &mut now, &mut out);
        }
    }
    state.into_iter().zip(now).for_each(|(state, now)| state.copy_from_slice(now));
    if streams {
        stream::fence();
    }
}

/// A plane of the state for as long as a stretch lasts: at the start of a cache line. Vectors that
/// straddle two lines, or worse, two pages, would be written and read again in every row.
pub(crate) struct Home {
    lines: Vec<Line>,
    bytes: usize,
}

#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C, align(64))]
struct Line([u8; 64]);

impl Home {
    fn of<F: Real>(plane: &[F]) -> Self {
        let mut home = Self::zeros::<F>(plane.len());
        home.numbers().copy_from_slice(plane);
        home
    }

    /// So many zeros.
    pub(crate) fn zeros<F: Real>(count: usize) -> Self {
        let bytes = count * size_of::<F>();
        Self { lines: vec![Line::zeroed(); bytes.div_ceil(size_of::<Line>())], bytes }
    }

    pub(crate) fn numbers<F: Real>(&mut self) -> &mut [F] {
        bytemuck::cast_slice_mut(
            &mut bytemuck::cast_slice_mut::<_, u8>(&mut self.lines)[..self.bytes],
        )
    }

    pub(crate) fn read<F: Real>(&self) -> &[F] {
        bytemuck::cast_slice(&bytemuck::cast_slice::<_, u8>(&self.lines)[..self.bytes])
    }
}

/// Moves `state` on by a row.
#[inline(always)]
fn row<T: Simd, F: Real, const I: usize, const S: usize, const O: usize, const STREAMS: bool>(
    simd: T,
    step: impl Step<I, S, O>,
    inputs: [&[F]; I],
    state: &mut [&mut [F]; S],
    out: &mut [&mut [F]; O],
) {
    let done =
        vectors::<_, _, F::Vector<T>, I, S, O, 4, STREAMS>(simd, step, 0, inputs, state, out);
    let done =
        vectors::<_, _, F::Block<T>, I, S, O, 1, STREAMS>(simd, step, done, inputs, state, out);
    for column in done..state.first().map_or(0, |plane| plane.len()) {
        let x = inputs.map(|row| F::Block::<T>::simd_from(simd, row[column]));
        let before = state.each_ref().map(|row| F::Block::<T>::simd_from(simd, row[column]));
        let (after, given) = step.step(x, before);
        state.iter_mut().zip(after).for_each(|(plane, x)| plane[column] = x[0]);
        out.iter_mut().zip(given).for_each(|(plane, x)| plane[column] = x[0]);
    }
}

/// Computes columns from `column` on, `N` vectors at a time; the first column that is left.
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
        let group = column..column + N * V::LEN;
        let inputs = inputs.map(|row| &row[group.clone()]);
        let state = state.each_mut().map(|row| &mut row[group.clone()]);
        let mut given = [[V::splat(simd, F::zero()); N]; O];
        for k in 0..N {
            let lanes = k * V::LEN..(k + 1) * V::LEN;
            let x = inputs.map(|row| V::from_slice(simd, &row[lanes.clone()]));
            let before = state.each_ref().map(|row| V::from_slice(simd, &row[lanes.clone()]));
            let (after, now) = step.step(x, before);
            for plane in 0..S {
                after[plane].store_slice(&mut state[plane][lanes.clone()]);
            }
            for plane in 0..O {
                given[plane][k] = now[plane];
            }
        }
        // A plane after the other: lines written in turn would leave before they are full.
        for (row, given) in out.iter_mut().zip(&given) {
            for (x, to) in given.iter().zip(row[group.clone()].chunks_exact_mut(V::LEN)) {
                if STREAMS {
                    stream::copy(x.as_slice(), to);
                } else {
                    x.store_slice(to);
                }
            }
        }
        column = group.end;
    }
    column
}
