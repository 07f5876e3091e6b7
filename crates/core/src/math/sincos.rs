//! Sine and cosine of a product.

use crate::Real;
use fearless_simd::{Simd, prelude::*};

/// `[sin(x y), cos(x y)]`, both right to the last digit but one: the product is not rounded before it is reduced,
/// in `f32`; one lane after the other.
#[inline(always)]
pub(crate) fn sincos_of_product<S: Simd, F: Real, V: SimdFloat<S, Element = F>>(
    mut x: V,
    mut y: V,
) -> [V; 2] {
    for (x, y) in x.as_mut_slice().iter_mut().zip(y.as_mut_slice()) {
        let (sin, cos) = (x.wide() * y.wide()).sin_cos();
        (*x, *y) = (F::of(sin), F::of(cos));
    }
    [x, y]
}
