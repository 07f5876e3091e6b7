//! The number types that every operator takes.

use fearless_simd::{Simd, SimdFloatElement, f32x4, f32x8, f64x2, f64x4, prelude::*};
use std::fmt::Debug;

/// `f32` or `f64`.
pub trait Real:
    SimdFloatElement
    + num_traits::Float
    + num_traits::NumAssign
    + nalgebra::Scalar
    + bytemuck::Pod
    + Default
    + Debug
    + Send
    + Sync
{
    /// Whether a number has 64 bits.
    const IS_WIDE: bool;

    /// A vector of 256 bits: wider ones gained nothing where they exist, and cost a split into
    /// units of [`crate::stream`].
    type Vector<S: Simd>: SimdFloat<S, Element = Self> + SimdSplit<S>;

    /// A vector of 512 bits, for kernels that wait for arithmetic: where there are no such registers it is as many
    /// chains of smaller ones, which overlap. One of 128 bits in WebAssembly, which soon runs out of registers.
    type Wide<S: Simd>: SimdFloat<S, Element = Self>;

    /// A vector of 128 bits.
    type Block<S: Simd>: SimdFloat<S, Element = Self>;

    /// `x`, rounded.
    fn of(x: f64) -> Self;

    /// `self`, exactly.
    fn wide(self) -> f64;

    /// Zero where `self` is subnormal. Arithmetic on subnormal numbers can cost a hundred times the
    /// usual, and a decaying state would stay among them for long.
    #[inline(always)]
    fn flushed(self) -> Self {
        if self.abs() < Self::min_positive_value() { Self::zero() } else { self }
    }
}

impl Real for f32 {
    const IS_WIDE: bool = false;

    type Vector<S: Simd> = f32x8<S>;
    #[cfg(not(target_arch = "wasm32"))]
    type Wide<S: Simd> = fearless_simd::f32x16<S>;
    #[cfg(target_arch = "wasm32")]
    type Wide<S: Simd> = f32x4<S>;
    type Block<S: Simd> = f32x4<S>;

    #[inline(always)]
    fn of(x: f64) -> Self {
        x as Self
    }

    #[inline(always)]
    fn wide(self) -> f64 {
        self.into()
    }
}

impl Real for f64 {
    const IS_WIDE: bool = true;

    type Vector<S: Simd> = f64x4<S>;
    #[cfg(not(target_arch = "wasm32"))]
    type Wide<S: Simd> = fearless_simd::f64x8<S>;
    #[cfg(target_arch = "wasm32")]
    type Wide<S: Simd> = f64x2<S>;
    type Block<S: Simd> = f64x2<S>;

    #[inline(always)]
    fn of(x: f64) -> Self {
        x
    }

    #[inline(always)]
    fn wide(self) -> f64 {
        self
    }
}

/// [`Real::flushed`] of every lane.
#[inline(always)]
pub(crate) fn flush<S: Simd, F: Real, V: SimdFloat<S, Element = F>>(x: V) -> V {
    // The bits of infinity are those of an exponent.
    let [zero, exponent] = [F::zero(), F::infinity()].map(|y| V::splat(x.token(), y).to_bits());
    let bits = x.to_bits();
    V::from_bits((bits & exponent).simd_eq(zero).select(zero, bits))
}

/// [`Real::flushed`] of a single number that is rarely subnormal: by a branch, which is predicted,
/// where a selection would add its latency to every step of a recurrence.
#[inline(always)]
pub(crate) fn flushed_rarely<F: Real>(x: F) -> F {
    if x.abs() < F::min_positive_value() { zero() } else { x }
}

/// A call, so that the branch to it stays one.
#[cold]
#[inline(never)]
fn zero<F: Real>() -> F {
    F::zero()
}

/// Whether no number of the slice is infinite or NaN.
pub(crate) fn all_finite<F: Real>(numbers: &[F]) -> bool {
    numbers.iter().all(|x| x.is_finite())
}
