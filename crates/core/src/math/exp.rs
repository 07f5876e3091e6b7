//! The exponential and what is made of it.

use super::{Powers, clamped, constant, horner, power::log2_e};
use crate::Real;
use fearless_simd::{Simd, prelude::*};

/// 1 / 2!, 1 / 3!, ...: what is left out is below 1e-17 of the sum.
const WIDE: [f64; 12] = [
    1.0 / 2.0,
    1.0 / 6.0,
    1.0 / 24.0,
    1.0 / 120.0,
    1.0 / 720.0,
    1.0 / 5_040.0,
    1.0 / 40_320.0,
    1.0 / 362_880.0,
    1.0 / 3_628_800.0,
    1.0 / 39_916_800.0,
    1.0 / 479_001_600.0,
    1.0 / 6_227_020_800.0,
];

/// Of Cephes' `expf`.
const NARROW: [f64; 6] = [
    0.500_000_012,
    0.166_666_654_59,
    4.166_579_589_4e-2,
    8.333_451_907_3e-3,
    1.398_199_95e-3,
    1.987_569_15e-4,
];

/// The logarithm of 2 in two parts, the first short enough to multiply exactly.
const LN2: [f64; 2] = [0.693_359_375, -2.121_944_400_546_905_8e-4];

/// The logarithms of the smallest normal number and of the largest number, each rounded to where the result still is one.
pub(super) const ENDS: [[f64; 2]; 2] = [
    [-87.336_540_222_167_97, 88.722_831_726_074_22],
    [-708.396_418_532_264_1, 709.782_712_893_383_9],
];

/// `exp(x)` within 2 units in the last place, 1 at 0. Where the result is no normal number it is 0, or
/// infinity: subnormal results would slow down what is computed from them. NaN stays NaN.
#[inline(always)]
pub(crate) fn exp<S: Simd, F: Real, V: SimdFloat<S, Element = F>>(x: V) -> V {
    let v = |y: f64| V::splat(x.token(), F::of(y));
    // Adding this leaves the nearest integer in the lowest bits.
    let (shift, digits) =
        if F::IS_WIDE { (6_755_399_441_055_744.0, 52) } else { (12_582_912.0, 23) };
    let shifted = x.mul_add(v(std::f64::consts::LOG2_E), v(shift));
    let n = shifted - v(shift);
    let r = n.mul_add(v(-LN2[1]), n.mul_add(v(-LN2[0]), x));
    let p = if F::IS_WIDE { horner(r, WIDE) } else { horner(r, NARROW) };
    let p = p.mul_add(r * r, r + v(1.0));
    let y = V::from_bits(p.to_bits() + (shifted.to_bits() << digits));
    let [low, high] = ENDS[usize::from(F::IS_WIDE)].map(v);
    let y = x.simd_lt(low).select(v(0.0), y);
    let y = x.simd_gt(high).select(v(f64::INFINITY), y);
    x.simd_eq(x).select(y, x)
}

/// `1 / (1 + exp(-x))` within 3 units in the last place; 0 below -88.7 in `f32`.
#[inline(always)]
pub(crate) fn sigmoid<S: Simd, F: Real, V: SimdFloat<S, Element = F>>(x: V) -> V {
    let one = V::splat(x.token(), F::one());
    one / (one + exp(-x))
}

/// [`silu`] with its constants at hand.
#[derive(Clone, Copy)]
pub(crate) struct Silu<V> {
    powers: Powers<V>,
    /// `-log2(e)`.
    rate: [V; 2],
    one: V,
    ends: [V; 2],
}

impl<V: Copy> Silu<V> {
    #[inline(always)]
    pub(crate) fn with<S: Simd, F: Real>(constant: impl Fn(f64) -> V) -> Self
    where
        V: SimdFloat<S, Element = F>,
    {
        let end = if F::IS_WIDE { 707.0 } else { 87.0 };
        let rate = log2_e::<F, _>(|x| constant(-x));
        let ends = [-end, end].map(&constant);
        Self { rate, one: constant(1.0), ends, powers: Powers::with(constant) }
    }

    #[inline(always)]
    pub(crate) fn of<S: Simd, F: Real>(&self, x: V) -> V
    where
        V: SimdFloat<S, Element = F>,
    {
        let inside = clamped(x, self.ends);
        x / (self.one + self.powers.of_product::<false, _, _>(inside, self.rate))
    }
}

