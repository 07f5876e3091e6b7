//! The recurrence of a tile, where it is complex: `y` is twice the real part of what is read.

use super::{
    SelectiveScan,
    kernel::steps,
    table::{Block, Table},
    tile::Tile,
};
use crate::{
    Real,
    math::{exp_of_product, sincos_of_product},
    real::flush,
};
use fearless_simd::{Simd, prelude::*};

/// Moves both planes of a block's states (`[states, width]`) through a tile and adds what is read of them to its `y`.
#[inline(always)]
pub(super) fn recur<S: Simd, F: Real, const P: usize>(
    simd: S,
    call: &SelectiveScan<'_, F, P>,
    table: &Table<F>,
    block: &Block,
    tile: &mut Tile<'_, F>,
    [re, im]: [&mut [F]; 2],
) {
    let (spread, inputs) = (call.spread, &call.inputs);
    let [br, bi] =
        [0, P - 1].map(|p| steps(call, block, tile.rows, (inputs.b[p], spread.has_fixed_b)));
    let [cr, ci] =
        [0, P - 1].map(|p| steps(call, block, tile.rows, (inputs.c[p], spread.has_fixed_c)));
    let size = F::Wide::<S>::LEN;
    let first_c = if spread.has_fixed_b { 5 } else { 3 };
    for n in 0..call.states {
        for first in (0..block.width).step_by(size) {
            let row =
                |k| F::Wide::<S>::from_slice(simd, &table.of_state(block, n, k)[first..][..size]);
            let rate = [row(0), row(1)];
            let turn = row(2);
            let own = n * block.width + first..n * block.width + first + size;
            let mut x = F::Wide::<S>::from_slice(simd, &re[own.clone()]);
            let mut y = F::Wide::<S>::from_slice(simd, &im[own.clone()]);
            for k in 0..tile.rows.len() {
                let at = k * block.width + first..k * block.width + first + size;
                let delta = F::Wide::<S>::from_slice(simd, &tile.delta[at.clone()]);
                let input = F::Wide::<S>::from_slice(simd, &tile.input[at.clone()]);
                let splat = |steps: &[&[F]]| F::Wide::<S>::splat(simd, steps[k][n]);
                let b =
                    if spread.has_fixed_b { [row(3), row(4)] } else { [splat(&br), splat(&bi)] };
                let c = if spread.has_fixed_c {
                    [row(first_c), row(first_c + 1)]
                } else {
                    [splat(&cr), splat(&ci)]
                };
                let gate = exp_of_product::<true, _, _, _>(delta, rate);
                let [sin, cos] = sincos_of_product(delta, turn);
                let [gr, gi] = [gate * cos, gate * sin];
                let next = gr * x - gi * y + input * b[0];
                y = flush(gr * y + gi * x + input * b[1]);
                x = flush(next);
                let read = c[0] * x - c[1] * y;
                let sum = F::Wide::<S>::from_slice(simd, &tile.y[at.clone()]) + (read + read);
                sum.store_slice(&mut tile.y[at]);
            }
            x.store_slice(&mut re[own.clone()]);
            y.store_slice(&mut im[own]);
        }
    }
}
