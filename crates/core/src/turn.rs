//! Lanes that change places.

use fearless_simd::{Simd, prelude::*};

/// Lanes moved on in time by `DISTANCE`; `into` fills the lanes that are left.
#[inline(always)]
pub(crate) fn shifted<S: Simd, V: SimdBase<S>, const DISTANCE: usize, const REVERSE: bool>(
    into: V,
    lanes: V,
) -> V {
    match (REVERSE, V::LEN - DISTANCE) {
        (true, _) => lanes.slide::<DISTANCE>(into),
        (false, 1) => into.slide::<1>(lanes),
        (false, 2) => into.slide::<2>(lanes),
        (false, 3) => into.slide::<3>(lanes),
        (false, 4) => into.slide::<4>(lanes),
        (false, 6) => into.slide::<6>(lanes),
        (false, 7) => into.slide::<7>(lanes),
        (false, _) => unreachable!("a vector of 4 or 8 lanes is moved on by 1, 2 or 4"),
    }
}

/// Where the `i`th half row of the upper quarters of an `N x N` matrix begins, left ones first.
pub(crate) const fn quarter<const N: usize>(i: usize) -> usize {
    i % (N / 2) * N + i / (N / 2) * (N / 2)
}

/// Rows as columns.
#[inline(always)]
pub(crate) fn transposed<S: Simd, V: SimdSplit<S>, const N: usize>(rows: [V; N]) -> [V; N] {
    let mut halves = rows;
    for i in 0..N / 2 {
        let ((a, b), (c, d)) = (rows[i].split(), rows[i + N / 2].split());
        halves[i] = a.combine(c);
        halves[i + N / 2] = b.combine(d);
    }
    turned(halves)
}

/// Half rows of the upper quarters joined to those below them, as columns; or columns as such half rows.
/// All within 128 bits, where shuffles are cheap.
#[inline(always)]
pub(crate) fn turned<S: Simd, V: SimdSplit<S>, const N: usize>(halves: [V; N]) -> [V; N] {
    let columns = zipped(halves);
    if N == 8 { zipped(columns) } else { columns }
}

/// A perfect shuffle of each half of the rows, within 128 bits.
#[inline(always)]
fn zipped<S: Simd, V: SimdSplit<S>, const N: usize>(rows: [V; N]) -> [V; N] {
    let mut out = rows;
    for half in 0..2 {
        let first = half * N / 2;
        for i in 0..N / 4 {
            let (low, high) = rows[first + i].interleave(rows[first + i + N / 4]);
            let ((a, b), (c, d)) = (low.split(), high.split());
            out[first + 2 * i] = a.combine(c);
            out[first + 2 * i + 1] = b.combine(d);
        }
    }
    out
}
