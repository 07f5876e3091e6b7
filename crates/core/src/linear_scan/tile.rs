//! `N` runs of `N` steps of one channel, a run to a lane.
#![allow(
    clippy::needless_range_loop,
    reason = "arrays of vectors stay in registers where loops index them, not where they are iterated"
)]

use crate::{
    Real,
    real::flush,
    turn::{quarter, turned},
};
use fearless_simd::{Simd, prelude::*};

/// Numbers: steps by lanes, both in the order of their addresses.
#[derive(Clone, Copy)]
#[repr(align(64))]
pub(super) struct Tile<F, const N: usize>([[F; N]; N]);

/// The `j`th of `count` in time.
#[inline(always)]
pub(super) const fn nth<const REVERSE: bool>(j: usize, count: usize) -> usize {
    if REVERSE { count - 1 - j } else { j }
}

impl<F: Real, const N: usize> Tile<F, N> {
    pub(super) fn of(number: F) -> Self {
        Self([[number; N]; N])
    }

    #[inline(always)]
    pub(super) fn row_mut(&mut self, i: usize) -> &mut [F; N] {
        &mut self.0[i]
    }

    #[inline(always)]
    pub(super) fn rows<S: Simd, V: SimdFloat<S, Element = F>>(&self, simd: S) -> [V; N] {
        let mut rows = [V::splat(simd, F::zero()); N];
        for i in 0..N {
            rows[i] = V::from_slice(simd, &self.0[i]);
        }
        rows
    }

    /// Puts numbers where they are computed.
    #[inline(always)]
    pub(super) fn put<S: Simd, V>(&mut self, simd: S, numbers: &[F])
    where
        V: SimdFloat<S, Element = F> + SimdSplit<S>,
    {
        let numbers = &numbers[..N * N];
        let mut halves = [V::splat(simd, F::zero()); N];
        for i in 0..N {
            let first = quarter::<N>(i);
            let earlier = V::Split::from_slice(simd, &numbers[first..first + N / 2]);
            let first = first + N * N / 2;
            halves[i] = earlier.combine(V::Split::from_slice(simd, &numbers[first..first + N / 2]));
        }
        let steps = turned(halves);
        for j in 0..N {
            steps[j].store_slice(&mut self.0[j]);
        }
    }

    /// The `j`th step in time.
    #[inline(always)]
    pub(super) fn step<S: Simd, V: SimdFloat<S, Element = F>, const REVERSE: bool>(
        &self,
        simd: S,
        j: usize,
    ) -> V {
        V::from_slice(simd, &self.0[nth::<REVERSE>(j, N)])
    }

    /// Writes the states of a tile with these gates, from those that enter its runs; gives those of the last
    /// step.
    #[inline(always)]
    pub(super) fn states<S: Simd, V, const REVERSE: bool>(
        &self,
        simd: S,
        b: &Self,
        mut now: V,
        out: &mut [F],
    ) -> V
    where
        V: SimdFloat<S, Element = F> + SimdSplit<S>,
    {
        let (mut h, mut smallest) = ([now; N], V::splat(simd, F::one()));
        for j in 0..N {
            let [a, b] = [self, b].map(|tile| tile.step::<_, V, REVERSE>(simd, j));
            now = a.mul_add(now, b);
            h[nth::<REVERSE>(j, N)] = now;
            smallest = smallest.min(now.abs());
        }
        let mut halves = turned(h);
        let min = V::splat(simd, F::min_positive_value());
        if smallest.simd_lt(min).any_true() && h.iter().any(|&h| is_subnormal(h)) {
            halves = flushed(halves);
        }
        let out = &mut out[..N * N];
        for i in 0..N {
            let first = quarter::<N>(i);
            let (earlier, later) = halves[i].split();
            out[first..first + N / 2].copy_from_slice(earlier.as_slice());
            let first = first + N * N / 2;
            out[first..first + N / 2].copy_from_slice(later.as_slice());
        }
        now
    }
}

/// Whether there is a subnormal number in some lane.
#[inline(always)]
fn is_subnormal<S: Simd, F: Real, V: SimdFloat<S, Element = F>>(x: V) -> bool {
    let [min, zero] = [F::min_positive_value(), F::zero()].map(|y| V::splat(x.token(), y));
    (x.abs().simd_lt(min) & x.abs().simd_gt(zero)).any_true()
}

/// A call, so that what it rarely does costs the others nothing.
#[cold]
#[inline(never)]
fn flushed<S: Simd, F: Real, V: SimdFloat<S, Element = F>, const N: usize>(
    steps: [V; N],
) -> [V; N] {
    steps.map(flush)
}
