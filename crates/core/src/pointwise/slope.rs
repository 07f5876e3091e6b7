//! The derivatives of activations.

use crate::{
    Real,
    math::{erf, exp, sigmoid, tanh},
};
use fearless_simd::{Simd, prelude::*};
use std::f64::consts::{FRAC_1_SQRT_2, FRAC_2_PI, PI};

#[inline(always)]
fn splat<S: Simd, F: Real, V: SimdFloat<S, Element = F>>(x: V, value: f64) -> V {
    V::splat(x.token(), F::of(value))
}

#[inline(always)]
pub(super) fn gelu<S: Simd, F: Real, V: SimdFloat<S, Element = F>>(x: V) -> V {
    let v = |value| splat(x, value);
    let [square, factor] = [x * x, v(FRAC_2_PI.sqrt())];
    let t = tanh(factor * (x + v(0.044_715) * square * x));
    let inner = factor * (v(1.0) + v(3.0 * 0.044_715) * square);
    let tail = v(0.5) * x * (v(1.0) - t * t);
    // Far out the tail is 0, and its factor may be infinite.
    let tail = tail.simd_eq(v(0.0)).select(v(0.0), tail * inner);
    v(0.5) * (v(1.0) + t) + tail
}

#[inline(always)]
pub(super) fn gelu_erf<S: Simd, F: Real, V: SimdFloat<S, Element = F>>(x: V) -> V {
    let v = |value| splat(x, value);
    let density = v((2.0 * PI).sqrt().recip()) * exp(v(-0.5) * x * x);
    let tail = density.simd_eq(v(0.0)).select(v(0.0), x * density);
    v(0.5) * (v(1.0) + erf(x * v(FRAC_1_SQRT_2))) + tail
}

#[inline(always)]
pub(crate) fn silu<S: Simd, F: Real, V: SimdFloat<S, Element = F>>(x: V) -> V {
    let s = sigmoid(x);
    let rest = splat(x, 1.0) - s;
    let product = s * rest;
    s + product.simd_eq(splat(x, 0.0)).select(splat(x, 0.0), x * product)
}

#[inline(always)]
pub(super) fn sigmoid_slope<S: Simd, F: Real, V: SimdFloat<S, Element = F>>(x: V) -> V {
    // Of the smaller half: 1 - s has lost its digits where s is near 1.
    let s = sigmoid(x.abs() * splat(x, -1.0));
    s * (splat(x, 1.0) - s)
}

#[inline(always)]
pub(super) fn tanh_slope<S: Simd, F: Real, V: SimdFloat<S, Element = F>>(x: V) -> V {
    let s = sigmoid_slope(splat(x, 2.0) * x);
    splat(x, 4.0) * s
}

#[inline(always)]
pub(super) fn relu<S: Simd, F: Real, V: SimdFloat<S, Element = F>>(x: V) -> V {
    let [zero, one] = [splat(x, 0.0), splat(x, 1.0)];
    // What is neither above nor below is not a number, and stays none.
    x.simd_gt(zero).select(one, x.simd_le(zero).select(zero, x))
}
