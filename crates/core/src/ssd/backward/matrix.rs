//! The gradients of a chunk's heads as matrix products.

use super::{
    super::{chunk::Chunk, room::sized},
    Call,
    chunk::{Pulled, Pulling},
    room::{Room, rows_of, turned},
    rows::{Fading, dot, finite, total, weigh},
};
use crate::{
    Real,
    product::{Matrix, MatrixMut, multiply, multiply_into},
};
use fearless_simd::{Level, Simd, dispatch};
use std::ops::Range;

/// Computes the gradients of the heads of a tile; false, and nothing changed, where products may not stand for steps.
pub(super) fn run<F: Real>(
    call: Call<'_, F>,
    level: Level,
    chunk: &Chunk<F>,
    heads: &Range<usize>,
    [entering, leaving]: [&[F]; 2],
    pulling: &mut Pulling<'_, F>,
) -> bool {
    let (ssd, steps, size) = (call.ssd, chunk.at.rows.len(), call.ssd.sizes.head_dim);
    let width = heads.len() * size;
    let fading = Fading::new(chunk, heads);
    let room = &mut pulling.room;
    dispatch!(level, simd => weigh_all(simd, call, chunk, heads, &fading, room));
    sized(&mut room.met, heads.len() * steps * steps);
    let [inputs, g, inputs_last, g_left] = &room.rows;
    for (k, met) in room.met.chunks_exact_mut(steps * steps).enumerate() {
        multiply(
            F::one(),
            columns(inputs, steps, k, size),
            columns(g, steps, k, size),
            F::zero(),
            met,
        );
    }
    let all = [&room.met[..], &room.pairs, &room.b, &room.c, inputs, g, entering, leaving];
    let is_sound = (0..heads.len()).all(|k| fading.is_sound(k));
    if !is_sound || !all.iter().all(|data| finite(level, data)) {
        return false;
    }
    let [entering_rows, leaving_rows] = [entering, leaving].map(|state| rows_of(state, width));
    let [b, c] = [&room.b, &room.c].map(|data| rows_of(data, steps));
    for ((shared, state), out) in
        [(c, entering_rows), (b, leaving_rows)].into_iter().zip(&mut room.borders)
    {
        sized(out, steps * width);
        multiply(F::one(), shared, state, F::zero(), out);
    }
    let [db, dc] = [&mut room.db, &mut room.dc];
    multiply(F::one(), rows_of(inputs_last, steps), turned(leaving_rows), F::one(), db);
    multiply(F::one(), rows_of(g_left, steps), turned(entering_rows), F::one(), dc);
    room.made.iter_mut().for_each(|made| sized(made, steps * width));
    let area = size * ssd.sizes.states;
    for (k, head) in heads.clone().enumerate() {
        let decay = chunk.gates.decay(head - chunk.at.columns.start);
        let met = k * steps * steps..(k + 1) * steps * steps;
        let room = &mut pulling.room;
        dispatch!(level, simd => cross(simd, decay, met, room));
        let faded = rows_of(&room.faded, steps);
        let [inputs, g, ..] = &room.rows;
        let [of_inputs, y] = &mut room.made;
        let out = MatrixMut { data: &mut of_inputs[k * size..], columns: size, row: width };
        multiply_into(faded, turned(columns(g, steps, k, size)), out);
        if call.slopes.is_some() {
            let out = MatrixMut { data: &mut y[k * size..], columns: size, row: width };
            multiply_into(turned(faded), turned(columns(inputs, steps, k, size)), out);
        }
        let own = k * area..(k + 1) * area;
        let borders = [&entering[own.clone()], &leaving[own]];
        let place = (head, k, width);
        dispatch!(level, simd => finish(simd, call, chunk, place, &fading, borders, pulling));
    }
    true
}

/// A head's part of `[steps, heads, size]`.
fn columns<F>(data: &[F], steps: usize, k: usize, size: usize) -> Matrix<'_, F> {
    let row = data.len() / steps;
    Matrix { data: &data[k * size..], rows: steps, columns: size, row, column: 1 }
}

