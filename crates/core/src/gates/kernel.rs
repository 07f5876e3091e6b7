//! Gates of a block of rows.

use crate::{
    Real,
    math::{exp, sigmoid, tanh},
};
use fearless_simd::{Simd, prelude::*};

#[inline(always)]
pub(super) fn min_gru<S: Simd, F: Real>(simd: S, width: usize, x: &[F], out: [&mut [F]; 2]) {
    rows(simd, width, x, out, |[hidden, gate]| [sigmoid(-gate), sigmoid(gate) * positive(hidden)]);
}

#[inline(always)]
pub(super) fn min_lstm<S: Simd, F: Real>(simd: S, width: usize, x: &[F], out: [&mut [F]; 2]) {
    rows(simd, width, x, out, |[hidden, forget, input]| {
        let one = F::Vector::splat(simd, F::one());
        // Of two that overflow the quotient still is a number.
        let most = F::Vector::splat(simd, F::of(if F::IS_WIDE { 709.0 } else { 88.0 }));
        let [forget, input] =
            [forget, input].map(|gate| one + exp((-gate).simd_gt(most).select(most, -gate)));
        let [a, i] = [one / (one + forget / input), one / (one + input / forget)];
        [a, i * positive(hidden)]
    });
}

/// From the gates before their sigmoids, the recurrence's in `a` and the input's in `b`; `speeds` is what the
/// logarithms of gates are multiplied by, `[width]`.
#[inline(always)]
pub(super) fn rg_lru<S: Simd, F: Real>(
    simd: S,
    speeds: &[F],
    x: &[F],
    fresh: Option<&[u8]>,
    [a, b]: [&mut [F]; 2],
) {
    let width = speeds.len();
    let [zero, one] = [F::zero(), F::one()].map(|y| F::Vector::<S>::splat(simd, y));
    let all = x.chunks_exact(width).zip(a.chunks_exact_mut(width)).zip(b.chunks_exact_mut(width));
    for (t, ((x, a), b)) in all.enumerate() {
        let is_fresh = fresh.is_some_and(|fresh| fresh[t] != 0);
        let start =
            F::Vector::splat(simd, if is_fresh { F::one() } else { F::zero() }).simd_gt(zero);
        for first in (0..width).step_by(F::Vector::<S>::LEN) {
            let part = first..(first + F::Vector::<S>::LEN).min(width);
            let [x, r, i, speed] =
                [x, a, b, speeds].map(|row| load::<S, F>(simd, &row[part.clone()]));
            let speed = speed * sigmoid(r);
            let t = tanh(speed);
            let gated = sigmoid(i) * x;
            let kept = ((t + t) / (one + t)).sqrt() * gated;
            store::<S, F>(start.select(zero, exp(-speed)), &mut a[part.clone()]);
            store::<S, F>(start.select(gated, kept), &mut b[part]);
        }
    }
}

/// `f` of rows with `N` parts of `width` elements.
#[inline(always)]
fn rows<S: Simd, F: Real, const N: usize>(
    simd: S,
    width: usize,
    x: &[F],
    [a, b]: [&mut [F]; 2],
    f: impl Fn([F::Vector<S>; N]) -> [F::Vector<S>; 2],
) {
    let width = width.max(1);
    let all = x.chunks_exact(N * width);
    for ((x, a), b) in all.zip(a.chunks_exact_mut(width)).zip(b.chunks_exact_mut(width)) {
        for first in (0..width).step_by(F::Vector::<S>::LEN) {
            let last = (first + F::Vector::<S>::LEN).min(width);
            let parts = std::array::from_fn(|n| {
                load::<S, F>(simd, &x[n * width + first..n * width + last])
            });
            let [gate, input] = f(parts);
            store::<S, F>(gate, &mut a[first..last]);
            store::<S, F>(input, &mut b[first..last]);
        }
    }
}

/// A vector of at most as many numbers as it has lanes.
#[inline(always)]
fn load<S: Simd, F: Real>(simd: S, x: &[F]) -> F::Vector<S> {
    if x.len() == F::Vector::<S>::LEN {
        return F::Vector::from_slice(simd, x);
    }
    let mut lanes = [F::zero(); 16];
    lanes[..x.len()].copy_from_slice(x);
    F::Vector::from_slice(simd, &lanes[..F::Vector::<S>::LEN])
}

#[inline(always)]
fn store<S: Simd, F: Real>(x: F::Vector<S>, out: &mut [F]) {
    out.copy_from_slice(&x.as_slice()[..out.len()]);
}

/// What makes a hidden value positive: `x + 1/2`, or below 0 its sigmoid.
#[inline(always)]
fn positive<S: Simd, F: Real, V: SimdFloat<S, Element = F>>(x: V) -> V {
    let v = |y: f64| V::splat(x.token(), F::of(y));
    x.simd_ge(v(0.0)).select(x + v(0.5), sigmoid(x))
}
