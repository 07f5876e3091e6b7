//! Some tiles of one channel, one after the other: first what each of their runs does to a state, then the
//! states that enter runs, and then every state.

use super::{
    map::{Map, Runs, run},
    single::Gates,
    tile::{Tile, nth},
};
use crate::{Real, real::flush, turn::transposed};
use fearless_simd::{Simd, prelude::*};

/// Room for `N` tiles in the order of their addresses.
pub(super) struct Block<F, const N: usize> {
    a: [Tile<F, N>; N],
    b: [Tile<F, N>; N],
    /// What runs do to a state, tiles by runs: the product of gates, what rounding took off it, the sum.
    high: Tile<F, N>,
    low: Tile<F, N>,
    sum: Tile<F, N>,
}

impl<F: Real, const N: usize> Block<F, N> {
    /// A block whose steps have this gate, unless they get gates of their own.
    pub(super) fn new(gate: F) -> Self {
        let zeros = Tile::of(F::zero());
        Self { a: [Tile::of(gate); N], b: [zeros; N], high: zeros, low: zeros, sum: zeros }
    }

    /// Takes the numbers of at most `N` tiles in, and computes their states from the one that enters. Gives
    /// the one that leaves; none, and nothing done, where they may not be computed at once.
    #[inline(always)]
    pub(super) fn advance<S: Simd, V, const REVERSE: bool>(
        &mut self,
        simd: S,
        (a, b): (Gates<'_, F>, &[F]),
        state: F,
        h: &mut [F],
    ) -> Option<F>
    where
        V: SimdFloat<S, Element = F> + SimdSplit<S>,
    {
        let size = N * N;
        for (k, b) in b.chunks_exact(size).enumerate() {
            if let Gates::Each(a) = a {
                self.a[k].put::<_, V>(simd, &a[k * size..]);
            }
            self.b[k].put::<_, V>(simd, b);
            run::<_, _, V, N, REVERSE>(simd, &self.a[k], &self.b[k]).store(self.map(k));
        }
        for k in b.len() / size..N {
            Map::<V>::identity(simd).store(self.map(k));
        }
        let rows = |tile: &Tile<F, N>| transposed::<_, V, N>(tile.rows(simd));
        let runs = Runs { high: rows(&self.high), low: rows(&self.low), sum: rows(&self.sum) };
        let entering = transposed(runs.enter::<_, _, REVERSE>(simd, state)?);
        let mut last = V::splat(simd, state);
        for (k, h) in h.chunks_exact_mut(size).enumerate() {
            let (a, b) = (&self.a[k], &self.b[k]);
            let leaving = a.states::<_, V, REVERSE>(simd, b, entering[k], h);
            if !REVERSE || k == 0 {
                last = leaving;
            }
        }
        Some(flush(last).as_slice()[nth::<REVERSE>(N - 1, N)])
    }

    fn map(&mut self, k: usize) -> [&mut [F; N]; 3] {
        [&mut self.high, &mut self.low, &mut self.sum].map(|tile| tile.row_mut(k))
    }
}
