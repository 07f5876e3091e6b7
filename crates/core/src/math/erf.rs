//! The error function.

use super::{by_lane, exp, horner};
use crate::Real;
use fearless_simd::{Simd, prelude::*};

/// Of Cephes' `ndtrf`: `erf(x) / x` below 1, and `erfc(x) exp(x^2) x` from 1 to 2 and from 2 on.
const NEAR: [f64; 7] = [
    1.128_379_165_726_71,
    -0.376_126_258_242_33,
    0.112_835_851_486_141_8,
    -2.685_381_193_529_856e-2,
    5.188_327_685_732_524e-3,
    -8.010_193_625_184_903e-4,
    7.853_861_353_153_693e-5,
];
const MIDDLE: [f64; 9] = [
    0.563_825_942_738_647_2,
    -0.274_112_702_818_465_6,
    0.340_487_993_766_587_2,
    -0.494_451_532_327_414_5,
    0.621_000_462_174_598_3,
    -0.582_473_302_727_866_6,
    0.368_742_467_459_710_5,
    -0.138_703_938_874_065_7,
    2.326_819_970_068_386e-2,
];
const FAR: [f64; 8] = [
    0.564_189_506_775_407_5,
    -0.282_076_743_974_051_4,
    0.421_846_335_820_494_8,
    -1.015_265_279_202_7,
    2.921_019_019_210_786,
    -7.495_518_717_768_503,
    12.977_199_553_725_16,
    -10.477_663_999_362_49,
];

/// `erf(x)`, off by at most 1.2e-7 in `f32` and one unit in the last place in `f64`.
#[inline(always)]
pub(crate) fn erf<S: Simd, F: Real, V: SimdFloat<S, Element = F>>(x: V) -> V {
    if F::IS_WIDE {
        return by_lane(x, libm::erf);
    }
    let v = |y: f64| V::splat(x.token(), F::of(y));
    let size = x.abs();
    let near = x * horner(x * x, NEAR);
    let inverse = v(1.0) / size.max(v(1.0));
    let square = inverse * inverse;
    let tail = size.simd_lt(v(2.0)).select(horner(square, MIDDLE), horner(square, FAR));
    let far = v(1.0) - exp(-(size * size)) * inverse * tail;
    let y = size.simd_lt(v(1.0)).select(near, far.copysign(x));
    x.simd_eq(x).select(y, x)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{errors, range};
    use super::*;

    #[test]
    fn erf_is_right_to_the_last_digit() {
        let x = range(-7.0, 7.0, 200_003);
        let [narrow, wide] = errors!(x, erf, libm::erf);
        assert!(narrow < 3.0 && wide < 1.0, "{narrow} and {wide} units in the last place");
    }
}
