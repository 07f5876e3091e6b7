//! The two passes over a segment that some states of some channels make: forward again, and back.

use super::{super::kernel::vector, around::Signals};
use crate::{
    Real,
    math::{Powers, kept},
};
use fearless_simd::{Simd, prelude::*};

/// What is the same at every step, of `N` states of `V` vectors of channels.
pub(super) struct Weights<'w, 'a, F, X, const P: usize, const N: usize, const V: usize> {
    /// `A log2(e)`, in two parts.
    pub(super) rate: [[[X; 2]; V]; N],
    /// Whether `B` and `C` are the same at every step.
    pub(super) fixed: [bool; 2],
    /// And if so, they.
    pub(super) of_steps: [[[X; V]; N]; 2],
    /// And if not, their rows.
    pub(super) rows: [&'w [[&'a [F]; P]]; 2],
    /// The first state, the first channel; the channels and the states that there are.
    pub(super) own: [usize; 4],
}

/// `B` or `C` of a step.
#[inline(always)]
fn coefficients<S: Simd, F: Real, const P: usize, const N: usize>(
    simd: S,
    rows: &[[&[F]; P]],
    (k, n): (usize, usize),
    is_fixed: bool,
) -> [F::Wide<S>; N] {
    let mut all = [F::Wide::splat(simd, F::zero()); N];
    if !is_fixed {
        let row = &rows[k][0][n..n + N];
        for j in 0..N {
            all[j] = F::Wide::splat(simd, row[j]);
        }
    }
    all
}

/// Moves states through a segment; leaves gates, and what they leave of the states before, in `room`.
#[inline(always)]
pub(super) fn again<
    const CHECKED: bool,
    const FIXED: bool,
    S: Simd,
    F: Real,
    const P: usize,
    const N: usize,
    const V: usize,
>(
    simd: S,
    weights: &Weights<'_, '_, F, F::Wide<S>, P, N, V>,
    mut h: [[F::Wide<S>; V]; N],
    signals: &mut Signals<'_, F>,
    room: &mut [F],
) {
    let size = F::Wide::<S>::LEN;
    let (&Weights { rate, of_steps, .. }, [n, first, width, _]) = (weights, weights.own);
    let fixed = weights.fixed.map(|is| FIXED && is);
    let powers = Powers::with(kept(simd));
    for (k, room) in room.chunks_exact_mut(2 * N * V * size).enumerate() {
        let own = k * width + first..k * width + first + V * size;
        let (deltas, inputs) = (&signals.delta[own.clone()], &signals.input[own.clone()]);
        let y = &mut signals.y[own];
        let b = coefficients::<_, _, P, N>(simd, weights.rows[0], (k, n), fixed[0]);
        let c = coefficients::<_, _, P, N>(simd, weights.rows[1], (k, n), fixed[1]);
        for v in 0..V {
            let at = v * size;
            let [delta, input] = [vector(simd, deltas, at), vector(simd, inputs, at)];
            let mut sum = vector(simd, y, at);
            for j in 0..N {
                let b = if fixed[0] { of_steps[0][j][v] } else { b[j] };
                let c = if fixed[1] { of_steps[1][j][v] } else { c[j] };
                let gate = powers.of_product::<CHECKED, _, _>(delta, rate[j][v]);
                let decayed = gate * h[j][v];
                h[j][v] = input.mul_add(b, decayed);
                sum = h[j][v].mul_add(c, sum);
                let to = 2 * (j * V + v) * size;
                gate.store_slice(&mut room[to..to + size]);
                decayed.store_slice(&mut room[to + size..to + 2 * size]);
            }
            sum.store_slice(&mut y[at..at + size]);
        }
    }
}

/// The gradients of states, of `A`, and of `B` and `C` where they are the same at every step.
type Found<X, const N: usize, const V: usize> = ([[X; V]; N], [[X; V]; N], [[[X; V]; N]; 2]);

/// Moves the gradients `c` of states back through a segment; adds to `sums`, those of `B` and `C` of its steps.
#[inline(always)]
pub(super) fn back<
    const FIXED: bool,
    S: Simd,
    F: Real,
    const P: usize,
    const N: usize,
    const V: usize,
