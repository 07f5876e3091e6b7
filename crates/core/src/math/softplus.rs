//! The smooth positive part.

use super::{horner, power::exp_of_negative};
use crate::Real;
use fearless_simd::{Simd, prelude::*};

/// `log(1 + e) / e` for `e` from 0 to 1, 1 at 0, within 6e-9 of it.
const NARROW: [f64; 10] = [
    1.0,
    -0.499_999_327_639_85,
    0.333_305_113_286_006_9,
    -0.249_585_874_915_709_16,
    0.196_954_008_476_238_2,
    -0.153_553_971_086_086_6,
    0.106_805_567_992_579_8,
    -5.766_445_645_040_716e-2,
    2.020_459_127_236_930_6e-2,
    -3.318_473_926_767_59e-3,
];

/// 1, 1/3, 1/5, ...: `log(1 + e) = 2 s (1 + s^2/3 + s^4/5 + ...)` where `s = e / (2 + e)`. What is left out is below
/// 2e-18 of the sum.
const WIDE: [f64; 18] = {
    let mut c = [1.0; 18];
    let mut k = 1;
    while k < 18 {
        c[k] = 1.0 / (2 * k + 1) as f64;
        k += 1;
    }
    c
};

/// `log(1 + exp(x))` within 4 units in the last place: `max(x, 0) + log(1 + exp(-|x|))`, so that neither end
/// loses digits or overflows. 0 where the result would be subnormal, below -87.3 in `f32`. NaN stays NaN.
#[inline(always)]
pub(crate) fn softplus<S: Simd, F: Real, V: SimdFloat<S, Element = F>>(x: V) -> V {
    let v = |y: f64| V::splat(x.token(), F::of(y));
    let e = exp_of_negative(-x.abs());
    let log = if F::IS_WIDE {
        let s = e / (e + v(2.0));
        (s + s) * horner(s * s, WIDE)
    } else {
        e * horner(e, NARROW)
    };
    x.simd_lt(v(0.0)).select(v(0.0), x) + log
}

#[cfg(test)]
mod tests {
    use super::super::tests::{errors, range, values};
    use super::*;

    fn truth(x: f64) -> f64 {
        x.max(0.0) + (-x.abs()).exp().ln_1p()
    }

    #[test]
    fn softplus_is_within_four_units() {
        for (from, to) in [(-87.3, 100.0), (-20.0, 25.0), (-1.0, 1.0)] {
            let [narrow, wide] = errors!(range(from, to, 1_000_003), softplus, truth);
            assert!(narrow < 4.0 && wide < 4.0, "{narrow} and {wide} units in the last place");
        }
    }

    #[test]
    fn softplus_is_right_at_its_edges() {
        let x = [-100.0, -87.0, -20.0, -17.0, -10.0, 0.0, 20.0, 20.1, 89.0, 1e9];
        for (y, x) in values!(softplus, f32, x).into_iter().zip(x) {
            let want = if x < -87.3 { 0.0 } else { truth(f64::from(x as f32)) };
            assert!(
                (f64::from(y) - want).abs() <= 4.0 * want * f64::from(f32::EPSILON),
                "{x}: {y}"
            );
        }
        for (y, x) in values!(softplus, f64, x).into_iter().zip(x) {
            assert!((y - truth(x)).abs() <= 4.0 * truth(x) * f64::EPSILON, "{x}: {y}");
        }
        let [low, high] = [f64::NEG_INFINITY, f64::INFINITY];
        assert_eq!(values!(softplus, f32, [low, high]), [0.0, f32::INFINITY]);
        assert_eq!(values!(softplus, f64, [low, high]), [0.0, high]);
        assert!(values!(softplus, f32, [f64::NAN])[0].is_nan());
    }
}
