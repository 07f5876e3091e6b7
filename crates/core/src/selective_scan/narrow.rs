//! The recurrence of a tile where there are few registers: all states of a channel, step by step, so that what a state
//! needs is read when its turn comes.

use super::{
    SelectiveScan,
    kernel::{Steps, vector},
    table::{BLOCK, Block, Table},
    tile::Tile,
};
use crate::{
    Real,
    math::{Powers, kept},
    real::flush,
};
use fearless_simd::{Simd, prelude::*};

/// See [`super::kernel::recur`].
#[inline(always)]
pub(super) fn recur<const CHECKED: bool, const FIXED: bool, S: Simd, F: Real, const P: usize>(
    simd: S,
    call: &SelectiveScan<'_, F, P>,
    (table, block): (&Table<F>, &Block),
    [b, c]: [&Steps<'_, F>; 2],
    tile: &mut Tile<'_, F>,
    state: &mut [F],
) {
    let (width, size) = (block.width, F::Wide::<S>::LEN);
    let rows = table.of_states(block, call.states);
    let fixed = [call.spread.has_fixed_b, call.spread.has_fixed_c];
    let powers = Powers::with(kept(simd));
    for k in 0..tile.rows.len() {
        for first in (0..width).step_by(size) {
            let at = k * width + first;
            let [delta, input, y] =
                [&*tile.delta, &*tile.input, &*tile.y].map(|rows| vector(simd, rows, at));
            let mut step = Step { simd, powers, first, delta, input, y };
            if !CHECKED && !FIXED && !F::IS_WIDE && width == BLOCK {
                // The usual case, with rows as far apart as the compiler knows.
                let states = state.as_chunks_mut::<BLOCK>().0.iter_mut();
                let rows = rows.as_chunks::<BLOCK>().0.as_chunks::<2>().0;
                for (((h, [high, low]), &b), &c) in states.zip(rows).zip(b[k]).zip(c[k]) {
                    let coefficients = [b, c].map(|x| F::Wide::splat(simd, x));
                    step.advance::<CHECKED>(h, [high, low], coefficients);
                }
            } else {
                let states = state.chunks_exact_mut(width);
                let rows = rows.chunks_exact(block.depth * width);
                for (n, (h, rows)) in states.zip(rows).enumerate() {
                    let coefficient = |i: usize, steps: &[F]| {
                        if FIXED && fixed[i] {
                            let row = P + 1 + i * usize::from(fixed[0]);
                            vector(simd, rows, row * width + first)
                        } else {
                            F::Wide::splat(simd, steps[n])
                        }
                    };
                    let coefficients = [coefficient(0, b[k]), coefficient(1, c[k])];
                    step.advance::<CHECKED>(h, [rows, &rows[width..]], coefficients);
                }
            }
            step.y.store_slice(&mut tile.y[at..at + size]);
        }
    }
    for h in state.chunks_exact_mut(size) {
        flush(F::Wide::from_slice(simd, h)).store_slice(h);
    }
}

/// A step of a vector of channels, from column `first` on.
struct Step<S: Simd, F: Real> {
    simd: S,
    powers: Powers<F::Wide<S>>,
    first: usize,
    delta: F::Wide<S>,
    input: F::Wide<S>,
    y: F::Wide<S>,
}

impl<S: Simd, F: Real> Step<S, F> {
    /// Moves one state on and adds what is read of it.
    #[inline(always)]
    fn advance<const CHECKED: bool>(
        &mut self,
        h: &mut [F],
        rate: [&[F]; 2],
        [b, c]: [F::Wide<S>; 2],
    ) {
        let rate = rate.map(|row| vector(self.simd, row, self.first));
        let gate = self.powers.of_product::<CHECKED, _, _>(self.delta, rate);
        let after = gate.mul_add(vector(self.simd, h, self.first), self.input * b);
        after.store_slice(&mut h[self.first..self.first + F::Wide::<S>::LEN]);
        self.y = after.mul_add(c, self.y);
    }
}
