//! One head of a chunk, step by step.

use super::{
    super::chunk::Chunk,
    Call,
    chunk::{Pulled, Pulling},
    rows::dot,
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

/// Moves a gradient of the state after a step to the one before.
#[inline(always)]
fn fade<F: Real>(call: Call<'_, F>, row: usize, decay: F, gradient: &mut [F]) {
    if call.ssd.layout.options().reset.is_some_and(|reset| reset[row] != 0) {
        gradient.fill(F::zero());
    }
    gradient.iter_mut().for_each(|gradient| *gradient = (*gradient * decay).flushed());
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
        let before = &before[step * size..];
        let b = shared(call, place(step), head, inputs.b);
        let x = own(call, place(step), head, inputs.x);
        for (p, &x) in x.iter().enumerate() {
            let row = p * states..(p + 1) * states;
            let input = delta[step] * x;
            let old = before[row.clone()].iter().zip(b);
            after[row].iter_mut().zip(old).for_each(|(h, (&old, &b))| {
                let kept = if is_reset(step) { F::zero() } else { decay[step] * old };
                *h = (kept + input * b).flushed();
            });
        }
    }
    let mut gradient = leaving.to_vec();
    let [mut inputs_of, mut y] = [(); 2].map(|()| vec![F::zero(); sizes.head_dim]);
    for step in (0..delta.len()).rev() {
        let row = place(step);
        let (h, before) = (&all[(step + 1) * size..][..size], &all[step * size..][..size]);
        let [b, c] = [inputs.b, inputs.c].map(|data| shared(call, row, head, data));
        let [x, g] = [inputs.x, call.g].map(|data| own(call, row, head, data));
        reach(simd, call, row, head, &mut gradient);
        let db = &mut pulling.room.db[step * states..(step + 1) * states];
        let dc = &mut pulling.room.dc[step * states..(step + 1) * states];
        for p in 0..sizes.head_dim {
            let (h, gradient) = (&h[p * states..][..states], &gradient[p * states..][..states]);
            inputs_of[p] = dot(gradient, b);
            y[p] = dot(h, c);
            let (of_b, of_c) = (delta[step] * x[p], g[p]);
            db.iter_mut().zip(gradient).for_each(|(db, &gradient)| *db += of_b * gradient);
            dc.iter_mut().zip(h).for_each(|(dc, &h)| *dc += of_c * h);
        }
        let faded = if is_reset(step) { F::zero() } else { decay[step] * dot(&gradient, before) };
        fade(call, row, decay[step], &mut gradient);
        let pulled = Pulled { inputs: &inputs_of, y: &y, faded };
        pulling.settle(simd, call, chunk, (head, step), pulled);
    }
}
