//! The recurrence of a tile, where it is real.

use super::{
    SelectiveScan, narrow,
    table::{Block, Table},
    tile::{TILE, Tile},
};
use crate::{Real, math::exp_of_product, real::flush};
use fearless_simd::{Simd, prelude::*};

/// `B` or `C` of a tile's steps, of the block's group.
pub(super) type Steps<'a, F> = [&'a [F]; TILE];

/// The rows of a plane of `B` or `C`; empty where it is the same at every step.
#[inline(always)]
pub(super) fn steps<'a, F: Real, const P: usize>(
    call: &SelectiveScan<'a, F, P>,
    block: &Block,
    rows: &[usize],
    (plane, is_fixed): (&'a [F], bool),
) -> Steps<'a, F> {
    let mut steps: Steps<'a, F> = [&[]; TILE];
    for (step, row) in steps.iter_mut().zip(rows).filter(|_| !is_fixed) {
        *step = &plane[(row * call.spread.groups + block.group) * call.states..][..call.states];
    }
    steps
}

/// Moves the states of a block (`[states, width]`) through a tile and adds what is read of them to its `y`.
#[inline(always)]
pub(super) fn recur<const CHECKED: bool, const FIXED: bool, S: Simd, F: Real, const P: usize>(
    simd: S,
    call: &SelectiveScan<'_, F, P>,
    table: &Table<F>,
    block: &Block,
    tile: &mut Tile<'_, F>,
    state: &mut [F],
) {
    let b = steps(call, block, tile.rows, (call.inputs.b[0], call.spread.has_fixed_b));
    let c = steps(call, block, tile.rows, (call.inputs.c[0], call.spread.has_fixed_c));
    if S::f32s::LEN < 8 {
        let on = (table, block);
        return narrow::recur::<CHECKED, FIXED, _, _, P>(simd, call, on, [&b, &c], tile, state);
    }
    for first in (0..block.width).step_by(F::Wide::<S>::LEN) {
        let mut n = 0;
        // As many states at once as there are registers for.
        while S::f32s::LEN >= 16 && n + 4 <= call.states {
            lanes::<CHECKED, FIXED, _, _, P, 4>(
                simd,
                call,
                (table, block),
                (n, first),
                [&b, &c],
                tile,
                state,
            );
            n += 4;
        }
        while n + 2 <= call.states {
            lanes::<CHECKED, FIXED, _, _, P, 2>(
                simd,
                call,
                (table, block),
                (n, first),
                [&b, &c],
                tile,
                state,
            );
            n += 2;
        }
        while n < call.states {
            lanes::<CHECKED, FIXED, _, _, P, 1>(
                simd,
                call,
                (table, block),
                (n, first),
                [&b, &c],
                tile,
                state,
            );
            n += 1;
        }
    }
}

/// A vector of a row.
#[inline(always)]
pub(super) fn vector<S: Simd, F: Real>(simd: S, row: &[F], first: usize) -> F::Wide<S> {
    F::Wide::from_slice(simd, &row[first..first + F::Wide::<S>::LEN])
}

/// A vector of channels and `N` of their states.
#[inline(always)]
fn lanes<
    const CHECKED: bool,
    const FIXED: bool,
    S: Simd,
    F: Real,
    const P: usize,
    const N: usize,
>(
    simd: S,
    call: &SelectiveScan<'_, F, P>,
    (table, block): (&Table<F>, &Block),
    (n, first): (usize, usize),
    [b, c]: [&Steps<'_, F>; 2],
    tile: &mut Tile<'_, F>,
    state: &mut [F],
) {
    let size = F::Wide::<S>::LEN;
    let mut rate = [[F::Wide::splat(simd, F::zero()); 2]; N];
    let mut h = [F::Wide::splat(simd, F::zero()); N];
    for j in 0..N {
        rate[j][0] = vector(simd, table.of_state(block, n + j, 0), first);
        rate[j][1] = vector(simd, table.of_state(block, n + j, 1), first);
        h[j] = vector(simd, state, (n + j) * block.width + first);
    }
    let fixed = [call.spread.has_fixed_b, call.spread.has_fixed_c];
    for k in 0..tile.rows.len() {
        let at = k * block.width + first;
        let delta = vector(simd, tile.delta, at);
        let input = vector(simd, tile.input, at);
        let mut y = vector(simd, tile.y, at);
        for j in 0..N {
            let mut coefficients = [delta; 2];
            for (i, steps) in [b, c].into_iter().enumerate() {
                coefficients[i] = if FIXED && fixed[i] {
                    let row = P + 1 + i * usize::from(fixed[0]);
                    vector(simd, table.of_state(block, n + j, row), first)
                } else {
                    F::Wide::splat(simd, steps[k][n + j])
                };
            }
            let [b, c] = coefficients;
            let gate = exp_of_product::<CHECKED, _, _, _>(delta, rate[j]);
            h[j] = gate.mul_add(h[j], input * b);
            y = h[j].mul_add(c, y);
        }
        y.store_slice(&mut tile.y[at..at + size]);
    }
    for (j, h) in h.into_iter().enumerate() {
        let at = (n + j) * block.width + first;
        flush(h).store_slice(&mut state[at..at + size]);
    }
}
