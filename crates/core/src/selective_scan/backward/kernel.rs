//! A segment of a block forward again and then backward, where it is real.

use super::{
    super::{
        SelectiveScan,
        kernel::vector,
        table::{Block, Table},
    },
    around::Signals,
    sums::Ledger,
};
use crate::{Real, math::exp_of_product, real::flush};
use fearless_simd::{Simd, prelude::*};

/// States at once, at the most.
pub(super) const MOST: usize = 4;

/// What states need beside the signals.
pub(super) struct States<'s, 'a, F, const P: usize> {
    /// Those that enter, `[states, width]`; none where they are zero.
    pub(super) start: Option<[&'s [F]; P]>,
    /// The gradient of those that leave, and then of those that enter.
    pub(super) carry: [&'s mut [F]; P],
    /// The rows of `B` and of `C`, of the block's group, one a step; none where they are the same at every step.
    pub(super) rows: [&'s [[&'a [F]; P]]; 2],
    /// Room for gates and for what they leave of the states before.
    pub(super) room: &'s mut [F],
}

/// Walks a block's states back through a segment.
#[inline(always)]
pub(super) fn walk<const CHECKED: bool, const FIXED: bool, S: Simd, F: Real, const P: usize>(
    simd: S,
    call: &SelectiveScan<'_, F, P>,
    on: (&Table<F>, &Block),
    signals: &mut Signals<'_, F>,
    states: &mut States<'_, '_, F, P>,
    ledger: &mut Ledger<F, P>,
) {
    for first in (0..on.1.width).step_by(F::Wide::<S>::LEN) {
        let mut n = 0;
        // As many states at once as there are registers for.
        while S::f32s::LEN >= 16 && n + MOST <= call.states {
            lanes::<CHECKED, FIXED, _, _, P, MOST>(
                simd,
                call,
                on,
                (n, first),
                signals,
                states,
                ledger,
            );
            n += MOST;
        }
        while S::f32s::LEN >= 8 && n + 2 <= call.states {
            lanes::<CHECKED, FIXED, _, _, P, 2>(
                simd,
                call,
                on,
                (n, first),
                signals,
                states,
                ledger,
            );
            n += 2;
        }
        while n < call.states {
            lanes::<CHECKED, FIXED, _, _, P, 1>(
                simd,
                call,
                on,
                (n, first),
                signals,
                states,
                ledger,
            );
            n += 1;
        }
    }
}

/// What a step has for all channels alike.
#[inline(always)]
fn splat<S: Simd, F: Real, const P: usize>(
    simd: S,
    rows: &[[&[F]; P]],
    k: usize,
    n: usize,
) -> F::Wide<S> {
    F::Wide::splat(simd, rows[k][0][n])
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
    signals: &mut Signals<'_, F>,
    states: &mut States<'_, '_, F, P>,
    ledger: &mut Ledger<F, P>,
) {
    let (size, width) = (F::Wide::<S>::LEN, block.width);
    let zero = F::Wide::<S>::splat(simd, F::zero());
    let fixed = [call.spread.has_fixed_b, call.spread.has_fixed_c];
    let mut rate = [[zero; 2]; N];
    // Of `B` and `C` where they are the same at every step.
    let mut weights = [[zero; 2]; N];
    let mut h = [zero; N];
    for j in 0..N {
        for k in 0..2 {
            rate[j][k] = vector(simd, table.of_state(block, n + j, k), first);
            if FIXED && fixed[k] {
                let row = P + 1 + k * usize::from(fixed[0]);
                weights[j][k] = vector(simd, table.of_state(block, n + j, row), first);
            }
        }
        if let Some(start) = states.start {
            h[j] = vector(simd, start[0], (n + j) * width + first);
        }
    }
    let [b_rows, c_rows] = states.rows;
    let is_fixed = fixed.map(|is| FIXED && is);
    let room = &mut states.room[..signals.steps * N * 2 * size];
    for k in 0..signals.steps {
        let at = k * width + first;
        let [delta, input] = [&*signals.delta, &*signals.input].map(|row| vector(simd, row, at));
        let mut y = vector(simd, signals.y, at);
        for (j, kept) in
            room[k * N * 2 * size..][..N * 2 * size].chunks_exact_mut(2 * size).enumerate()
        {
            let gate = exp_of_product::<CHECKED, _, _, _>(delta, rate[j]);
            let decayed = gate * h[j];
            let b = if is_fixed[0] { weights[j][0] } else { splat(simd, b_rows, k, n + j) };
            let c = if is_fixed[1] { weights[j][1] } else { splat(simd, c_rows, k, n + j) };
            h[j] = input.mul_add(b, decayed);
            y = h[j].mul_add(c, y);
            gate.store_slice(&mut kept[..size]);
            decayed.store_slice(&mut kept[size..]);
        }
        y.store_slice(&mut signals.y[at..at + size]);
    }
    let carry = &mut *states.carry[0];
    let mut c = [zero; N];
    for j in 0..N {
        c[j] = vector(simd, carry, (n + j) * width + first);
    }
    let mut of_rate = [zero; N];
    let mut of_weights = [[zero; 2]; N];
    for k in (0..signals.steps).rev() {
        let at = k * width + first;
        let [delta, input, dy] =
            [&*signals.delta, &*signals.input, &*signals.dy].map(|row| vector(simd, row, at));
        let mut of_input = vector(simd, signals.of_input, at);
        let mut of_delta = vector(simd, signals.of_delta, at);
        for (j, kept) in room[k * N * 2 * size..][..N * 2 * size].chunks_exact(2 * size).enumerate()
        {
            let [gate, decayed] = [vector(simd, kept, 0), vector(simd, kept, size)];
            let b = if is_fixed[0] { weights[j][0] } else { splat(simd, b_rows, k, n + j) };
            let read = if is_fixed[1] { weights[j][1] } else { splat(simd, c_rows, k, n + j) };
            let q = dy.mul_add(read, c[j]);
            let h = input.mul_add(b, decayed);
            of_input = q.mul_add(b, of_input);
            let w = q * decayed;
            of_delta = w.mul_add(rate[j][0], of_delta);
            of_rate[j] = w.mul_add(delta, of_rate[j]);
            c[j] = gate * q;
            for (i, (x, y)) in [(q, input), (h, dy)].into_iter().enumerate() {
                if is_fixed[i] {
                    of_weights[j][i] = x.mul_add(y, of_weights[j][i]);
                } else {
                    let sum = ledger.lanes(i, 0, (n + j) * signals.steps + k, size);
                    x.mul_add(y, F::Wide::from_slice(simd, sum)).store_slice(sum);
                }
            }
        }
        of_input.store_slice(&mut signals.of_input[at..at + size]);
        of_delta.store_slice(&mut signals.of_delta[at..at + size]);
    }
    for j in 0..N {
        let at = (n + j) * width + first;
        flush(c[j]).store_slice(&mut carry[at..at + size]);
        let at = signals.first * call.states + at;
        ledger.add(0, 0, at, of_rate[j]);
        for i in 0..2 {
            if is_fixed[i] {
                ledger.add(1 + i, 0, at, of_weights[j][i]);
            }
        }
    }
}
