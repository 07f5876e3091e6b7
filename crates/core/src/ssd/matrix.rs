//! What a chunk does to some heads, as matrix products.

use super::{
    Ssd,
    chunk::Chunk,
    room::{Room, fade, sized, weigh},
    step::finish,
};
use crate::{
    Real,
    product::{Matrix, MatrixMut, multiply, multiply_into},
    real::flush,
    rows::RowsMut,
};
use fearless_simd::{Level, Simd, dispatch, prelude::*};
use std::ops::Range;

/// What a chunk does to the heads of a tile, apart from the state that enters it.
#[derive(Default)]
pub(super) struct Local<F> {
    heads: Range<usize>,
    /// Outputs from a zero state, `[steps, width]`.
    y: Vec<F>,
    /// The state that a zero state becomes, `[width, states]`.
    state: Vec<F>,
    /// What is left of the state that enters at each step, `[heads, steps]`.
    decay: Vec<F>,
    /// Whether products may stand for a head's steps.
    is_sound: Vec<bool>,
}

impl<F: Real> Local<F> {
    pub(super) fn is_sound(&self) -> bool {
        self.is_sound.iter().all(|&is| is)
    }

    /// Computes what the chunk does to `heads`.
    pub(super) fn fill(
        &mut self,
        ssd: &Ssd<'_, F>,
        level: Level,
        chunk: &Chunk<F>,
        heads: Range<usize>,
        room: &mut Room<F>,
    ) {
        room.load(ssd, chunk, ssd.group(heads.start));
        let (steps, size, states) = (chunk.at.rows.len(), ssd.sizes.head_dim, ssd.sizes.states);
        let width = heads.len() * size;
        sized(&mut self.y, steps * width);
        sized(&mut self.state, width * states);
        sized(&mut self.decay, heads.len() * steps);
        room.inputs.iter_mut().for_each(|inputs| inputs.resize(steps * width, F::zero()));
        self.is_sound.clear();
        for (k, head) in heads.clone().enumerate() {
            let own = head - chunk.at.columns.start;
            let (delta, decay) = (chunk.gates.delta(own), chunk.gates.decay(own));
            let is_fading = |&a: &F| a >= F::zero() && a <= F::one();
            self.is_sound.push(decay.iter().all(is_fading));
            dispatch!(level, simd => fade(simd, decay, room));
            let decays = self.decay[k * steps..(k + 1) * steps].iter_mut();
            decays.zip(&room.left[0]).for_each(|(all, &left)| *all = (left * decay[0]).flushed());
            let columns = k * size..(k + 1) * size;
            let place = (head, columns.clone(), width);
            dispatch!(level, simd => weigh(simd, ssd, chunk, delta, place, room));
            let faded =
                Matrix { data: &room.faded, rows: steps, columns: steps, row: 1, column: steps };
            let inputs = &room.inputs[0][columns.start..];
            let inputs = Matrix { data: inputs, rows: size, columns: steps, row: 1, column: width };
            let y = MatrixMut { data: &mut self.y[columns.start..], columns: size, row: width };
            multiply_into(faded, inputs, y);
        }
        let inputs =
            Matrix { data: &room.inputs[1], rows: width, columns: steps, row: 1, column: width };
        let b = Matrix { data: &room.b, rows: states, columns: steps, row: 1, column: states };
        multiply(F::one(), inputs, b, F::zero(), &mut self.state);
        self.heads = heads;
        for k in 0..self.heads.len() {
            let y = self.y.chunks_exact(width).map(|row| &row[k * size..(k + 1) * size]);
            let state = &self.state[k * size * states..(k + 1) * size * states];
            let rows = y.chain(std::iter::once(state));
            self.is_sound[k] &= dispatch!(level, simd => are_finite(simd, rows));
        }
    }

    /// Moves the state of the chunk's heads past the chunk.
    pub(super) fn leave(&self, ssd: &Ssd<'_, F>, level: Level, chunk: &Chunk<F>, state: &mut [F]) {
        let size = ssd.sizes.head_dim * ssd.sizes.states;
        let own = &mut state[chunk.state(ssd, &self.heads)];
        let steps = chunk.at.rows.len();
        for (k, own) in own.chunks_exact_mut(size).enumerate().filter(|(k, _)| self.is_sound[*k]) {
            let decay = self.decay[(k + 1) * steps - 1];
            let added = &self.state[k * size..(k + 1) * size];
            dispatch!(level, simd => carry(simd, decay, own, added));
        }
    }

