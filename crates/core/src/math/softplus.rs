//! The smooth positive part.

use super::{Powers, constant, exp::ENDS, power::log2_e, sum};
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

/// [`softplus`] with its constants at hand.
#[derive(Clone, Copy)]
pub(crate) struct Softplus<V> {
    powers: Powers<V>,
    /// `-log2(e)`.
    rate: [V; 2],
    /// The magnitude from which on `exp` of what is below 0 is no normal number.
    end: V,
    zero: V,
    two: V,
    /// The first of them where numbers are narrow.
    series: [V; WIDE.len()],
}

impl<V: Copy> Softplus<V> {
    #[inline(always)]
    pub(crate) fn with<S: Simd, F: Real>(constant: impl Fn(f64) -> V) -> Self
    where
        V: SimdFloat<S, Element = F>,
    {
        let zero = constant(0.0);
        let mut series = [zero; WIDE.len()];
        for k in 0..used::<F>() {
            series[k] = constant(if F::IS_WIDE { WIDE[k] } else { NARROW[k] });
        }
        let [low, _] = ENDS[usize::from(F::IS_WIDE)];
        let rate = log2_e::<F, _>(|x| constant(-x));
        let (end, two) = (constant(-low), constant(2.0));
        Self { rate, end, zero, two, series, powers: Powers::with(constant) }
    }

    #[inline(always)]
    pub(crate) fn of<S: Simd, F: Real>(&self, x: V) -> V
    where
        V: SimdFloat<S, Element = F>,
    {
        let size = x.abs();
        let e = self.powers.of_product::<false, _, _>(size, self.rate);
        let e = size.simd_le(self.end).select(e, self.zero);
        let s = if F::IS_WIDE { e / (e + self.two) } else { e };
        let at = if F::IS_WIDE { s * s } else { e };
        let sum = sum(at, &self.series[1..used::<F>()]).mul_add(at, self.series[0]);
        let log = if F::IS_WIDE { (s + s) * sum } else { e * sum };
        x.simd_lt(self.zero).select(self.zero, x) + log
    }
}

const fn used<F: Real>() -> usize {
    if F::IS_WIDE { WIDE.len() } else { NARROW.len() }
}

/// `log(1 + exp(x))` within 4 units in the last place: `max(x, 0) + log(1 + exp(-|x|))`, so that neither end
/// loses digits or overflows. 0 where the result would be subnormal, below -87.3 in `f32`. NaN stays NaN.
#[inline(always)]
pub(crate) fn softplus<S: Simd, F: Real, V: SimdFloat<S, Element = F>>(x: V) -> V {
    Softplus::with(constant(x.token())).of(x)
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
