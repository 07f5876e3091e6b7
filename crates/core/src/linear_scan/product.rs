//! Products of gates with what rounding took off them: one serves every step of the tiles that follow,
//! so its rounding would add up where that of a state does not. It takes a fused multiply-add to know it.

use crate::{Real, real::flush, turn::shifted};
use fearless_simd::{Level, Simd, prelude::*};

/// The product `high + low`.
#[derive(Clone, Copy)]
pub(super) struct Product<V> {
    pub(super) high: V,
    pub(super) low: V,
}

impl<V> Product<V> {
    #[inline(always)]
    pub(super) fn of<S: Simd>(x: V) -> Self
    where
        V: SimdFloat<S, Element: Real>,
    {
        Self { high: x, low: V::splat(x.token(), num_traits::Zero::zero()) }
    }

    /// This product times `x`.
    #[inline(always)]
    pub(super) fn times<S: Simd>(self, x: V) -> Self
    where
        V: SimdFloat<S, Element: Real>,
    {
        let high = x * self.high;
        Self { high, low: x.mul_add(self.low, rounding(x, self.high, high)) }
    }

    /// This product times a `later` one.
    #[inline(always)]
    pub(super) fn then<S: Simd>(self, later: Self) -> Self
    where
        V: SimdFloat<S, Element: Real>,
    {
        let once = self.times(later.high);
        Self { low: later.low.mul_add(self.high, once.low), ..once }
    }

    /// The products of lanes moved on in time, 1 in those that are left.
    #[inline(always)]
    pub(super) fn shifted<const DISTANCE: usize, const REVERSE: bool, S: Simd>(self) -> Self
    where
        V: SimdFloat<S, Element: Real>,
    {
        let one = V::splat(self.high.token(), num_traits::One::one());
        let zero = V::splat(self.high.token(), num_traits::Zero::zero());
        Self {
            high: shifted::<_, V, DISTANCE, REVERSE>(one, self.high),
            low: shifted::<_, V, DISTANCE, REVERSE>(zero, self.low),
        }
    }

    /// Without numbers so small that arithmetic on them is slow.
    #[inline(always)]
    pub(super) fn flushed<S: Simd, F: Real>(self) -> Self
    where
        V: SimdFloat<S, Element = F>,
    {
        let tiny = F::epsilon() * F::epsilon() * F::epsilon();
        let [tiny, zero] = [tiny, F::zero()].map(|x| V::splat(self.high.token(), x));
        let low = self.high.abs().simd_lt(tiny).select(zero, self.low);
        Self { high: flush(self.high), low }
    }
}

/// `x y - product`, where `product` is `x y` rounded.
#[inline(always)]
fn rounding<S: Simd, V: SimdFloat<S>>(x: V, y: V, product: V) -> V {
    x.mul_sub(y, product)
}

/// Whether vectors are multiplied and added with one rounding.
#[inline(always)]
pub(super) fn is_fused(level: Level) -> bool {
    match level {
        #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
        Level::Avx2(_) | Level::Avx512(_) => true,
        #[cfg(target_arch = "aarch64")]
        Level::Neon(_) => true,
        #[cfg(all(target_arch = "wasm32", target_feature = "relaxed-simd"))]
        Level::WasmSimd128(simd) => fuses(simd),
        _ => false,
    }
}

/// Relaxed SIMD leaves it to the engine, which does one or the other throughout: ask it.
#[cfg(all(target_arch = "wasm32", target_feature = "relaxed-simd"))]
fn fuses<S: Simd>(simd: S) -> bool {
    let x = S::f32s::splat(simd, std::hint::black_box(1.0 + f32::EPSILON));
    x.mul_sub(x, x * x).as_slice()[0] != 0.0
}