    /// Computes outputs from the state that enters, and moves it past the chunk.
    pub(super) fn finish(
        &mut self,
        ssd: &Ssd<'_, F>,
        level: Level,
        chunk: &Chunk<F>,
        state: &mut [F],
        (room, out): (&mut Room<F>, &mut RowsMut<'_, F>),
    ) {
        let (steps, states) = (chunk.at.rows.len(), ssd.sizes.states);
        let size = ssd.sizes.head_dim * states;
        let width = self.heads.len() * ssd.sizes.head_dim;
        room.load(ssd, chunk, ssd.group(self.heads.start));
        let own = &state[chunk.state(ssd, &self.heads)];
        for (is_sound, own) in self.is_sound.iter_mut().zip(own.chunks_exact(size)) {
            *is_sound &= dispatch!(level, simd => are_finite(simd, std::iter::once(own)));
        }
        sized(&mut room.carried, steps * width);
        let c = Matrix { data: &room.c, rows: steps, columns: states, row: 1, column: steps };
        let s = Matrix { data: own, rows: width, columns: states, row: states, column: 1 };
        // A first chunk's state is often zero.
        if own.iter().any(|h| !h.is_zero()) {
            multiply(F::one(), c, s, F::zero(), &mut room.carried);
        } else {
            room.carried.fill(F::zero());
        }
        dispatch!(level, simd => self.write(simd, ssd, chunk, &room.carried, out));
        self.leave(ssd, level, chunk, state);
        for (k, head) in self.heads.clone().enumerate() {
            if !self.is_sound[k] {
                chunk.step_head(ssd, level, head, state, out);
            }
        }
    }

    #[inline(always)]
    fn write<S: Simd>(
        &self,
        simd: S,
        ssd: &Ssd<'_, F>,
        chunk: &Chunk<F>,
        carried: &[F],
        out: &mut RowsMut<'_, F>,
    ) {
        let (steps, size) = (chunk.at.rows.len(), ssd.sizes.head_dim);
        let width = self.heads.len() * size;
        for step in 0..steps {
            let t = chunk.at.row(step);
            let row = out.row(t);
            for (k, head) in self.heads.clone().enumerate().filter(|(k, _)| self.is_sound[*k]) {
                let decay = self.decay[k * steps + step];
                let own = step * width + k * size..step * width + (k + 1) * size;
                let y = &mut row[(head - chunk.at.columns.start) * size..][..size];
                let parts = self.y[own.clone()].iter().zip(&carried[own]);
                y.iter_mut().zip(parts).for_each(|(y, (&new, &old))| *y = new + decay * old);
                finish(simd, ssd, chunk.at.rows.start + t, head, y);
            }
        }
    }
}

/// `state = decay state + added`.
#[inline(always)]
pub(super) fn carry<S: Simd, F: Real>(simd: S, decay: F, state: &mut [F], added: &[F]) {
    let (size, gate) = (F::Vector::<S>::LEN, F::Vector::<S>::splat(simd, decay));
    let whole = state.len() / size * size;
    for (state, added) in state.chunks_exact_mut(size).zip(added.chunks_exact(size)) {
        let [h, b] = [&*state, added].map(|data| F::Vector::<S>::from_slice(simd, data));
        flush::<S, F, _>(h * gate + b).store_slice(state);
    }
    for (h, &b) in state[whole..].iter_mut().zip(&added[whole..]) {
        *h = (*h * decay + b).flushed();
    }
}

/// Whether no number is infinite or NaN.
#[inline(always)]
pub(super) fn are_finite<'a, S: Simd, F: Real>(
    simd: S,
    rows: impl Iterator<Item = &'a [F]>,
) -> bool {
    const VECTORS: usize = 4;
    let size = F::Vector::<S>::LEN;
    let zero = F::Vector::<S>::splat(simd, F::zero());
    let (mut sums, mut rest) = ([zero; VECTORS], F::zero());
    for row in rows {
        let groups = row.chunks_exact(VECTORS * size);
        rest = groups.remainder().iter().fold(rest, |sum, &x| sum + x * F::zero());
        for group in groups {
            for (sum, x) in sums.iter_mut().zip(group.chunks_exact(size)) {
                *sum += F::Vector::<S>::from_slice(simd, x) * zero;
            }
        }
    }
    let total = sums.iter().flat_map(|sum| sum.as_slice()).fold(rest, |total, &sum| total + sum);
    total.is_zero()
}
