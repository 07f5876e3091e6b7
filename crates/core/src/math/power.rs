//! The exponential of a product, one of whose factors serves many times.

use super::{constant, sum};
use crate::Real;
use fearless_simd::{Simd, prelude::*};

/// `(2^r - 1) / r` for `r` from -1/2 to 1/2, the largest error in units of the last place as small as five
/// coefficients allow.
const NARROW_2: [f64; 5] = [
    0.693_146_829_238_455_3,
    0.240_222_370_269_517_95,
    5.550_891_444_840_943e-2,
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

/// [`exp_of_product`] with its constants at hand.
#[derive(Clone, Copy)]
pub(crate) struct Powers<V> {
    /// Adding this leaves the nearest integer in the lowest bits.
    shift: V,
    one: V,
    /// The first of them where numbers are narrow.
    polynomial: [V; WIDE_2.len()],
}

impl<V: Copy> Powers<V> {
    #[inline(always)]
    pub(crate) fn with<S: Simd, F: Real>(constant: impl Fn(f64) -> V) -> Self
    where
        V: SimdFloat<S, Element = F>,
    {
        let one = constant(1.0);
        let mut polynomial = [one; WIDE_2.len()];
        for k in 0..used::<F>() {
            polynomial[k] = constant(if F::IS_WIDE { WIDE_2[k] } else { NARROW_2[k] });
        }
        let shift = if F::IS_WIDE { 6_755_399_441_055_744.0 } else { 12_582_912.0 };
        Self { shift: constant(shift), one, polynomial }
    }

    #[inline(always)]
    pub(crate) fn of_product<const CHECKED: bool, S: Simd, F: Real>(&self, x: V, rate: [V; 2]) -> V
    where
        V: SimdFloat<S, Element = F>,
    {
        let shifted = x.mul_add(rate[0], self.shift);
        let minus_n = self.shift - shifted;
        let r = x.mul_add(rate[1], x.mul_add(rate[0], minus_n));
        let q = sum(r, &self.polynomial[..used::<F>()]);
        let p = q.mul_add(r, self.one);
        let digits = if F::IS_WIDE { 52 } else { 23 };
        let y = V::from_bits(p.to_bits() + (shifted.to_bits() << digits));
        if !CHECKED {
            return y;
        }
        let v = |y: f64| V::splat(x.token(), F::of(y));
        // Past the largest number by less than the rounding of `power`: the exponent is that of NaN.
        let y = y.simd_eq(y).select(y, v(f64::INFINITY));
        let power = x * rate[0];
        let [low, high] = if F::IS_WIDE { [-1022.0, 1024.0] } else { [-126.0, 128.0] };
        let y = power.simd_lt(v(low)).select(v(0.0), y);
        let y = power.simd_ge(v(high)).select(v(f64::INFINITY), y);
        power.simd_eq(power).select(y, power)
    }
}

const fn used<F: Real>() -> usize {
    if F::IS_WIDE { WIDE_2.len() } else { NARROW_2.len() }
}

/// `exp(x a)`, `a` as [`split_rate`] gives it, within 2 units in the last place where the product is exact or
/// fused; elsewhere its rounding, half a unit of the exponent, comes on top. With `CHECKED` what [`super::exp`] says
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
    Powers::with(constant(x.token())).of_product::<CHECKED, _, _>(x, rate)
}

/// `log2(e)` as [`split_rate`] gives it.
#[inline(always)]
pub(super) fn log2_e<F: Real, V>(constant: impl Fn(f64) -> V) -> [V; 2] {
    let high = F::of(std::f64::consts::LOG2_E).wide();
    [high, std::f64::consts::LOG2_E - high + LOG2_E_REST].map(constant)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{errors, range, values};
    use super::*;

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
        for end in [-87.336_54_f32, 88.722_84] {
            let at = |k: i32| f64::from(f32::from_bits(end.to_bits().wrapping_add_signed(k)));
            let x: [f64; 64] = std::array::from_fn(|k| at(k as i32 - 32));
            for (x, y) in x.iter().zip(values!(at_one, f32, x)) {
                assert!(!y.is_nan() && (y == 0.0) == (*x < -87.336_544), "exp({x}) is {y}");
            }
        }
        let [low, high] = [f64::NEG_INFINITY, f64::INFINITY];
        let x = [0.0, low, -1e9, -87.5, -104.0, high, 1e9];
        assert_eq!(
            values!(at_one, f32, x),
            [1.0, 0.0, 0.0, 0.0, 0.0, f32::INFINITY, f32::INFINITY]
        );
        assert!(values!(at_one, f32, [f64::NAN])[0].is_nan());
    }
}
