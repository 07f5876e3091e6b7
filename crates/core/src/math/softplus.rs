//! The smooth positive part.

use super::{exp, horner};
use crate::Real;
use fearless_simd::{Simd, prelude::*};

/// 1, 1/3, 1/5, ...: `log(1 + e) = 2 s (1 + s^2/3 + s^4/5 + ...)` where `s = e / (2 + e)`. For `e` from 0 to 1 what
/// is left out is below 2e-9 of the sum, and below 2e-18.
const NARROW: [f64; 8] = odd();
const WIDE: [f64; 18] = odd();

const fn odd<const N: usize>() -> [f64; N] {
    let mut c = [1.0; N];
    let mut k = 0;
    while k < N {
        c[k] = 1.0 / (2 * k + 1) as f64;
        k += 1;
    }
    c
}

/// `log(1 + exp(x))` within 4 units in the last place: `max(x, 0) + log(1 + exp(-|x|))`, so that neither end
/// loses digits or overflows. 0 where the result would be subnormal, below -87.3 in `f32`. NaN stays NaN.
#[inline(always)]
pub(crate) fn softplus<S: Simd, F: Real, V: SimdFloat<S, Element = F>>(x: V) -> V {
    let v = |y: f64| V::splat(x.token(), F::of(y));
    let e = exp(-x.abs());
    let s = e / (e + v(2.0));
    let square = s * s;
    let sum = if F::IS_WIDE { horner(square, WIDE) } else { horner(square, NARROW) };
    x.simd_gt(v(0.0)).select(x, v(0.0)) + (s + s) * sum
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
