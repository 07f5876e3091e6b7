//! The exponential and what is made of it.

use super::horner;
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

/// `exp(x)` within 2 units in the last place. Results outside of normal numbers are those at the ends of
/// the range: [-87.3, 88.3] in `f32`, [-708, 709] in `f64`. NaN stays NaN.
#[inline(always)]
pub(crate) fn exp<S: Simd, F: Real, V: SimdFloat<S, Element = F>>(x: V) -> V {
    let v = |y: f64| V::splat(x.token(), F::of(y));
    // Adding this leaves, in the lowest bits, the nearest integer plus the bias of exponents.
    let (shift, digits, [low, high]) = if F::IS_WIDE {
        (6_755_399_441_055_744.0 + 1023.0, 52, [-708.0, 709.0])
    } else {
        (12_582_912.0 + 127.0, 23, [-87.3, 88.3])
    };
    let inside = x.max(v(low)).min(v(high));
    let shifted = inside.mul_add(v(std::f64::consts::LOG2_E), v(shift));
    let n = shifted - v(shift);
    let r = n.mul_add(v(-LN2[1]), n.mul_add(v(-LN2[0]), inside));
    let p = if F::IS_WIDE { horner(r, WIDE) } else { horner(r, NARROW) };
    let power = V::from_bits(shifted.to_bits() << digits);
    let y = p.mul_add(r * r, r + v(1.0)) * power;
    x.simd_eq(x).select(y, x)
}

/// `1 / (1 + exp(-x))` within 3 units in the last place; below -87.3 in `f32` what it is there.
#[inline(always)]
pub(crate) fn sigmoid<S: Simd, F: Real, V: SimdFloat<S, Element = F>>(x: V) -> V {
    let one = V::splat(x.token(), F::one());
    one / (one + exp(-x))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{errors, range};
    use super::*;

    #[test]
    fn exp_is_within_two_units() {
        let x = range(-87.3, 88.3, 200_003);
        let [narrow, wide] = errors!(x, exp, f64::exp);
        assert!(narrow < 2.0 && wide < 2.0, "{narrow} and {wide} units in the last place");
    }

    #[test]
    fn sigmoid_is_within_three_units() {
        let x = range(-87.0, 87.0, 100_003);
        let [narrow, wide] = errors!(x, sigmoid, |x: f64| 1.0 / (1.0 + (-x).exp()));
        assert!(narrow < 3.0 && wide < 3.0, "{narrow} and {wide} units in the last place");
    }
}
