//! One head, step by step.

use super::{Ssd, gates::Gates};
use crate::{Real, layout::Stretch, math::silu, rows::RowsMut};
use fearless_simd::{Simd, prelude::*};

/// After so many steps numbers that became subnormal are cleared.
const FLUSHED: usize = 16;

/// Channels computed together, so that their sums do not wait for each other.
const CHANNELS: usize = 4;

/// Moves the state of `head`, `[head_dim, states]`, through a piece of time.
#[inline(always)]
pub(super) fn run<S: Simd, F: Real>(
    simd: S,
    ssd: &Ssd<'_, F>,
    (at, gates): (&Stretch, &Gates<F>),
    head: usize,
    state: &mut [F],
    out: &mut RowsMut<'_, F>,
) {
    let (sizes, inputs) = (&ssd.sizes, &ssd.inputs);
    let k = head - at.columns.start;
    let reset = ssd.layout.options().reset;
    let gates = gates.delta(k).iter().zip(gates.decay(k));
    for (step, (&delta, &decay)) in gates.enumerate() {
        let row = at.rows.start + at.row(step);
        if reset.is_some_and(|reset| reset[row] != 0) {
            state.fill(F::zero());
        }
        let own = (row * sizes.heads + head) * sizes.head_dim..;
        let x = &inputs.x[own][..sizes.head_dim];
        let shared = (row * sizes.groups + ssd.group(head)) * sizes.states..;
        let [b, c] = [inputs.b, inputs.c].map(|data| &data[shared.clone()][..sizes.states]);
        let y = &mut out.row(at.row(step))[k * sizes.head_dim..][..sizes.head_dim];
        advance(simd, [delta, decay], x, [b, c], state, y);
        finish(simd, ssd, row, head, y);
        if step % FLUSHED == FLUSHED - 1 || step + 1 == at.rows.len() {
            state.iter_mut().for_each(|h| *h = h.flushed());
        }
    }
}

/// `state = decay state + delta x (x) b`, `y = state c`.
#[inline(always)]
fn advance<S: Simd, F: Real>(
    simd: S,
    gates: [F; 2],
    x: &[F],
    shared: [&[F]; 2],
    state: &mut [F],
    y: &mut [F],
) {
    let states = shared[0].len();
    let done = x.len() / CHANNELS * CHANNELS;
    for first in (0..done).step_by(CHANNELS) {
        let own = first..first + CHANNELS;
        let rows = &mut state[own.start * states..own.end * states];
        channels::<_, _, CHANNELS>(simd, gates, &x[own.clone()], shared, rows, &mut y[own]);
    }
    for channel in done..x.len() {
        let own = channel..channel + 1;
        let rows = &mut state[own.start * states..own.end * states];
        channels::<_, _, 1>(simd, gates, &x[own.clone()], shared, rows, &mut y[own]);
    }
}

/// [`advance`] for `N` channels.
#[inline(always)]
fn channels<S: Simd, F: Real, const N: usize>(
    simd: S,
    [delta, decay]: [F; 2],
    x: &[F],
    [b, c]: [&[F]; 2],
    state: &mut [F],
    y: &mut [F],
) {
    let (states, size) = (b.len(), F::Vector::<S>::LEN);
    let input: [F; N] = std::array::from_fn(|p| delta * x[p]);
    let inputs = input.map(|x| F::Vector::<S>::splat(simd, x));
    let gate = F::Vector::<S>::splat(simd, decay);
    let mut sums = [F::Vector::<S>::splat(simd, F::zero()); N];
    let whole = states / size * size;
    for n in (0..whole).step_by(size) {
        let [b, c] = [b, c].map(|row| F::Vector::<S>::from_slice(simd, &row[n..n + size]));
        for p in 0..N {
            let h = &mut state[p * states + n..p * states + n + size];
            let next = F::Vector::<S>::from_slice(simd, h) * gate + inputs[p] * b;
            next.store_slice(h);
            sums[p] += next * c;
        }
    }
    for p in 0..N {
        y[p] = sums[p].as_slice().iter().fold(F::zero(), |total, &sum| total + sum);
        for n in whole..states {
            let h = &mut state[p * states + n];
            *h = *h * decay + input[p] * b[n];
            y[p] += *h * c[n];
        }
    }
}

/// What is left to do to a head's outputs at a row: `y = (y + D x) silu(z)`.
#[inline(always)]
pub(super) fn finish<S: Simd, F: Real>(
    simd: S,
    ssd: &Ssd<'_, F>,
    row: usize,
    head: usize,
    y: &mut [F],
) {
    let size = ssd.sizes.head_dim;
    let own = (row * ssd.sizes.heads + head) * size..(row * ssd.sizes.heads + head + 1) * size;
    let x = &ssd.inputs.x[own.clone()];
    match ssd.skip(head) {
        [] => {}
        &[d] => y.iter_mut().zip(x).for_each(|(y, &x)| *y += d * x),
        d => y.iter_mut().zip(x).zip(d).for_each(|((y, &x), &d)| *y += d * x),
    }
    let Some(z) = ssd.inputs.z else { return };
    let lanes = F::Vector::<S>::LEN;
    for (y, z) in y.chunks_mut(lanes).zip(z[own].chunks(lanes)) {
        let mut vector = [F::zero(); 16];
        vector[..z.len()].copy_from_slice(z);
        let gate = silu(F::Vector::<S>::from_slice(simd, &vector[..lanes]));
        y.iter_mut().zip(gate.as_slice()).for_each(|(y, &gate)| *y *= gate);
    }
}