/// `x sigmoid(x)` within 3 units in the last place; below -87 in `f32`, where it is less than 1e-36, only as small.
#[inline(always)]
pub(crate) fn silu<S: Simd, F: Real, V: SimdFloat<S, Element = F>>(x: V) -> V {
    Silu::with(constant(x.token())).of(x)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{errors, range, values};
    use super::*;

    #[test]
    fn exp_is_within_two_units() {
        let truth = |x: f64| if x < -87.336_544 { 0.0 } else { x.exp() };
        for (from, to) in [(-87.336_543, 88.722_83), (-1.0, 1.0), (-1e-3, 1e-3)] {
            let x = range(from, to, 1_000_003);
            let [narrow, wide] = errors!(x, exp, truth);
            assert!(narrow < 2.0 && wide < 2.0, "{narrow} and {wide} units in the last place");
        }
        let [_, wide] = errors!(range(-708.39, 709.78, 1_000_003), exp, f64::exp);
        assert!(wide < 2.0, "{wide} units in the last place");
    }

    #[test]
    fn exp_is_right_at_its_ends() {
        let inf = f64::INFINITY;
        let x = [0.0, -0.0, -inf, inf, -1e9, -1e30, 1e9, -800.0, 800.0, -87.34, -104.0, 88.73];
        let y = [1.0, 1.0, 0.0, inf, 0.0, 0.0, inf, 0.0, inf];
        assert_eq!(values!(exp, f32, x)[..9], y.map(|y| y as f32));
        assert_eq!(values!(exp, f64, x)[..9], y);
        assert_eq!(values!(exp, f32, x)[9..], [0.0, 0.0, f32::INFINITY]);
        assert!(
            values!(exp, f32, [f64::NAN])[0].is_nan() && values!(exp, f64, [f64::NAN])[0].is_nan()
        );
    }

    #[test]
    fn next_to_the_ends_nothing_is_out_of_order() {
        for end in [-87.336_54_f32, 88.722_84] {
            let at = |k: i32| f64::from(f32::from_bits(end.to_bits().wrapping_add_signed(k)));
            let x: [f64; 64] = std::array::from_fn(|k| at(k as i32 - 32));
            for (x, y) in x.iter().zip(values!(exp, f32, x)) {
                let truth = x.exp();
                let is_at_end = y == 0.0 || y.is_infinite();
                let off = (f64::from(y) / truth - 1.0).abs();
                assert!(is_at_end || y.is_normal() && off < 4e-7, "exp({x}) is {y}, not {truth}");
            }
        }
        for end in [-708.396_418_532_264_1_f64, 709.782_712_893_383_9] {
            let x: [f64; 64] = std::array::from_fn(|k| {
                f64::from_bits(end.to_bits().wrapping_add_signed(k as i64 - 32))
            });
            for (x, y) in x.iter().zip(values!(exp, f64, x)) {
                let is_at_end = y == 0.0 || y.is_infinite();
                assert!(
                    is_at_end || y.is_normal() && (y / x.exp() - 1.0).abs() < 1e-15,
                    "exp({x}) is {y}"
                );
            }
        }
    }

    #[test]
    fn silu_is_within_three_units() {
        let x = range(-87.0, 100.0, 200_003);
        let [narrow, wide] = errors!(x, silu, |x: f64| x / (1.0 + (-x).exp()));
        assert!(narrow < 3.0 && wide < 3.0, "{narrow} and {wide} units in the last place");
        let x = [0.0, -1e9, 1e9, f64::INFINITY];
        let y = values!(silu, f32, x);
        assert!(y[0] == 0.0 && y[1].abs() < 1e-25 && y[2..] == [1e9, f32::INFINITY]);
        assert!(values!(silu, f32, [f64::NAN])[0].is_nan());
    }

    #[test]
    fn sigmoid_is_within_three_units() {
        let x = range(-87.0, 87.0, 100_003);
        let [narrow, wide] = errors!(x, sigmoid, |x: f64| 1.0 / (1.0 + (-x).exp()));
        assert!(narrow < 3.0 && wide < 3.0, "{narrow} and {wide} units in the last place");
    }
}
