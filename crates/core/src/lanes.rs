//! Recurrences whose columns do not depend on each other, computed vector by vector.

mod group;

use crate::{
    Real,
    home::Home,
    rows::{Rows, RowsMut},
    stream,
};
use fearless_simd::{Level, Simd, prelude::*};
use group::Group;

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

/// Rows to compute: their number and whether time runs from the last to the first, the inputs, rows as many that will
/// be read soon, the outputs.
struct Signals<'a, 'b, F, const I: usize, const O: usize> {
    steps: (usize, bool),
    inputs: [Rows<'a, F>; I],
    soon: &'b [Rows<'a, F>],
    out: [RowsMut<'b, F>; O],
}

impl<F: Real, const I: usize, const O: usize> Signals<'_, '_, F, I, O> {
    /// Visits the rows in time order.
    #[inline(always)]
    fn walk(&mut self, mut visit: impl FnMut([&[F]; I], [&mut [F]; O])) {
        let (count, reverse) = self.steps;
        for k in 0..count {
            let t = if reverse { count - 1 - k } else { k };
            self.soon.iter().for_each(|rows| stream::prefetch_all(rows.row(t)));
            let inputs = self.inputs.each_ref().map(|rows| rows.row(t));
            visit(inputs, self.out.each_mut().map(|rows| rows.row(t)));
        }
    }
}

/// Advances `state` through rows in time order; inputs and outputs have as many columns as it has. Rows that will be
/// read `soon`, as many as there are steps, are asked for meanwhile.
#[inline(always)]
pub(crate) fn advance<T: Simd, F: Real, const I: usize, const S: usize, const O: usize>(
    simd: T,
    step: impl Step<I, S, O>,
    steps: (usize, bool),
    (inputs, soon): ([Rows<'_, F>; I], &[Rows<'_, F>]),
    state: [&mut [F]; S],
    out: [RowsMut<'_, F>; O],
) {
    let streams = O > 0 && out.iter().all(RowsMut::streams);
    let signals = Signals { steps, inputs, soon, out };
    if streams {
        run::<_, _, I, S, O, true>(simd, step, signals, state);
        stream::fence();
    } else {
        run::<_, _, I, S, O, false>(simd, step, signals, state);
    }
}

/// The same; where it `STREAMS`, outputs are written past the caches.
#[inline(always)]
fn run<T: Simd, F: Real, const I: usize, const S: usize, const O: usize, const STREAMS: bool>(
    simd: T,
    step: impl Step<I, S, O>,
    signals: Signals<'_, '_, F, I, O>,
    state: [&mut [F]; S],
) {
    let (size, width) = (F::Vector::<T>::LEN, state.first().map_or(0, |plane| plane.len()));
    // WebAssembly has no registers to spare.
    match (width / size, width.is_multiple_of(size) && !cfg!(target_arch = "wasm32")) {
        (4, true) => few::<_, _, I, S, O, 4, STREAMS>(simd, step, signals, state),
        (8, true) => few::<_, _, I, S, O, 8, STREAMS>(simd, step, signals, state),
        _ => any::<_, _, I, S, O, STREAMS>(simd, step, signals, state),
    }
}

/// Rows of `N` vectors, whose states stay in registers.
#[inline(always)]
fn few<
    T: Simd,
    F: Real,
    const I: usize,
    const S: usize,
    const O: usize,
    const N: usize,
    const STREAMS: bool,
>(
    simd: T,
    step: impl Step<I, S, O>,
    mut signals: Signals<'_, '_, F, I, O>,
    mut state: [&mut [F]; S],
) {
    let mut now = Group::<F::Vector<T>, S, N>::load(simd, state.each_ref().map(|plane| &**plane));
    signals.walk(|inputs, out| now.advance::<_, _, I, O, STREAMS>(step, inputs, out));
    now.store(state.each_mut().map(|plane| &mut **plane));
}

/// Rows of any width, whose states are in memory.
#[inline(always)]
fn any<T: Simd, F: Real, const I: usize, const S: usize, const O: usize, const STREAMS: bool>(
    simd: T,
    step: impl Step<I, S, O>,
    mut signals: Signals<'_, '_, F, I, O>,
    state: [&mut [F]; S],
) {
    let mut home = state.each_ref().map(|plane| Home::of(plane));
    let mut now = home.each_mut().map(Home::numbers);
    let width = now.first().map_or(0, |plane| plane.len());
    signals.walk(|inputs, mut out| {
        let (state, out) = (&mut now, &mut out);
        let done =
            vectors::<_, _, F::Vector<T>, I, S, O, 4, STREAMS>(simd, step, 0, inputs, state, out);
        let done =
            vectors::<_, _, F::Block<T>, I, S, O, 1, STREAMS>(simd, step, done, inputs, state, out);
        for column in done..width {
            let x = inputs.map(|row| F::Block::<T>::simd_from(simd, row[column]));
            let before = now.each_ref().map(|row| F::Block::<T>::simd_from(simd, row[column]));
            let (after, given) = step.step(x, before);
            now.iter_mut().zip(after).for_each(|(plane, x)| plane[column] = x[0]);
            out.iter_mut().zip(given).for_each(|(plane, x)| plane[column] = x[0]);
        }
    });
    state.into_iter().zip(now).for_each(|(state, now)| state.copy_from_slice(now));
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
