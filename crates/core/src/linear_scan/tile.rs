//! `N` runs of `N` steps of one channel, a run to a lane.
#![allow(
    clippy::needless_range_loop,
    reason = "arrays of vectors stay in registers where loops index them, not where they are iterated"
)]

use super::product::Product;
use crate::{
    Real,
    carry::LIMIT,
    real::flush,
    stream,
    turn::{quarter, shifted, turned},
};
use fearless_simd::{Simd, prelude::*};

/// Numbers: steps by lanes.
#[derive(Clone, Copy)]
#[repr(align(64))]
pub(super) struct Tile<F, const N: usize>(pub(super) [[F; N]; N]);

/// What the runs up to each lane do to a state together.
#[derive(Clone, Copy)]
#[repr(align(64))]
pub(super) struct Map<F, const N: usize> {
    product: [F; N],
    /// What rounding took off the product.
    rest: [F; N],
    sum: [F; N],
    /// Whether a product amplifies: then the tile may not be computed at once.
    amplifies: bool,
}

/// The `j`th step or lane in time.
const fn nth<const N: usize, const REVERSE: bool>(j: usize) -> usize {
    if REVERSE { N - 1 - j } else { j }
}

impl<F: Real, const N: usize> Tile<F, N> {
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

    #[inline(always)]
    fn step<S: Simd, V: SimdFloat<S, Element = F>, const REVERSE: bool>(
        &self,
        simd: S,
        j: usize,
    ) -> V {
        V::from_slice(simd, &self.0[nth::<N, REVERSE>(j)])
    }
}

impl<F: Real, const N: usize> Map<F, N> {
    pub(super) fn identity() -> Self {
        let zeros = [F::zero(); N];
        Self { product: [F::one(); N], rest: zeros, sum: zeros, amplifies: false }
    }

    /// Each run from zero, and then all of them up to each lane.
    #[inline(always)]
    pub(super) fn put<S: Simd, V, const REVERSE: bool>(
        &mut self,
        simd: S,
        a: &Tile<F, N>,
        b: &Tile<F, N>,
    ) where
        V: SimdFloat<S, Element = F> + SimdSplit<S>,
    {
        // Two halves of the steps, so that one does not wait for the other.
        let (earlier, sum) = run::<_, _, V, N, REVERSE>(simd, a, b, 0);
        let (later, rest) = run::<_, _, V, N, REVERSE>(simd, a, b, N / 2);
        let (mut p, mut s) = (earlier.then(later), later.high.mul_add(sum, rest));
        let limit = V::splat(simd, F::of(LIMIT));
        self.amplifies = p.high.abs().simd_gt(limit).any_true();
        let zero = V::splat(simd, F::zero());
        macro_rules! join {
            ($distance:literal) => {
                p = p.flushed();
                s = p.high.mul_add(shifted::<_, V, $distance, REVERSE>(zero, s), s);
                p = p.shifted::<$distance, REVERSE, _>().then(p);
            };
        }
        join!(1);
        join!(2);
        if N == 8 {
            join!(4);
        }
        p.high.store_slice(&mut self.product);
        p.low.store_slice(&mut self.rest);
        s.store_slice(&mut self.sum);
    }

    /// Every state of a tile that `state` enters, and the state that leaves it. None, and nothing
    /// done, where the tile may not be computed at once.
    #[inline(always)]
    pub(super) fn states<S: Simd, V, const REVERSE: bool>(
        &self,
        simd: S,
        [a, b]: [&Tile<F, N>; 2],
        state: F,
        out: &mut [F],
        streams: bool,
    ) -> Option<F>
    where
        V: SimdFloat<S, Element = F> + SimdSplit<S>,
    {
        let last = nth::<N, REVERSE>(N - 1);
        let entering = V::splat(simd, state);
        let [product, rest, sum] =
            [&self.product, &self.rest, &self.sum].map(|numbers| V::from_slice(simd, numbers));
        let leaving = flush(product.mul_add(entering, rest.mul_add(entering, sum)));
        let state = leaving.as_slice()[last];
        if self.amplifies || !state.is_finite() {
            return None;
        }
        let mut now = shifted::<_, V, 1, REVERSE>(entering, leaving);
        let (mut h, mut smallest) = ([now; N], V::splat(simd, F::one()));
        for j in 0..N {
            now = a.step::<_, V, REVERSE>(simd, j).mul_add(now, b.step::<_, V, REVERSE>(simd, j));
            h[nth::<N, REVERSE>(j)] = now;
            smallest = smallest.min(now.abs());
        }
        if smallest.simd_lt(V::splat(simd, F::min_positive_value())).any_true() {
            for j in 0..N {
                h[j] = flush(h[j]);
            }
        }
        // What enters the next tile is the last state of this one.
        h[last].as_mut_slice()[last] = state;
        let out = &mut out[..N * N];
        let halves = turned(h);
        for i in 0..N {
            let first = quarter::<N>(i);
            let (earlier, later) = halves[i].split();
            write(earlier.as_slice(), &mut out[first..first + N / 2], streams);
            let first = first + N * N / 2;
            write(later.as_slice(), &mut out[first..first + N / 2], streams);
        }
        Some(state)
    }
}

/// What `N / 2` steps from `first` on do to a state.
#[inline(always)]
fn run<S: Simd, F: Real, V, const N: usize, const REVERSE: bool>(
    simd: S,
    a: &Tile<F, N>,
    b: &Tile<F, N>,
    first: usize,
) -> (Product<V>, V)
where
    V: SimdFloat<S, Element = F>,
{
    let mut p = Product::of(a.step::<_, V, REVERSE>(simd, first));
    let mut s = b.step::<_, V, REVERSE>(simd, first);
    for j in first + 1..first + N / 2 {
        let a = a.step::<_, V, REVERSE>(simd, j);
        p = p.times(a);
        s = a.mul_add(s, b.step::<_, V, REVERSE>(simd, j));
    }
    (p, s)
}

#[inline(always)]
fn write<F: Real>(from: &[F], to: &mut [F], streams: bool) {
    if streams { stream::copy(from, to) } else { to.copy_from_slice(from) }
}
