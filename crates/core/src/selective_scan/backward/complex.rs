//! A segment of a block forward again and then backward, where it is complex. Gradients hold the derivatives with
//! respect to the real and to the imaginary parts.

use super::{
    super::{
        SelectiveScan,
        kernel::vector,
        table::{Block, Table},
    },
    around::Signals,
    kernel::States,
    sums::Ledger,
};
use crate::{
    Real,
    math::{exp_of_product, sincos_of_product},
    real::flush,
};
use fearless_simd::{Simd, prelude::*};

/// What a step has for all channels alike.
#[inline(always)]
fn splat<S: Simd, F: Real, const P: usize>(
    simd: S,
    rows: &[[&[F]; P]],
    k: usize,
    n: usize,
) -> [F::Wide<S>; 2] {
    [F::Wide::splat(simd, rows[k][0][n]), F::Wide::splat(simd, rows[k][P - 1][n])]
}

/// Walks a block's states back through a segment.
#[inline(always)]
pub(super) fn walk<S: Simd, F: Real, const P: usize>(
    simd: S,
    call: &SelectiveScan<'_, F, P>,
    (table, block): (&Table<F>, &Block),
    signals: &mut Signals<'_, F>,
    states: &mut States<'_, '_, F, P>,
    ledger: &mut Ledger<F, P>,
) {
    let (size, width) = (F::Wide::<S>::LEN, block.width);
    let fixed = [call.spread.has_fixed_b, call.spread.has_fixed_c];
    let log2_e = F::Wide::<S>::splat(simd, F::of(std::f64::consts::LOG2_E));
    let zero = F::Wide::<S>::splat(simd, F::zero());
    let planes = [0, P - 1];
    let count = 3 + 2 * fixed.into_iter().filter(|is| *is).count();
    for (n, first) in
        (0..call.states).flat_map(|n| (0..width).step_by(size).map(move |first| (n, first)))
    {
        let mut own_rows = [zero; 7];
        for (k, row) in own_rows.iter_mut().enumerate().take(count) {
            *row = vector(simd, table.of_state(block, n, k), first);
        }
        let [high, low, turn, ..] = own_rows;
        let rate = [high, low];
        let first_c = if fixed[0] { 5 } else { 3 };
        let weights = [[own_rows[3], own_rows[4]], [own_rows[first_c], own_rows[first_c + 1]]];
        let rows = states.rows;
        let own = n * width + first;
        let [mut x, mut y] =
            states.start.map_or([zero; 2], |start| planes.map(|p| vector(simd, start[p], own)));
        let room = &mut states.room[..signals.steps * 4 * size];
        for (k, kept) in room.chunks_exact_mut(4 * size).enumerate() {
            let at = k * width + first;
            let [delta, input] =
                [&*signals.delta, &*signals.input].map(|row| vector(simd, row, at));
            let gate = exp_of_product::<true, _, _, _>(delta, rate);
            let [sin, cos] = sincos_of_product(delta, turn);
            let [gr, gi] = [gate * cos, gate * sin];
            let b = if fixed[0] { weights[0] } else { splat(simd, rows[0], k, n) };
            let c = if fixed[1] { weights[1] } else { splat(simd, rows[1], k, n) };
            let decayed = [gr * x - gi * y, gr * y + gi * x];
            [x, y] = [decayed[0] + input * b[0], decayed[1] + input * b[1]];
            let read = c[0] * x - c[1] * y;
            let sum = vector(simd, signals.y, at) + (read + read);
            sum.store_slice(&mut signals.y[at..at + size]);
            for (value, kept) in
                [gr, gi, decayed[0], decayed[1]].into_iter().zip(kept.chunks_exact_mut(size))
            {
                value.store_slice(kept);
            }
        }
        let mut c = planes.map(|p| vector(simd, states.carry[p], own));
        let mut of_rate = [zero; 2];
        let mut of_weights = [[zero; 2]; 2];
        for (k, kept) in room.chunks_exact(4 * size).enumerate().rev() {
            let at = k * width + first;
            let [gr, gi, dr, di] = [0, 1, 2, 3].map(|i| vector(simd, kept, i * size));
            let [delta, input, dy] =
                [&*signals.delta, &*signals.input, &*signals.dy].map(|row| vector(simd, row, at));
            let b = if fixed[0] { weights[0] } else { splat(simd, rows[0], k, n) };
            let read = if fixed[1] { weights[1] } else { splat(simd, rows[1], k, n) };
            let twice = dy + dy;
            let q = [c[0] + twice * read[0], c[1] - twice * read[1]];
            let h = [dr + input * b[0], di + input * b[1]];
            let w = [q[0] * dr + q[1] * di, q[1] * dr - q[0] * di];
            let of_input = vector(simd, signals.of_input, at) + (q[0] * b[0] + q[1] * b[1]);
            of_input.store_slice(&mut signals.of_input[at..at + size]);
            let of_delta =
                vector(simd, signals.of_delta, at) + (w[0] * rate[0] + w[1] * turn * log2_e);
            of_delta.store_slice(&mut signals.of_delta[at..at + size]);
            c = [flush(gr * q[0] + gi * q[1]), flush(gr * q[1] - gi * q[0])];
            let parts = [[q[0] * input, q[1] * input], [h[0] * twice, -(h[1] * twice)]];
            for p in 0..2 {
                of_rate[p] += w[p] * delta;
                for i in 0..2 {
                    if fixed[i] {
                        of_weights[i][p] += parts[i][p];
                    } else {
                        let sum = ledger.lanes(i, planes[p], k * call.states + n, size);
                        (F::Wide::from_slice(simd, sum) + parts[i][p]).store_slice(sum);
                    }
                }
            }
        }
        for p in 0..2 {
            c[p].store_slice(&mut states.carry[planes[p]][own..own + size]);
            let at = signals.first * call.states + own;
            ledger.add(0, planes[p], at, of_rate[p]);
            for i in 0..2 {
                if fixed[i] {
                    ledger.add(1 + i, planes[p], at, of_weights[i][p]);
                }
            }
        }
    }
}
