//! The recurrence of a tile, where it is real.

use super::{
    SelectiveScan,
    sweep::{TILE, Tile},
    table::{Block, Table},
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
    for first in (0..block.width).step_by(F::Vector::<S>::LEN) {
        let mut n = 0;
        while n + 4 <= call.states {
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
    let size = F::Vector::<S>::LEN;
    let own = |j: usize| (n + j) * block.width + first..(n + j) * block.width + first + size;
    let row =
        |j, k| F::Vector::<S>::from_slice(simd, &table.of_state(block, n + j, k)[first..][..size]);
    let rate: [[F::Vector<S>; 2]; N] = std::array::from_fn(|j| [row(j, 0), row(j, 1)]);
    let mut h: [F::Vector<S>; N] =
        std::array::from_fn(|j| F::Vector::<S>::from_slice(simd, &state[own(j)]));
    let [is_fixed_b, is_fixed_c] = [call.spread.has_fixed_b, call.spread.has_fixed_c];
    let after_b = P + 1 + usize::from(is_fixed_b);
    for k in 0..tile.rows.len() {
        let at = k * block.width + first..k * block.width + first + size;
        let delta = F::Vector::<S>::from_slice(simd, &tile.delta[at.clone()]);
        let input = F::Vector::<S>::from_slice(simd, &tile.input[at.clone()]);
        let mut y = F::Vector::<S>::from_slice(simd, &tile.y[at.clone()]);
        for j in 0..N {
            let [b, c] = if FIXED {
                [
                    if is_fixed_b {
                        row(j, P + 1)
                    } else {
                        F::Vector::<S>::splat(simd, b[k][n + j])
                    },
                    if is_fixed_c {
                        row(j, after_b)
                    } else {
                        F::Vector::<S>::splat(simd, c[k][n + j])
                    },
                ]
            } else {
                [b, c].map(|steps| F::Vector::<S>::splat(simd, steps[k][n + j]))
            };
            let gate = exp_of_product::<CHECKED, _, _, _>(delta, rate[j]);
            h[j] = gate.mul_add(h[j], input * b);
            y = h[j].mul_add(c, y);
        }
        y.store_slice(&mut tile.y[at]);
    }
    for j in 0..N {
        flush(h[j]).store_slice(&mut state[own(j)]);
    }
}
