//! A segment of a block forward again and then backward, where it is real.

use super::{
    super::{
        SelectiveScan,
        kernel::vector,
        table::{Block, Table},
    },
    around::Signals,
    passes::{Weights, again, back},
    sums::Ledger,
};
use crate::{Real, real::flush};
use fearless_simd::{Simd, prelude::*};

/// States times vectors of channels that are computed at once, at the most.
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
    let (size, width) = (F::Wide::<S>::LEN, on.1.width);
    let mut n = 0;
    // As many as there are registers for.
    while S::f32s::LEN >= 8 && n + 2 <= call.states {
        let mut first = 0;
        while S::f32s::LEN >= 16 && first + 2 * size <= width {
            lanes::<CHECKED, FIXED, _, _, P, 2, 2>(
                simd,
                call,
                on,
                (n, first),
                signals,
                states,
                ledger,
            );
            first += 2 * size;
        }
        while first < width {
            lanes::<CHECKED, FIXED, _, _, P, 2, 1>(
                simd,
                call,
                on,
                (n, first),
                signals,
                states,
                ledger,
            );
            first += size;
        }
        n += 2;
    }
    while n < call.states {
        for first in (0..width).step_by(size) {
            lanes::<CHECKED, FIXED, _, _, P, 1, 1>(
                simd,
                call,
                on,
                (n, first),
                signals,
                states,
                ledger,
            );
        }
        n += 1;
    }
}

/// `N` states of `V` vectors of channels.
#[inline(always)]
fn lanes<
    const CHECKED: bool,
    const FIXED: bool,
    S: Simd,
    F: Real,
    const P: usize,
    const N: usize,
    const V: usize,
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
    let fixed = [call.spread.has_fixed_b, call.spread.has_fixed_c].map(|is| FIXED && is);
    let mut weights = Weights {
        rate: [[[zero; 2]; V]; N],
        fixed,
        of_steps: [[[zero; V]; N]; 2],
        rows: states.rows,
        own: [n, first, width, call.states],
    };
    let carry = &mut *states.carry[0];
    let [mut h, mut c] = [[[zero; V]; N]; 2];
    for j in 0..N {
        for v in 0..V {
            let at = first + v * size;
            for i in 0..2 {
                weights.rate[j][v][i] = vector(simd, table.of_state(block, n + j, i), at);
                if fixed[i] {
                    let row = P + 1 + i * usize::from(fixed[0]);
                    weights.of_steps[i][j][v] = vector(simd, table.of_state(block, n + j, row), at);
                }
            }
            let at = (n + j) * width + at;
            if let Some(start) = states.start {
                h[j][v] = vector(simd, start[0], at);
            }
            c[j][v] = vector(simd, carry, at);
        }
    }
    let room = &mut states.room[..signals.steps * 2 * N * V * size];
    again::<CHECKED, FIXED, _, _, P, N, V>(simd, &weights, h, signals, room);
    let [of_b, of_c] = &mut ledger.lanes;
    let sums = [&mut of_b[0][..], &mut of_c[0][..]];
    let (c, of_rate, of_weights) =
        back::<FIXED, _, _, P, N, V>(simd, &weights, c, signals, room, sums);
    for j in 0..N {
        for v in 0..V {
            let at = (n + j) * width + first + v * size;
            flush(c[j][v]).store_slice(&mut carry[at..at + size]);
            let at = signals.first * call.states + at;
            ledger.add(0, 0, at, of_rate[j][v]);
            for i in 0..2 {
                if fixed[i] {
                    ledger.add(1 + i, 0, at, of_weights[i][j][v]);
                }
            }
        }
    }
}
