//! Functions of vectors, each with its error: polynomials for all lanes at once, or in `f64`, where what is
//! right counts more than what is fast, one lane after the other.

mod erf;
mod exp;
mod power;
mod sincos;
mod softplus;
mod tanh;

pub(crate) use erf::erf;
pub(crate) use exp::{Silu, exp, sigmoid, silu};
pub(crate) use power::{Powers, exp_of_product, safe_power, split_rate};
pub(crate) use sincos::sincos_of_product;
pub(crate) use softplus::{Softplus, softplus};
pub(crate) use tanh::tanh;

use crate::Real;
use fearless_simd::{Simd, prelude::*};
use std::hint::black_box;

/// What is done there for speed alone is left out in `f64`, where it would only make modules larger.
const IS_WASM: bool = cfg!(target_arch = "wasm32");

/// Makes constants.
#[inline(always)]
fn constant<S: Simd, F: Real, V: SimdFloat<S, Element = F>>(simd: S) -> impl Fn(f64) -> V {
    move |x| V::splat(simd, F::of(x))
}

/// Makes constants for a loop, before it. WebAssembly engines make a constant anew at every turn, by three
/// instructions; one of which they cannot know that it is one they keep.
#[inline(always)]
pub(crate) fn kept<S: Simd, F: Real, V: SimdFloat<S, Element = F>>(simd: S) -> impl Fn(f64) -> V {
    let constant = constant(simd);
    move |x| if IS_WASM && !F::IS_WIDE { black_box(constant(x)) } else { constant(x) }
}

/// `x`, but neither below `low` nor above `high`; of NaN some number or NaN.
#[inline(always)]
fn clamped<S: Simd, F: Real, V: SimdFloat<S, Element = F>>(x: V, [low, high]: [V; 2]) -> V {
    if IS_WASM {
        // Its `max` takes eight instructions for the sake of NaN.
        let x = x.simd_lt(low).select(low, x);
        high.simd_lt(x).select(high, x)
    } else {
        x.max(low).min(high)
    }
}

/// A function of numbers, of one lane after the other.
#[inline(always)]
fn by_lane<S: Simd, F: Real, V: SimdFloat<S, Element = F>>(mut x: V, one: fn(f64) -> f64) -> V {
    for lane in x.as_mut_slice() {
        *lane = F::of(one(lane.wide()));
    }
    x
}

/// `c[0] + c[1] x + c[2] x^2 + ...`.
#[inline(always)]
fn horner<S: Simd, F: Real, V: SimdFloat<S, Element = F>, const N: usize>(x: V, c: [f64; N]) -> V {
    chain(x, &c.map(constant(x.token())))
}

/// The same of constants at hand: in WebAssembly by two chains half as long, since without a fused product each link of
/// one is two operations.
#[inline(always)]
fn sum<S: Simd, F: Real, V: SimdFloat<S, Element = F>>(x: V, c: &[V]) -> V {
    if !IS_WASM || F::IS_WIDE || c.len() < 3 {
        return chain(x, c);
    }
    let (last, square) = (c.len() - 1, x * x);
    let [mut even, mut odd] =
        if last.is_multiple_of(2) { [c[last], c[last - 1]] } else { [c[last - 1], c[last]] };
    for k in (0..last - 1).rev() {
        let sum = if k.is_multiple_of(2) { &mut even } else { &mut odd };
        *sum = sum.mul_add(square, c[k]);
    }
    odd.mul_add(x, even)
}

#[inline(always)]
fn chain<S: Simd, F: Real, V: SimdFloat<S, Element = F>>(x: V, c: &[V]) -> V {
    let mut sum = c[c.len() - 1];
    for k in (0..c.len() - 1).rev() {
        sum = sum.mul_add(x, c[k]);
    }
    sum
}

#[cfg(test)]
mod tests {
    /// So many numbers, evenly spread.
    pub(super) fn range(from: f64, to: f64, count: usize) -> Vec<f64> {
        (0..count).map(|i| from + (to - from) * i as f64 / (count - 1) as f64).collect()
    }

    /// The largest error in units of the last place, in `f32` and in `f64`, against the truth in `f64`; of
    /// the numbers as they are once rounded to `f32`.
    macro_rules! errors {
        ($x:expr, $function:path, $truth:expr) => {{
            #[inline(always)]
            fn all<S: Simd, F: Real>(simd: S, x: &[F], y: &mut [F]) {
                let size = F::Vector::<S>::LEN;
                for (x, y) in x.chunks_exact(size).zip(y.chunks_exact_mut(size)) {
                    $function(F::Vector::<S>::from_slice(simd, x)).store_slice(y);
                }
            }
            fn worst<F: Real>(x: &[f64], truth: fn(f64) -> f64) -> f64 {
                let whole = x.len() / 16 * 16;
                let x: Vec<F> = x[..whole].iter().map(|&x| F::of(f64::from(x as f32))).collect();
                let mut y = vec![F::nan(); x.len()];
                fearless_simd::dispatch!(fearless_simd::Level::new(), simd => all(simd, &x, &mut y));
                let digit = F::epsilon().wide();
                let off = |(&x, &y): (&F, &F)| {
                    let want = truth(x.wide());
                    let size = if want == 0.0 { 1.0 } else { want.abs() * digit };
                    let off = (y.wide() - want).abs() / size;
                    if off.is_nan() { f64::INFINITY } else { off }
                };
                x.iter().zip(&y).map(off)
                .fold(0.0, f64::max)
            }
            [worst::<f32>(&$x, $truth), worst::<f64>(&$x, $truth)]
        }};
    }
    pub(super) use errors;

    /// A function's values of one number type.
    macro_rules! values {
        ($function:path, $F:ident, $x:expr) => {{
            #[inline(always)]
            fn all<S: Simd>(simd: S, x: &[$F]) -> Vec<$F> {
                x.iter().map(|&x| $function(<$F as Real>::Vector::<S>::splat(simd, x))[0]).collect()
            }
            let x: Vec<$F> = $x.iter().map(|&x| x as $F).collect();
            fearless_simd::dispatch!(fearless_simd::Level::new(), simd => all(simd, &x))
        }};
    }
    pub(super) use values;
}