>(
    simd: S,
    weights: &Weights<'_, '_, F, F::Wide<S>, P, N, V>,
    mut c: [[F::Wide<S>; V]; N],
    signals: &mut Signals<'_, F>,
    room: &[F],
    [of_b, of_c]: [&mut [F]; 2],
) -> Found<F::Wide<S>, N, V> {
    let size = F::Wide::<S>::LEN;
    let (&Weights { rate, of_steps, .. }, [n, first, width, states]) = (weights, weights.own);
    let fixed = weights.fixed.map(|is| FIXED && is);
    let zero = F::Wide::<S>::splat(simd, F::zero());
    let mut of_rate = [[zero; V]; N];
    let mut of_weights = [[[zero; V]; N]; 2];
    for (k, kept) in room.chunks_exact(2 * N * V * size).enumerate().rev() {
        let own = k * width + first..k * width + first + V * size;
        let (deltas, inputs) = (&signals.delta[own.clone()], &signals.input[own.clone()]);
        let (dys, of_inputs) = (&signals.dy[own.clone()], &mut signals.of_input[own.clone()]);
        let of_deltas = &mut signals.of_delta[own];
        let b = coefficients::<_, _, P, N>(simd, weights.rows[0], (k, n), fixed[0]);
        let reads = coefficients::<_, _, P, N>(simd, weights.rows[1], (k, n), fixed[1]);
        let sums = (k * states + n) * size..(k * states + n + N) * size;
        let of_b = if fixed[0] { &mut [] } else { &mut of_b[sums.clone()] };
        let of_c = if fixed[1] { &mut [] } else { &mut of_c[sums] };
        let mut sums = [[zero; N]; 2];
        let [sums_b, sums_c] = &mut sums;
        for (j, (sum_b, sum_c)) in sums_b.iter_mut().zip(sums_c).enumerate() {
            *sum_b = if fixed[0] { zero } else { vector(simd, of_b, j * size) };
            *sum_c = if fixed[1] { zero } else { vector(simd, of_c, j * size) };
        }
        for v in 0..V {
            let at = v * size;
            let [delta, input] = [vector(simd, deltas, at), vector(simd, inputs, at)];
            let dy = vector(simd, dys, at);
            let mut of_input = vector(simd, of_inputs, at);
            let mut of_delta = vector(simd, of_deltas, at);
            for j in 0..N {
                let from = 2 * (j * V + v) * size;
                let [gate, decayed] = [vector(simd, kept, from), vector(simd, kept, from + size)];
                let b = if fixed[0] { of_steps[0][j][v] } else { b[j] };
                let read = if fixed[1] { of_steps[1][j][v] } else { reads[j] };
                let q = dy.mul_add(read, c[j][v]);
                let h = input.mul_add(b, decayed);
                let w = q * decayed;
                of_input = q.mul_add(b, of_input);
                of_delta = w.mul_add(rate[j][v][0], of_delta);
                of_rate[j][v] = w.mul_add(delta, of_rate[j][v]);
                c[j][v] = gate * q;
                if fixed[0] {
                    of_weights[0][j][v] = q.mul_add(input, of_weights[0][j][v]);
                } else {
                    sums[0][j] = q.mul_add(input, sums[0][j]);
                }
                if fixed[1] {
                    of_weights[1][j][v] = h.mul_add(dy, of_weights[1][j][v]);
                } else {
                    sums[1][j] = h.mul_add(dy, sums[1][j]);
                }
            }
            of_input.store_slice(&mut of_inputs[at..at + size]);
            of_delta.store_slice(&mut of_deltas[at..at + size]);
        }
        for j in 0..N {
            if !fixed[0] {
                sums[0][j].store_slice(&mut of_b[j * size..(j + 1) * size]);
            }
            if !fixed[1] {
                sums[1][j].store_slice(&mut of_c[j * size..(j + 1) * size]);
            }
        }
    }
    (c, of_rate, of_weights)
}
