//! One channel. Step by step it would wait for one multiplication and one addition after the other, so
//! blocks of it are computed at once, a run of steps to a lane.

use super::block::Block;
use crate::{Real, real::flushed_rarely};
use fearless_simd::{Simd, prelude::*};
use std::ops::Range;

/// Numbers of one channel in the order of their addresses.
pub(super) struct Channel<'a, F> {
    pub(super) a: Gates<'a, F>,
    pub(super) b: &'a [F],
    pub(super) h: &'a mut [F],
    /// Whether time runs from the last to the first.
    pub(super) reverse: bool,
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

    #[inline(always)]
    fn range(&self, steps: Range<usize>) -> Self {
        match *self {
            Self::Each(a) => Self::Each(&a[steps]),
            Self::All(a) => Self::All(a),
        }
    }
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
    let (count, tile) = (channel.b.len(), N * N);
    let lead = (elapsed.next_multiple_of(tile) - elapsed).min(count);
    let rest = lead + (count - lead) / tile * tile;
    let mut state = one_by_one(&mut channel, 0..lead, state);
    if lead < rest {
        state = match channel.reverse {
            true => blocks::<_, _, V, N, true>(simd, &mut channel, elapsed, lead..rest, state),
            false => blocks::<_, _, V, N, false>(simd, &mut channel, elapsed, lead..rest, state),
        };
    }
    one_by_one(&mut channel, rest..count, state)
}

/// Advances `state` over whole tiles.
#[inline(always)]
fn blocks<S: Simd, F: Real, V, const N: usize, const REVERSE: bool>(
    simd: S,
    channel: &mut Channel<'_, F>,
    elapsed: usize,
    steps: Range<usize>,
    mut state: F,
) -> F
where
    V: SimdFloat<S, Element = F> + SimdSplit<S>,
{
    let (count, size) = (channel.b.len(), N * N * N);
    let mut block = Block::<F, N>::new(channel.a.at(0));
    let mut done = steps.start;
    while done < steps.end {
        let next = ((elapsed + done) / size * size + size - elapsed).min(steps.end);
        let own = if REVERSE { count - next..count - done } else { done..next };
        let inputs = (channel.a.range(own.clone()), &channel.b[own.clone()]);
        let h = &mut channel.h[own];
        let leaving = block.advance::<_, V, REVERSE>(simd, inputs, state, h);
        state = leaving.unwrap_or_else(|| one_by_one(channel, done..next, state));
        done = next;
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
