//! Neighbouring vectors of a row, in registers.
#![allow(
    clippy::needless_range_loop,
    reason = "arrays of vectors stay in registers where loops index them, not where they are iterated"
)]

use super::Step;
use crate::{Real, stream::Target};
use fearless_simd::{Simd, prelude::*};

/// A loop of at most eight turns, written out: the compiler's patience with long steps ends before.
macro_rules! unrolled {
    ($k:ident < $count:ident, $turn:block) => {
        unrolled!($k < $count, $turn, 0, 1, 2, 3, 4, 5, 6, 7)
    };
    ($k:ident < $count:ident, $turn:block, $($i:literal),*) => {
        const { assert!($count <= 8, "so many turns are written out") };
        $(if $i < $count {
            let $k = $i;
            $turn
        })*
    };
}

/// States of `N` neighbouring vectors of columns.
pub(super) struct Group<V, const S: usize, const N: usize>([[V; N]; S]);

impl<V, const S: usize, const N: usize> Group<V, S, N> {
    #[inline(always)]
    pub(super) fn load<T: Simd, F: Real>(simd: T, state: [&[F]; S]) -> Self
    where
        V: SimdFloat<T, Element = F>,
    {
        let mut now = [[V::splat(simd, F::zero()); N]; S];
        for plane in 0..S {
            let row = &state[plane][..N * V::LEN];
            for k in 0..N {
                now[plane][k] = V::from_slice(simd, &row[k * V::LEN..(k + 1) * V::LEN]);
            }
        }
        Self(now)
    }

    #[inline(always)]
    pub(super) fn store<T: Simd, F: Real>(self, state: [&mut [F]; S])
    where
        V: SimdFloat<T, Element = F>,
    {
        for (now, state) in self.0.into_iter().zip(state) {
            write::<_, _, _, N, false>(now, state);
        }
    }

    /// Moves on by a row. A plane of outputs is written after the other: lines written in turn would leave
    /// before they are full.
    #[inline(always)]
    pub(super) fn advance<T: Simd, F: Real, const I: usize, const O: usize, const STREAMS: bool>(
        &mut self,
        step: impl Step<I, S, O>,
        inputs: [&[F]; I],
        out: [&mut [F]; O],
    ) where
        V: SimdFloat<T, Element = F>,
    {
        let Self(now) = self;
        let inputs = inputs.map(|row| &row[..N * V::LEN]);
        let simd = now.as_flattened()[0].token();
        let mut given = [[V::splat(simd, F::zero()); N]; O];
        unrolled!(k < N, {
            let x = inputs.map(|row| V::from_slice(simd, &row[k * V::LEN..(k + 1) * V::LEN]));
            let mut before = [V::splat(simd, F::zero()); S];
            for plane in 0..S {
                before[plane] = now[plane][k];
            }
            let (after, results) = step.step(x, before);
            for plane in 0..S {
                now[plane][k] = after[plane];
            }
            for plane in 0..O {
                given[plane][k] = results[plane];
            }
        });
        for (given, row) in given.into_iter().zip(out) {
            write::<_, _, _, N, STREAMS>(given, row);
        }
    }
}

/// Writes neighbouring vectors; past the caches where it `STREAMS`.
#[inline(always)]
fn write<T: Simd, F: Real, V: SimdFloat<T, Element = F>, const N: usize, const STREAMS: bool>(
    vectors: [V; N],
    row: &mut [F],
) {
    let row = &mut row[..N * V::LEN];
    if STREAMS {
        let mut target = Target::new(vectors.as_slice()[0].token(), row);
        for k in 0..N {
            target.write(k, vectors[k].as_slice());
        }
    } else {
        for k in 0..N {
            vectors[k].store_slice(&mut row[k * V::LEN..(k + 1) * V::LEN]);
        }
    }
}
