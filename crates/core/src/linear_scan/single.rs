//! One channel. Step by step it would wait for one multiplication and one addition after the other, so
//! a tile of `N` runs of `N` steps is computed at once, a run to a lane: what each run does to a state,
//! what the runs up to each lane do together, and then every state.

use super::tile::{Map, Tile};
use crate::{Real, real::flushed_rarely, stream};
use fearless_simd::{Simd, prelude::*};
use std::ops::Range;

/// Numbers of one channel in the order of their addresses.
pub(super) struct Channel<'a, F> {
    pub(super) a: Gates<'a, F>,
    pub(super) b: &'a [F],
    pub(super) h: &'a mut [F],
    /// Whether time runs from the last to the first.
    pub(super) reverse: bool,
    pub(super) streams: bool,
}

/// A gate for each step, or one for all.
#[derive(Clone, Copy)]
pub(super) enum Gates<'a, F> {
    Each(&'a [F]),
    All(F),
}

impl<F: Real> Gates<'_, F> {
    #[inline(always)]
    fn at(&self, t: usize) -> F {
        match *self {
            Self::Each(a) => a[t],
            Self::All(a) => a,
        }
    }
}

/// Tiles of a block. Those of one block do not wait for each other until all is known of them but the
/// states.
const TILES: usize = 4;

/// A block's gates and inputs, a run to a lane, and what its tiles do to a state.
struct Block<F, const N: usize> {
    a: [Tile<F, N>; TILES],
    b: [Tile<F, N>; TILES],
    maps: [Map<F, N>; TILES],
}

/// Advances `state` over all steps; `elapsed` have gone before. Blocks begin at multiples of their size
/// since the start of the sequence, so that bits do not depend on where a sequence is cut into chunks.
#[inline(always)]
pub(super) fn advance<S: Simd, F: Real, V, const N: usize>(
    simd: S,
    mut channel: Channel<'_, F>,
    elapsed: usize,
    state: F,
) -> F
where
    V: SimdFloat<S, Element = F> + SimdSplit<S>,
{
    let (count, size) = (channel.b.len(), TILES * N * N);
    let lead = (elapsed.next_multiple_of(size) - elapsed).min(count);
    let rest = lead + (count - lead) / size * size;
    let mut state = one_by_one(&mut channel, 0..lead, state);
    if lead < rest {
        let first = if channel.reverse { count - lead - size } else { lead };
        channel.streams &= stream::is_apt(&channel.h[first..], size);
        state = match channel.reverse {
            true => blocks::<_, _, V, N, true>(simd, &mut channel, lead..rest, state),
            false => blocks::<_, _, V, N, false>(simd, &mut channel, lead..rest, state),
        };
    }
    one_by_one(&mut channel, rest..count, state)
}

/// Advances `state` over whole blocks.
#[inline(always)]
fn blocks<S: Simd, F: Real, V, const N: usize, const REVERSE: bool>(
    simd: S,
    channel: &mut Channel<'_, F>,
    steps: Range<usize>,
    mut state: F,
) -> F
where
    V: SimdFloat<S, Element = F> + SimdSplit<S>,
{
    let (count, zero) = (channel.b.len(), F::zero());
    let tile = Tile([[zero; N]; N]);
    let mut block = Block { a: [tile; TILES], b: [tile; TILES], maps: [Map::identity(); TILES] };
    if let Gates::All(a) = channel.a {
        block.a.fill(Tile([[a; N]; N]));
    }
    for start in steps.step_by(TILES * N * N) {
        let place = |k: usize| {
            let done = start + k * N * N;
            let first = if REVERSE { count - done - N * N } else { done };
            first..first + N * N
        };
        for k in 0..TILES {
            if let Gates::Each(a) = channel.a {
                block.a[k].put::<_, V>(simd, &a[place(k)]);
            }
            block.b[k].put::<_, V>(simd, &channel.b[place(k)]);
            block.maps[k].put::<_, V, REVERSE>(simd, &block.a[k], &block.b[k]);
        }
        for k in 0..TILES {
            let h = &mut channel.h[place(k)];
            let tile = [&block.a[k], &block.b[k]];
            let next = block.maps[k].states::<_, V, REVERSE>(simd, tile, state, h, channel.streams);
            state = next.unwrap_or_else(|| {
                let done = start + k * N * N;
                one_by_one(channel, done..done + N * N, state)
            });
        }
    }
    if channel.streams {
        stream::fence();
    }
    state
}

/// Steps in time order, one after the other.
#[inline(always)]
fn one_by_one<F: Real>(channel: &mut Channel<'_, F>, steps: Range<usize>, mut state: F) -> F {
    let count = channel.b.len();
    for k in steps {
        let t = if channel.reverse { count - 1 - k } else { k };
        state = flushed_rarely(channel.a.at(t) * state + channel.b[t]);
        channel.h[t] = state;
    }
    state
}
