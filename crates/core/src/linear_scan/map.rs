//! What runs of one channel do to a state.
#![allow(
    clippy::needless_range_loop,
    reason = "arrays of vectors stay in registers where loops index them, not where they are iterated"
)]

use super::{
    product::Product,
    tile::{Tile, nth},
};
use crate::{Real, carry::LIMIT, turn::shifted};
use fearless_simd::{Simd, prelude::*};

/// Maps `state -> product state + sum`, one to a lane.
#[derive(Clone, Copy)]
pub(super) struct Map<V> {
    product: Product<V>,
    sum: V,
}

impl<V> Map<V> {
    /// What no step does.
    #[inline(always)]
    pub(super) fn identity<S: Simd, F: Real>(simd: S) -> Self
    where
        V: SimdFloat<S, Element = F>,
    {
        let [zero, one] = [F::zero(), F::one()].map(|x| V::splat(simd, x));
        Self { product: Product::of(one), sum: zero }
    }

    #[inline(always)]
    pub(super) fn store<S: Simd, F: Real, const N: usize>(self, [high, low, sum]: [&mut [F; N]; 3])
    where
        V: SimdFloat<S, Element = F>,
    {
        self.product.high.store_slice(high);
        self.product.low.store_slice(low);
        self.sum.store_slice(sum);
    }

    /// This map, then a `later` one.
    #[inline(always)]
    fn then<S: Simd, F: Real>(self, later: Self) -> Self
    where
        V: SimdFloat<S, Element = F>,
    {
        let sum = later.product.high.mul_add(self.sum, later.sum);
        Self { product: self.product.then(later.product), sum }
    }

    #[inline(always)]
    fn apply<S: Simd, F: Real>(self, state: V) -> V
    where
        V: SimdFloat<S, Element = F>,
    {
        let Product { high, low } = self.product;
        high.mul_add(state, low.mul_add(state, self.sum))
    }

    /// The maps up to each lane, one after the other (Kogge and Stone 1973).
    #[inline(always)]
    fn joined<S: Simd, F: Real, const N: usize, const REVERSE: bool>(mut self, simd: S) -> Self
    where
        V: SimdFloat<S, Element = F>,
    {
        let zero = V::splat(simd, F::zero());
        macro_rules! join {
            ($distance:literal) => {
                self.product = self.product.flushed();
                let sum = shifted::<_, V, $distance, REVERSE>(zero, self.sum);
                let product = self.product.shifted::<$distance, REVERSE, _>();
                self = Self { product, sum }.then(self);
            };
        }
        join!(1);
        join!(2);
        if N == 8 {
            join!(4);
        }
        self
    }
}

/// Maps of `N` runs, one after the other, a tile to a lane.
pub(super) struct Runs<V, const N: usize> {
    pub(super) high: [V; N],
    pub(super) low: [V; N],
    pub(super) sum: [V; N],
}

impl<V, const N: usize> Runs<V, N> {
    #[inline(always)]
    fn nth<S: Simd, F: Real, const REVERSE: bool>(&self, j: usize) -> Map<V>
    where
        V: SimdFloat<S, Element = F>,
    {
        let j = nth::<REVERSE>(j, N);
        Map { product: Product { high: self.high[j], low: self.low[j] }, sum: self.sum[j] }
    }

    /// The states that enter each run, from the one that enters them all: none where a run amplifies, or no
    /// finite state leaves.
    #[inline(always)]
    pub(super) fn enter<S: Simd, F: Real, const REVERSE: bool>(
        &self,
        simd: S,
        state: F,
    ) -> Option<[V; N]>
    where
        V: SimdFloat<S, Element = F>,
    {
        let mut total = self.nth::<_, _, REVERSE>(0);
        let mut largest = self.high[0].abs();
        for j in 1..N {
            largest = largest.max(self.high[j].abs());
            total = total.then(self.nth::<_, _, REVERSE>(j));
        }
        let entering = V::splat(simd, state);
        let leaving = total.joined::<_, _, N, REVERSE>(simd).apply(entering);
        let amplifies = largest.simd_gt(V::splat(simd, F::of(LIMIT))).any_true();
        if amplifies || !leaving.as_slice()[nth::<REVERSE>(N - 1, N)].is_finite() {
            return None;
        }
        let mut now = shifted::<_, V, 1, REVERSE>(entering, leaving);
        let mut states = [now; N];
        for j in 1..N {
            now = self.nth::<_, _, REVERSE>(j - 1).apply(now);
            states[nth::<REVERSE>(j, N)] = now;
        }
        Some(states)
    }
}

/// What the `N` steps of each run do.
#[inline(always)]
pub(super) fn run<S: Simd, F: Real, V, const N: usize, const REVERSE: bool>(
    simd: S,
    a: &Tile<F, N>,
    b: &Tile<F, N>,
) -> Map<V>
where
    V: SimdFloat<S, Element = F>,
{
    let mut product = Product::of(a.step::<_, V, REVERSE>(simd, 0));
    let mut sum = b.step::<_, V, REVERSE>(simd, 0);
    for j in 1..N {
        let a = a.step::<_, V, REVERSE>(simd, j);
        product = product.times(a);
        sum = a.mul_add(sum, b.step::<_, V, REVERSE>(simd, j));
    }
    Map { product, sum }
}
