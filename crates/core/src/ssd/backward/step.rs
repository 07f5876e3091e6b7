//! One head of a chunk, step by step.

use super::{
    super::chunk::Chunk,
    Call,
    chunk::{Pulled, Pulling},
    rows::{LANES, dot, folded},
};
use crate::Real;
use fearless_simd::Simd;

/// Moves the gradient of a head's state, `[head_dim, states]`, back past a chunk.
#[inline(always)]
pub(super) fn past<S: Simd, F: Real>(
    simd: S,
    call: Call<'_, F>,
    chunk: &Chunk<F>,
    head: usize,
    gradient: &mut [F],
) {
    let decay = chunk.gates.decay(head - chunk.at.columns.start);
    for step in (0..decay.len()).rev() {
        let row = chunk.at.rows.start + chunk.at.row(step);
        reach(simd, call, row, head, gradient);
        fade(call, row, decay[step], gradient);
    }
}

/// Adds what a step's outputs say of its state.
#[inline(always)]
fn reach<S: Simd, F: Real>(_: S, call: Call<'_, F>, row: usize, head: usize, gradient: &mut [F]) {
    let c = shared(call, row, head, call.ssd.inputs.c);
    let g = own(call, row, head, call.g);
    for (gradient, &g) in gradient.chunks_exact_mut(c.len().max(1)).zip(g) {
        gradient.iter_mut().zip(c).for_each(|(gradient, &c)| *gradient += g * c);
    }
}

/// Fades a state at a step, or its gradient.
#[inline(always)]
fn fade<F: Real>(call: Call<'_, F>, row: usize, decay: F, state: &mut [F]) {
    if call.ssd.layout.options().reset.is_some_and(|reset| reset[row] != 0) {
        return state.fill(F::zero());
    }
    state.iter_mut().for_each(|h| *h = (*h * decay).flushed());
}

/// A head's part of a row of `[rows, heads, head_dim]`.
#[inline(always)]
fn own<'a, F: Real>(call: Call<'a, F>, row: usize, head: usize, data: &'a [F]) -> &'a [F] {
    let size = call.ssd.sizes.head_dim;
    &data[(row * call.ssd.sizes.heads + head) * size..][..size]
}

/// What a head shares with its group, of a row of `[rows, groups, states]`.
#[inline(always)]
fn shared<'a, F: Real>(call: Call<'a, F>, row: usize, head: usize, data: &'a [F]) -> &'a [F] {
    let states = call.ssd.sizes.states;
    &data[(row * call.ssd.sizes.groups + call.ssd.group(head)) * states..][..states]
}

/// Computes the gradients of a head's steps, given the state that enters and the gradient of the one that leaves.
#[inline(always)]
pub(super) fn run<S: Simd, F: Real>(
    simd: S,
    call: Call<'_, F>,
    chunk: &Chunk<F>,
    head: usize,
    [entering, leaving]: [&[F]; 2],
    pulling: &mut Pulling<'_, F>,
) {
    let (sizes, inputs) = (&call.ssd.sizes, &call.ssd.inputs);
    let (size, states) = (entering.len(), sizes.states);
    let k = head - chunk.at.columns.start;
    let (delta, decay) = (chunk.gates.delta(k), chunk.gates.decay(k));
    let place = |step: usize| chunk.at.rows.start + chunk.at.row(step);
    let is_reset =
        |step: usize| call.ssd.layout.options().reset.is_some_and(|reset| reset[place(step)] != 0);
    // The state that enters, and those after each step.
    let mut all = vec![F::zero(); size * (delta.len() + 1)];
    all[..size].copy_from_slice(entering);
    for step in 0..delta.len() {
        let (before, after) = all.split_at_mut((step + 1) * size);
        let after = &mut after[..size];
        after.copy_from_slice(&before[step * size..]);
        let b = shared(call, place(step), head, inputs.b);
        let x = own(call, place(step), head, inputs.x);
        fade(call, place(step), decay[step], after);
        for (h, &x) in after.chunks_exact_mut(states.max(1)).zip(x) {
            let input = delta[step] * x;
            h.iter_mut().zip(b).for_each(|(h, &b)| *h += input * b);
        }
    }
    let mut gradient = leaving.to_vec();
    let [mut inputs_of, mut y] = [(); 2].map(|()| vec![F::zero(); sizes.head_dim]);
    for step in (0..delta.len()).rev() {
        let row = place(step);
        let (h, before) = (&all[(step + 1) * size..][..size], &all[step * size..][..size]);
        let [b, c] = [inputs.b, inputs.c].map(|data| shared(call, row, head, data));
        let [x, g] = [inputs.x, call.g].map(|data| own(call, row, head, data));
        let db = &mut pulling.room.db[step * states..(step + 1) * states];
        let dc = &mut pulling.room.dc[step * states..(step + 1) * states];
        for p in 0..sizes.head_dim {
            let row = p * states..(p + 1) * states;
            let read = [&h[row.clone()], b, c];
            let written = [&mut gradient[row], &mut *db, &mut *dc];
            [inputs_of[p], y[p]] = meet(g[p], delta[step] * x[p], read, written);
        }
        let faded = if is_reset(step) { F::zero() } else { decay[step] * dot(&gradient, before) };
        fade(call, row, decay[step], &mut gradient);
        let pulled = Pulled { inputs: &inputs_of, y: &y, faded };
        pulling.settle(simd, call, chunk, (head, step), pulled);
    }
}

/// A channel at a step: adds to the gradients of its state, `B` and `C`; gives those of its input, and its output.
#[inline(always)]
fn meet<F: Real>(
    g: F,
    input: F,
    [h, b, c]: [&[F]; 3],
    [gradient, db, dc]: [&mut [F]; 3],
) -> [F; 2] {
    let mut sums = [[F::zero(); LANES]; 2];
    let ((h, h_rest), (b, b_rest), (c, c_rest)) =
        (h.as_chunks::<LANES>(), b.as_chunks::<LANES>(), c.as_chunks::<LANES>());
    let (gradient, gradient_rest) = gradient.as_chunks_mut::<LANES>();
    let ((db, db_rest), (dc, dc_rest)) = (db.as_chunks_mut::<LANES>(), dc.as_chunks_mut::<LANES>());
    let written = gradient.iter_mut().zip(db).zip(dc);
    for (((h, b), c), ((gradient, db), dc)) in h.iter().zip(b).zip(c).zip(written) {
        for lane in 0..LANES {
            let whole = gradient[lane] + g * c[lane];
            gradient[lane] = whole;
            db[lane] += input * whole;
            dc[lane] += g * h[lane];
            sums[0][lane] += whole * b[lane];
            sums[1][lane] += h[lane] * c[lane];
        }
    }
    for (lane, gradient) in gradient_rest.iter_mut().enumerate() {
        *gradient += g * c_rest[lane];
        db_rest[lane] += input * *gradient;
        dc_rest[lane] += g * h_rest[lane];
        sums[0][lane] += *gradient * b_rest[lane];
        sums[1][lane] += h_rest[lane] * c_rest[lane];
    }
    sums.map(folded)
}