/// Fills [`Room::rows`].
#[inline(always)]
fn weigh_all<S: Simd, F: Real>(
    simd: S,
    call: Call<'_, F>,
    chunk: &Chunk<F>,
    heads: &Range<usize>,
    fading: &Fading<F>,
    room: &mut Room<F>,
) {
    let (ssd, first) = (call.ssd, heads.start - chunk.at.columns.start);
    let size = chunk.at.rows.len() * heads.len() * ssd.sizes.head_dim;
    let [inputs, g, inputs_last, g_left] = &mut room.rows;
    for data in [&mut *inputs, g, inputs_last, g_left] {
        sized(data, size);
    }
    let delta = |k: usize, step: usize| chunk.gates.delta(first + k)[step];
    weigh(simd, ssd, chunk, heads, ssd.inputs.x, delta, inputs);
    weigh(simd, ssd, chunk, heads, call.g, |_, _| F::one(), g);
    let last = |k: usize, step: usize| fading.last(k)[step] * delta(k, step);
    weigh(simd, ssd, chunk, heads, ssd.inputs.x, last, inputs_last);
    weigh(simd, ssd, chunk, heads, call.g, |k, step| fading.left(k)[step], g_left);
}

/// Fills `faded` and what pairs of steps give `rates`, and adds to the gradients of pairs.
#[inline(always)]
fn cross<S: Simd, F: Real>(_: S, decay: &[F], met: Range<usize>, room: &mut Room<F>) {
    /// Rows start at multiples of so many elements: what is before the step itself is zero.
    const START: usize = 16;
    let steps = decay.len();
    let Room { faded, sums, rates, pairs, dpairs, .. } = room;
    for (data, size) in [(&mut *faded, steps * steps), (sums, steps), (rates, steps)] {
        data.clear();
        sized(data, size);
    }
    for j in (0..steps).rev() {
        let first = j / START * START;
        let (now, later) = faded.split_at_mut((j + 1) * steps);
        let now = &mut now[j * steps..];
        if let Some(&gate) = decay.get(j + 1) {
            let both = now[first..].iter_mut().zip(&later[first..steps]);
            both.for_each(|(now, &later)| *now = (later * gate).flushed());
        }
        now[j] = F::one();
    }
    let met = &room.met[met];
    for j in 0..steps {
        let first = j / START * START;
        let own = j * steps + first..(j + 1) * steps;
        let (pairs, met) = (&pairs[own.clone()], &met[own.clone()]);
        let all = faded[own.clone()].iter_mut().zip(&mut dpairs[own]).zip(&mut sums[first..]);
        for (((faded, dpair), sum), (&pair, &met)) in all.zip(pairs.iter().zip(met)) {
            *dpair += *faded * met;
            *faded *= pair;
            *sum += *faded * met;
        }
        if let Some(rate) = rates.get_mut(j + 1) {
            *rate = total(&sums[j + 1..]);
        }
    }
}

/// Adds what the borders give, and writes a head's gradients.
#[inline(always)]
fn finish<S: Simd, F: Real>(
    simd: S,
    call: Call<'_, F>,
    chunk: &Chunk<F>,
    (head, k, width): (usize, usize, usize),
    fading: &Fading<F>,
    [entering, leaving]: [&[F]; 2],
    pulling: &mut Pulling<'_, F>,
) {
    let (steps, size) = (chunk.at.rows.len(), call.ssd.sizes.head_dim);
    let (left, last) = (fading.left(k), fading.last(k));
    let mut rates = std::mem::take(&mut pulling.room.rates);
    let [mut inputs, mut y] = [(); 2].map(|()| vec![F::zero(); size]);
    let own = |step: usize| step * width + k * size..step * width + (k + 1) * size;
    let room = &pulling.room;
    let mut sum = left[steps - 1] * dot(entering, leaving);
    for step in (0..steps).rev() {
        sum += dot(&room.rows[3][own(step)], &room.borders[0][own(step)]);
        rates[step] += sum;
    }
    sum = F::zero();
    for (step, rate) in rates.iter_mut().enumerate() {
        *rate += sum;
        sum += dot(&room.rows[2][own(step)], &room.borders[1][own(step)]);
    }
    for step in 0..steps {
        let room = &pulling.room;
        let [of_inputs, of_y] = room.made.each_ref().map(|made| &made[own(step)]);
        let [from_state, from_gradient] = room.borders.each_ref().map(|rows| &rows[own(step)]);
        let parts = of_inputs.iter().zip(from_gradient);
        inputs
            .iter_mut()
            .zip(parts)
            .for_each(|(sum, (&near, &far))| *sum = near + last[step] * far);
        let parts = of_y.iter().zip(from_state);
        y.iter_mut().zip(parts).for_each(|(sum, (&near, &far))| *sum = near + left[step] * far);
        let pulled = Pulled { inputs: &inputs, y: &y, faded: rates[step] };
        pulling.settle(simd, call, chunk, (head, step), pulled);
    }
    pulling.room.rates = rates;
}
