//! The number types that every operator takes.

use std::fmt::Debug;

/// `f32` or `f64`.
pub trait Real:
    num_traits::Float + num_traits::NumAssign + nalgebra::Scalar + Default + Debug + Send + Sync
{
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
    #[inline(always)]
    fn of(x: f64) -> Self {
        x
    }

    #[inline(always)]
    fn wide(self) -> f64 {
        self
    }
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
