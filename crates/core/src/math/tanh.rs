//! The hyperbolic tangent.

use super::{by_lane, exp, horner};
use crate::Real;
use fearless_simd::{Simd, prelude::*};

/// Of Cephes' `tanhf`.
const NEAR: [f64; 5] = [
    -0.333_332_819_422,
    0.133_314_422_036,
    -5.373_971_555_31e-2,
    2.063_908_879_54e-2,
    -5.704_988_727_45e-3,
];

/// `tanh(x)` within 3 units in the last place.
#[inline(always)]
pub(crate) fn tanh<S: Simd, F: Real, V: SimdFloat<S, Element = F>>(x: V) -> V {
    if F::IS_WIDE {
        return by_lane(x, f64::tanh);
    }
    let v = |y: f64| V::splat(x.token(), F::of(y));
    let square = x * x;
    let near = (horner(square, NEAR) * square).mul_add(x, x);
    let size = x.abs();
    let far = v(1.0) - v(2.0) / (exp(size + size) + v(1.0));
    let y = size.simd_lt(v(0.625)).select(near, far.copysign(x));
    x.simd_eq(x).select(y, x)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{errors, range};
    use super::*;

    #[test]
    fn tanh_is_within_three_units() {
        let x = range(-12.0, 12.0, 200_003);
        let [narrow, wide] = errors!(x, tanh, f64::tanh);
        assert!(narrow < 3.0 && wide < 1.0, "{narrow} and {wide} units in the last place");
    }
}
