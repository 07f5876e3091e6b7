//! The states that enter chunks, and the gradients of those that leave them.

use super::{
    super::{
        chunk::{Chunk, is_by_matrices, tiles},
        gates::Gates,
        matrix::carry,
    },
    Call,
    rows::{Fading, finite, gather, weigh},
    step,
};
use crate::{
    Engine, Real,
    layout::Stretch,
    link::take,
    product::{Matrix, multiply},
    rows::RowsMut,
};
use fearless_simd::{Level, dispatch};
use std::ops::Range;

/// Both are `[chunks, heads, head_dim, states]`, chunks in the order of time.
pub(super) struct Borders<F> {
    size: usize,
    states: Vec<F>,
    gradients: Vec<F>,
}

/// Some heads of a sequence.
struct Way<'a, F> {
    at: Stretch,
    /// A row for each chunk.
    states: RowsMut<'a, F>,
    gradients: RowsMut<'a, F>,
    /// The state that enters.
    entering: &'a [F],
    /// The gradient of the state that leaves, then of the one that enters.
    state: &'a mut [F],
}

impl<F: Real> Borders<F> {
    /// `state` holds the gradients of the states that leave, and then those of the states that enter.
    pub(super) fn new(
        call: Call<'_, F>,
        engine: &Engine,
        mut entering: &[F],
        state: &mut [F],
    ) -> Self {
        let (layout, sizes, tile) = (&call.ssd.layout, &call.ssd.sizes, call.ssd.tile());
        let area = sizes.head_dim * sizes.states;
        let size = sizes.heads * area;
        let chunks = |sequence| layout.rows(sequence).len().div_ceil(call.ssd.chunk());
        let count: usize = (0..layout.sequences()).map(chunks).sum();
        let [mut states, mut gradients] = [(); 2].map(|()| vec![F::zero(); count * size]);
        let (mut both, mut state) = ([&mut states[..], &mut gradients], [state]);
        let mut ways = Vec::new();
        for sequence in (0..layout.sequences()).filter(|_| size > 0) {
            let [states, gradients] = take(&mut both, [chunks(sequence) * size; 2])
                .map(|data| RowsMut::blocks(data, sizes.heads, tile, area));
            for (k, (states, gradients)) in states.into_iter().zip(gradients).enumerate() {
                let columns = k * tile..((k + 1) * tile).min(sizes.heads);
                let (now, later) = entering.split_at(columns.len() * area);
                entering = later;
                let [state] = take(&mut state, [now.len()]);
                let at = layout.stretch(sequence, layout.rows(sequence), columns);
                ways.push(Way { at, states, gradients, entering: now, state });
            }
        }
        engine.pool().each(ways.into_iter(), |way| way.go(call, engine.level()));
        Self { size, states, gradients }
    }

    /// The state that enters a chunk, and the gradient of the one that leaves it.
    pub(super) fn at(&self, chunk: usize) -> [&[F]; 2] {
        let own = chunk * self.size..(chunk + 1) * self.size;
        [&self.states[own.clone()], &self.gradients[own]]
    }
}

impl<F: Real> Way<'_, F> {
    fn go(mut self, call: Call<'_, F>, level: Level) {
        let ssd = call.ssd;
        let chunks = self.at.parts(ssd.chunk());
        let chunks: Vec<_> =
            chunks.map(|at| Chunk { gates: Gates::new(ssd, level, &at), at }).collect();
        let mut sum = Sum::default();
        let mut state = self.entering.to_vec();
        for (k, chunk) in chunks.iter().enumerate() {
            self.states.row(k).copy_from_slice(&state);
            if k + 1 < chunks.len() {
                sum.pass(call, level, chunk, Side::States, &mut state);
            }
        }
        for (k, chunk) in chunks.iter().enumerate().rev() {
            self.gradients.row(k).copy_from_slice(self.state);
            sum.pass(call, level, chunk, Side::Gradients, self.state);
        }
    }
}

/// What is moved past a chunk: a state forwards, or the gradient of one backwards.
#[derive(Clone, Copy, PartialEq)]
enum Side {
    States,
    Gradients,
}

/// What a chunk adds to the states of some heads, or to their gradients.
#[derive(Default)]
struct Sum<F> {
    /// `[steps, width]`.
    rows: Vec<F>,
    /// `[steps, states]`.
    shared: Vec<F>,
    /// `[width, states]`.
    added: Vec<F>,
    /// Outputs that nobody reads.
    y: Vec<F>,
}

impl<F: Real> Sum<F> {
    /// Moves `state`, that of all heads of the chunk, past it.
    fn pass(
        &mut self,
        call: Call<'_, F>,
        level: Level,
        chunk: &Chunk<F>,
        side: Side,
        state: &mut [F],
    ) {
        let ssd = call.ssd;
        let (area, steps) = (ssd.sizes.head_dim * ssd.sizes.states, chunk.at.rows.len());
        let by_matrices = is_by_matrices(ssd, &chunk.at);
        for heads in tiles(ssd, &chunk.at.columns) {
            let fading = Fading::new(chunk, &heads);
            if by_matrices {
                self.fill(call, level, chunk, (&heads, &fading), side);
            }
            for (k, head) in heads.clone().enumerate() {
                let own = chunk.state(ssd, &(head..head + 1));
                let added = self.added.get(k * area..(k + 1) * area).unwrap_or_default();
                let is_sound = by_matrices
                    && fading.is_sound(k)
                    && finite(level, added)
                    && finite(level, &state[own.clone()]);
                if is_sound {
                    let left = fading.left(k)[steps - 1];
                    dispatch!(level, simd => carry(simd, left, &mut state[own], added));
                } else if side == Side::Gradients {
                    let state = &mut state[own];
                    dispatch!(level, simd => step::past(simd, call, chunk, head, state));
                } else {
                    let width = chunk.at.columns.len() * ssd.sizes.head_dim;
                    self.y.resize(steps * width, F::zero());
                    let data = &mut self.y[..steps * width];
                    let mut y = RowsMut::Whole { data, width, streams: false };
                    chunk.step_head(ssd, level, head, state, &mut y);
                }
            }
        }
    }

    fn fill(
        &mut self,
        call: Call<'_, F>,
        level: Level,
        chunk: &Chunk<F>,
        (heads, fading): (&Range<usize>, &Fading<F>),
        side: Side,
    ) {
        let (ssd, steps, states) = (call.ssd, chunk.at.rows.len(), call.ssd.sizes.states);
        let width = heads.len() * ssd.sizes.head_dim;
        let first = heads.start - chunk.at.columns.start;
        self.rows.resize(steps * width, F::zero());
        self.added.resize(width * states, F::zero());
        let rows = &mut self.rows;
        let shared = match side {
            Side::States => {
                let factor = |k: usize, step: usize| {
                    fading.last(k)[step] * chunk.gates.delta(first + k)[step]
                };
                let x = ssd.inputs.x;
                dispatch!(level, simd => weigh(simd, ssd, chunk, heads, x, factor, rows));
                ssd.inputs.b
            }
            Side::Gradients => {
                let factor = |k: usize, step: usize| fading.left(k)[step];
                dispatch!(level, simd => weigh(simd, ssd, chunk, heads, call.g, factor, rows));
                ssd.inputs.c
            }
        };
        gather(ssd, chunk, ssd.group(heads.start), shared, &mut self.shared);
        let rows = Matrix { data: &self.rows, rows: width, columns: steps, row: 1, column: width };
        let shared =
            Matrix { data: &self.shared, rows: states, columns: steps, row: 1, column: states };
        multiply(F::one(), rows, shared, F::zero(), &mut self.added);
    }
}
