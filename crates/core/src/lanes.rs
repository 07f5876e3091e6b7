//! Recurrences whose columns do not depend on each other, and whose outputs are their states.

use crate::{
    Real,
    rows::{Rows, RowsMut},
    stream,
};
use bytemuck::{Pod, Zeroable};
use fearless_simd::{Level, Simd, prelude::*};

/// Columns of a plane that are streamed in one go. The lines of two planes in turn would leave before
/// they are full; and the stores of many at once would not overlap with the reads of what comes next.
const BURST: usize = 512;

/// What a step does to the lanes of a vector: turns inputs and states into the next states.
pub(crate) trait Step<const I: usize, const S: usize>: Copy {
    fn step<T: Simd, F: Real, V>(self, inputs: [V; I], state: [V; S]) -> [V; S]
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

/// Advances `state` through `count` rows in time order, writing every state it passes to the
/// outputs.
#[inline(always)]
pub(crate) fn advance<T: Simd, F: Real, const I: usize, const S: usize>(
    simd: T,
    step: impl Step<I, S>,
    (count, reverse): (usize, bool),
    inputs: [Rows<'_, F>; I],
    state: [&mut [F]; S],
    mut out: [RowsMut<'_, F>; S],
) {
    let streams = out.iter().all(RowsMut::streams);
    let mut home = state.each_ref().map(|plane| Home::of(plane));
    let mut now = home.each_mut().map(Home::numbers);
    for k in 0..count {
        let t = if reverse { count - 1 - k } else { k };
        let inputs = inputs.each_ref().map(|rows| rows.row(t));
        let mut out = out.each_mut().map(|rows| rows.row(t));
        match (streams, S) {
            (false, _) => row(simd, step, inputs, &mut now, &mut out, Write::Stored),
            (true, 1) => row(simd, step, inputs, &mut now, &mut out, Write::Streamed),
            (true, _) => {
                let width = now.first().map_or(0, |plane| plane.len());
                for first in (0..width).step_by(BURST) {
                    let columns = first..(first + BURST).min(width);
                    let inputs = inputs.map(|row| &row[columns.clone()]);
                    let mut now = now.each_mut().map(|plane| &mut plane[columns.clone()]);
                    let mut out = out.each_mut().map(|row| &mut row[columns.clone()]);
                    row(simd, step, inputs, &mut now, &mut out, Write::Nothing);
                    out.iter_mut().zip(&now).for_each(|(out, now)| stream::copy(now, out));
                }
            }
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

/// How the states of a row get to the outputs.
#[derive(Clone, Copy, PartialEq)]
enum Write {
    Nothing,
    Stored,
    Streamed,
}

/// Moves `state` on by a row.
#[inline(always)]
fn row<T: Simd, F: Real, const I: usize, const S: usize>(
    simd: T,
    step: impl Step<I, S>,
    inputs: [&[F]; I],
    state: &mut [&mut [F]; S],
    out: &mut [&mut [F]; S],
    write: Write,
) {
    let done = vectors::<_, _, F::Vector<T>, I, S, 4>(simd, step, 0, inputs, state, out, write);
    let done = vectors::<_, _, F::Block<T>, I, S, 1>(simd, step, done, inputs, state, out, write);
    for column in done..state.first().map_or(0, |plane| plane.len()) {
        let x = inputs.map(|row| F::Block::<T>::simd_from(simd, row[column]));
        let before = state.each_ref().map(|row| F::Block::<T>::simd_from(simd, row[column]));
        for (plane, after) in step.step(x, before).into_iter().enumerate() {
            state[plane][column] = after[0];
            if write != Write::Nothing {
                out[plane][column] = after[0];
            }
        }
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
    const N: usize,
>(
    simd: T,
    step: impl Step<I, S>,
    mut column: usize,
    inputs: [&[F]; I],
    state: &mut [&mut [F]; S],
    out: &mut [&mut [F]; S],
    write: Write,
) -> usize {
    let width = state.first().map_or(0, |plane| plane.len());
    while column + N * V::LEN <= width {
        let group = column..column + N * V::LEN;
        let inputs = inputs.map(|row| &row[group.clone()]);
        let state = state.each_mut().map(|row| &mut row[group.clone()]);
        let out = out.each_mut().map(|row| &mut row[group.clone()]);
        for k in 0..N {
            let lanes = k * V::LEN..(k + 1) * V::LEN;
            let x = inputs.map(|row| V::from_slice(simd, &row[lanes.clone()]));
            let before = state.each_ref().map(|row| V::from_slice(simd, &row[lanes.clone()]));
            for (plane, after) in step.step(x, before).into_iter().enumerate() {
                after.store_slice(&mut state[plane][lanes.clone()]);
                match write {
                    Write::Nothing => {}
                    Write::Stored => after.store_slice(&mut out[plane][lanes.clone()]),
                    Write::Streamed => {
                        stream::copy(after.as_slice(), &mut out[plane][lanes.clone()])
                    }
                }
            }
        }
        column = group.end;
    }
    column
}
