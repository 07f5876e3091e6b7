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

/// The logarithms of the smallest normal number and of the largest number.
const ENDS: [[f64; 2]; 2] =
    [[-87.336_544_750_553_1, 88.722_839_052_068_35], [-708.396_418_532_264_1, 709.782_712_893_384]];

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

/// `(2^r - 1) / r` for `r` from -1/2 to 1/2, the largest error in units of the last place as small as five
/// coefficients allow.
const NARROW_2: [f64; 5] = [
    0.693_146_829_238_455_3,
    0.240_222_370_269_517_95,
    5.550_891_444_840_942_6e-2,
    9.671_763_537_111_19e-3,
    1.322_570_788_216_822_8e-3,
];

/// `ln(2)^k / k!` from `k = 1` on: what is left out is below 1e-17 of the sum.
const WIDE_2: [f64; 13] = {
    let mut c = [std::f64::consts::LN_2; 13];
    let mut k = 1;
    while k < 13 {
        c[k] = c[k - 1] * std::f64::consts::LN_2 / (k + 1) as f64;
        k += 1;
    }
    c
};

/// A number times `log2(e)` as two of `F`, so that no digit of it is lost.
pub(crate) fn split_rate<F: Real>(rate: F) -> [F; 2] {
    // The product of two doubles needs its own rest; one of floats fits a double.
    let wide = rate.wide();
    let high = F::of(wide * std::f64::consts::LOG2_E);
    let low = if !high.is_finite() {
        0.0
    } else if F::IS_WIDE {
        libm::fma(wide, std::f64::consts::LOG2_E, -high.wide()) + wide * LOG2_E_REST
    } else {
        wide * std::f64::consts::LOG2_E - high.wide()
    };
    [high, F::of(low)]
}

/// `log2(e)` less its double.
const LOG2_E_REST: f64 = 2.035_527_374_093_103_3e-17;

/// Below this magnitude of `x rate[0]` the result of [`exp_of_product`] is a normal number.
pub(crate) fn safe_power<F: Real>() -> F {
    F::of(if F::IS_WIDE { 1021.0 } else { 125.0 })
}

/// `exp(x a)`, `a` as [`split_rate`] gives it, within 2 units in the last place where the product is exact or
/// fused; elsewhere its rounding, half a unit of the exponent, comes on top. With `CHECKED` what [`exp`] says
/// of ends and NaN holds; without, `|x rate[0]|` has to be below [`safe_power`].
#[inline(always)]
pub(crate) fn exp_of_product<
    const CHECKED: bool,
    S: Simd,
    F: Real,
    V: SimdFloat<S, Element = F>,
>(
    x: V,
    rate: [V; 2],
) -> V {
    let v = |y: f64| V::splat(x.token(), F::of(y));
    let (shift, digits) =
        if F::IS_WIDE { (6_755_399_441_055_744.0, 52) } else { (12_582_912.0, 23) };
    let shifted = x.mul_add(rate[0], v(shift));
    let n = shifted - v(shift);
    let r = x.mul_add(rate[1], x.mul_sub(rate[0], n));
    let q = if F::IS_WIDE { horner(r, WIDE_2) } else { horner(r, NARROW_2) };
    let p = q.mul_add(r, v(1.0));
    let y = V::from_bits(p.to_bits() + (shifted.to_bits() << digits));
    if !CHECKED {
        return y;
    }
    let power = x * rate[0];
    let [low, high] = if F::IS_WIDE { [-1022.0, 1024.0] } else { [-126.0, 128.0] };
    let y = power.simd_lt(v(low)).select(v(0.0), y);
    let y = power.simd_ge(v(high)).select(v(f64::INFINITY), y);
    power.simd_eq(power).select(y, power)
}

/// `1 / (1 + exp(-x))` within 3 units in the last place; 0 below -88.7 in `f32`.
#[inline(always)]
pub(crate) fn sigmoid<S: Simd, F: Real, V: SimdFloat<S, Element = F>>(x: V) -> V {
    let one = V::splat(x.token(), F::one());
    one / (one + exp(-x))
}

/// `log2(e)` as [`split_rate`] gives it.
#[inline(always)]
fn log2_e<S: Simd, F: Real, V: SimdFloat<S, Element = F>>(simd: S) -> [V; 2] {
    let high = F::of(std::f64::consts::LOG2_E);
    let low = std::f64::consts::LOG2_E - high.wide() + LOG2_E_REST;
    [V::splat(simd, high), V::splat(simd, F::of(low))]
}

/// [`exp`] of what is not above 0; of NaN some number.
#[inline(always)]
pub(super) fn exp_of_negative<S: Simd, F: Real, V: SimdFloat<S, Element = F>>(x: V) -> V {
    let v = |y: f64| V::splat(x.token(), F::of(y));
    let y = exp_of_product::<false, _, _, _>(x, log2_e(x.token()));
    let [low, _] = ENDS[usize::from(F::IS_WIDE)];
    x.simd_ge(v(low)).select(y, v(0.0))
}

/// `x sigmoid(x)` within 3 units in the last place; below -87 in `f32`, where it is less than 1e-36, only as small.
#[inline(always)]
pub(crate) fn silu<S: Simd, F: Real, V: SimdFloat<S, Element = F>>(x: V) -> V {
    let v = |y: f64| V::splat(x.token(), F::of(y));
    let end = if F::IS_WIDE { 707.0 } else { 87.0 };
    let inside = (-x).max(v(-end)).min(v(end));
    x / (v(1.0) + exp_of_product::<false, _, _, _>(inside, log2_e(x.token())))
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
    fn exp_of_a_product_is_within_two_units() {
        #[inline(always)]
        fn at_one<S: Simd, F: Real, V: SimdFloat<S, Element = F>>(x: V) -> V {
            let mut rate = [x; 2];
            for lane in 0..V::LEN {
                let [high, low] = split_rate(x[lane]);
                (rate[0][lane], rate[1][lane]) = (high, low);
            }
            exp_of_product::<true, _, _, _>(V::splat(x.token(), F::one()), rate)
        }
        let x = range(-87.336_543, 88.722_83, 1_000_003);
        let [narrow, wide] = errors!(x, at_one, f64::exp);
        assert!(narrow < 2.0 && wide < 2.0, "{narrow} and {wide} units in the last place");
        let [_, wide] = errors!(range(-708.3, 709.7, 1_000_003), at_one, f64::exp);
        assert!(wide < 2.0, "{wide} units in the last place");
        let [low, high] = [f64::NEG_INFINITY, f64::INFINITY];
        let x = [0.0, low, -1e9, -87.5, -104.0, high, 1e9];
        assert_eq!(
            values!(at_one, f32, x),
            [1.0, 0.0, 0.0, 0.0, 0.0, f32::INFINITY, f32::INFINITY]
        );
        assert!(values!(at_one, f32, [f64::NAN])[0].is_nan());
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
