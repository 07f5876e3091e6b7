//! The products with weights for a few rows, a step's above all.

use crate::{Real, dots::dots};
use fearless_simd::Simd;

/// `B u` of one row: `weights` is `[states, channels, 2]`, `twice` is `u` with every number doubled.
#[inline(always)]
pub(super) fn project<S: Simd, F: Real>(
    simd: S,
    weights: &[F],
    twice: &[F],
    [re, im]: [&mut [F]; 2],
) {
    let width = twice.len();
    let row = |state: usize| &weights[state * width..][..width];
    dots(simd, re.len(), row, twice, |state, sums| [re[state], im[state]] = sums);
}

/// `Re(C x)` of one row: `state` is `x` as `re, -im` pairs, `row` gives the weights of a channel.
#[inline(always)]
pub(super) fn read_out<'a, S: Simd, F: Real>(
    simd: S,
    row: impl Fn(usize) -> &'a [F],
    state: &[F],
    y: &mut [F],
) {
    dots(simd, y.len(), row, state, |channel, [even, odd]| y[channel] = even + odd);
}
