//! What the heads of a group share in a chunk, and what a head weighs its steps with.

use super::{Ssd, chunk::Chunk};
use crate::{
    Real,
    product::{Matrix, multiply},
};
use fearless_simd::Simd;
use std::ops::Range;

/// Numbers on their way, kept from chunk to chunk. Time runs forwards in all of them.
#[derive(Default)]
pub(super) struct Room<F> {
    /// The group and the first row that the next three are of.
    pub(super) of: Option<(usize, usize)>,
    /// `[steps, states]`.
    pub(super) b: Vec<F>,
    /// `[states, steps]`, as matrix products read it.
    pub(super) c: Vec<F>,
    /// `B[j] . C[i]` at `[j, i]`.
    pub(super) pairs: Vec<F>,
    /// The same times what is left at `i` of what entered at `j`.
    pub(super) faded: Vec<F>,
    /// What is left of a step at each later one, and at the end of each, `[steps]`.
    pub(super) left: [Vec<F>; 2],
    /// Inputs times step sizes, and what is left of them at the end, `[steps, width]`.
    pub(super) inputs: [Vec<F>; 2],
    /// What the state that enters adds before it fades, `[steps, width]`.
    pub(super) carried: Vec<F>,
}

/// Makes room for numbers that are all written before they are read.
pub(super) fn sized<F: Real>(data: &mut Vec<F>, size: usize) {
    data.resize(size, F::zero());
}

impl<F: Real> Room<F> {
    /// Loads what the heads of a group share.
    pub(super) fn load(&mut self, ssd: &Ssd<'_, F>, chunk: &Chunk<F>, group: usize) {
        let of = Some((group, chunk.at.rows.start));
        if self.of == of {
            return;
        }
        self.of = of;
        let (steps, states) = (chunk.at.rows.len(), ssd.sizes.states);
        sized(&mut self.b, steps * states);
        sized(&mut self.c, steps * states);
        for step in 0..steps {
            let row = chunk.at.rows.start + chunk.at.row(step);
            let first = (row * ssd.sizes.groups + group) * states;
            let [b, c] = [ssd.inputs.b, ssd.inputs.c].map(|data| &data[first..first + states]);
            self.b[step * states..(step + 1) * states].copy_from_slice(b);
            let own = self.c.iter_mut().skip(step).step_by(steps);
            own.zip(c).for_each(|(own, &c)| *own = c);
        }
        let b = Matrix { data: &self.b, rows: steps, columns: states, row: states, column: 1 };
        let c = Matrix { data: &self.c, rows: steps, columns: states, row: 1, column: steps };
        sized(&mut self.pairs, steps * steps);
        sized(&mut self.faded, steps * steps);
        self.left.iter_mut().for_each(|left| sized(left, steps));
        multiply(F::one(), b, c, F::zero(), &mut self.pairs);
    }
}

/// Fills `faded` and `left`.
#[inline(always)]
pub(super) fn fade<S: Simd, F: Real>(_: S, decay: &[F], room: &mut Room<F>) {
    /// Rows start at multiples of so many elements: what is before the step itself is zero.
    const START: usize = 16;
    let steps = decay.len();
    let [left, last] = &mut room.left;
    left.fill(F::zero());
    for j in (0..steps).rev() {
        let first = j / START * START;
        let gate = decay.get(j + 1).copied().unwrap_or(F::one());
        left[first..].iter_mut().for_each(|left| *left = (*left * gate).flushed());
        left[j] = F::one();
        let (zeros, faded) = room.faded[j * steps..(j + 1) * steps].split_at_mut(first);
        zeros.fill(F::zero());
        let pairs = &room.pairs[j * steps + first..(j + 1) * steps];
        let pairs = pairs.iter().zip(&left[first..]);
        faded.iter_mut().zip(pairs).for_each(|(faded, (&pair, &left))| *faded = pair * left);
        last[j] = left[steps - 1];
    }
}

/// Fills a head's columns of `inputs`.
#[inline(always)]
pub(super) fn weigh<S: Simd, F: Real>(
    _: S,
    ssd: &Ssd<'_, F>,
    chunk: &Chunk<F>,
    delta: &[F],
    (head, columns, width): (usize, Range<usize>, usize),
    room: &mut Room<F>,
) {
    let size = ssd.sizes.head_dim;
    let [inputs, ends] = &mut room.inputs;
    let rows = inputs.chunks_exact_mut(width).zip(ends.chunks_exact_mut(width));
    for (step, (inputs, ends)) in rows.enumerate() {
        let row = chunk.at.rows.start + chunk.at.row(step);
        let x = &ssd.inputs.x[(row * ssd.sizes.heads + head) * size..][..size];
        let both = inputs[columns.clone()].iter_mut().zip(&mut ends[columns.clone()]);
        let (delta, left) = (delta[step], room.left[1][step]);
        for ((input, end), &x) in both.zip(x) {
            *input = delta * x;
            *end = left * *input;
        }
    }
}
