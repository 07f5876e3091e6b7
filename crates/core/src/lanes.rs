//! Recurrences whose columns do not depend on each other, computed vector by vector.

mod group;
mod piece;
mod place;

use crate::{
    Real,
    layout::Stretch,
    rows::{Rows, RowsMut},
    stream,
};
use fearless_simd::{Level, Simd, prelude::*};
use piece::Piece;
use place::Place;
use std::ops::Range;

/// Rows that a recurrence computes before it is another one's turn: so many that loading its state does not count.
const TURN: usize = 2;

/// Whether [`advance_both`] gains anything: what waits for memory in WebAssembly waits for arithmetic first.
pub(crate) const BY_TURNS: bool = !cfg!(target_arch = "wasm32");

/// What a step does to the lanes of a vector: turns inputs and states into the next states and outputs.
pub(crate) trait Step<const I: usize, const S: usize, const O: usize>: Copy {
    fn step<T: Simd, F: Real, V>(self, inputs: [V; I], state: [V; S]) -> ([V; S], [V; O])
    where
        V: SimdFloat<T, Element = F>;
}

/// The level that suits these recurrences. They wait for memory, so AVX-512 has nothing to give, and
/// its masks take an instruction more.
pub(crate) fn suited(level: Level) -> Level {
    #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
    if let Some(avx2) = level.as_avx2() {
        return Level::Avx2(avx2);
    }
    level
}

/// A recurrence and all that it reads and writes; inputs and outputs have as many columns as its state.
pub(crate) struct Recurrence<'a, F, T, const I: usize, const S: usize, const O: usize> {
    pub(crate) step: T,
    pub(crate) at: &'a Stretch,
    pub(crate) inputs: [Rows<'a, F>; I],
    pub(crate) state: [&'a mut [F]; S],
    pub(crate) out: [RowsMut<'a, F>; O],
}

/// Advances the state of a recurrence through all its rows.
#[inline(always)]
pub(crate) fn advance<F: Real, const I: usize, const S: usize, const O: usize>(
    simd: impl Simd,
    recurrence: Recurrence<'_, F, impl Step<I, S, O>, I, S, O>,
) {
    // What follows would be nothing but larger there.
    if !stream::IS_POSSIBLE {
        let (mut piece, mut place) = recurrence.whole(simd, false);
        piece.advance(simd, 0..piece.steps.0, &mut place);
        return place.leave();
    }
    let streams = recurrence.streams();
    let (pieces, mut place) = recurrence.lined_up(simd, false);
    for mut piece in pieces.into_iter().flatten() {
        piece.advance(simd, 0..piece.steps.0, &mut place);
    }
    place.leave();
    if streams {
        stream::fence();
    }
}

/// Advances two recurrences by turns: while one waits for memory, the other computes.
#[inline(always)]
pub(crate) fn advance_both<
    F: Real,
    const I: usize,
    const S: usize,
    const O: usize,
    const J: usize,
    const R: usize,
    const P: usize,
>(
    simd: impl Simd,
    one: Recurrence<'_, F, impl Step<I, S, O>, I, S, O>,
    other: Recurrence<'_, F, impl Step<J, R, P>, J, R, P>,
) {
    let streams = one.streams() || other.streams();
    let (rows, all) = (one.at.rows.len(), other.at.rows.len());
    let (pieces, mut place) = one.lined_up(simd, true);
    let (mut other, mut others) = other.whole(simd, true);
    let (mut begun, mut done) = (0, 0);
    for mut piece in pieces.into_iter().flatten() {
        let count = piece.steps.0;
        for start in (0..count).step_by(TURN) {
            piece.advance(simd, start..(start + TURN).min(count), &mut place);
            let end = (all * (begun + start + TURN) / rows).min(all);
            other.advance(simd, std::mem::replace(&mut done, end)..end, &mut others);
        }
        begun += count;
    }
    other.advance(simd, done..all, &mut others);
    place.leave();
    others.leave();
    if streams {
        stream::fence();
    }
}

impl<'a, F: Real, T, const I: usize, const S: usize, const O: usize> Recurrence<'a, F, T, I, S, O>
where
    T: Step<I, S, O>,
{
    /// Elements of a row.
    #[inline(always)]
    fn width(&self) -> usize {
        self.state.first().map_or(0, |plane| plane.len())
    }

    /// Whether outputs are written past the caches.
    #[inline(always)]
    fn streams(&self) -> bool {
        O > 0 && self.out.iter().all(RowsMut::streams)
    }

    /// As one piece. The state of short rows stays where it is, unless it `is_away` from the registers often.
    #[inline(always)]
    fn whole<L: Simd>(self, _: L, is_away: bool) -> (Piece<'a, F, T, I, O>, Place<'a, F, S>) {
        let width = self.width();
        let Self { step, at, inputs, state, out } = self;
        let steps = (at.rows.len(), at.reverse);
        let piece = Piece::new::<L>(step, steps, inputs, out, 0..width);
        let stays = piece.vectors > 0 && !is_away;
        (piece, Place::new(state, (!stays).then_some(0)))
    }

    /// In pieces, in time order, such that nearly all rows that are written past the caches begin at cache lines:
    /// columns do not depend on each other, so a row may begin with any, and end with those before it, a step later.
    #[inline(always)]
    fn lined_up<L: Simd>(
        mut self,
        simd: L,
        is_away: bool,
    ) -> ([Option<Piece<'a, F, T, I, O>>; 3], Place<'a, F, S>) {
        let Some(skew) = self.skew() else {
            let (piece, place) = self.whole(simd, is_away);
            return ([Some(piece), None, None], place);
        };
        let (count, width) = (self.at.rows.len(), self.width());
        let mut first = 0;
        let mut piece = |count: usize, columns: Range<usize>| {
            let width = columns.len();
            let inputs = self.inputs.each_ref().map(|rows| rows.from(first, width));
            let out = self.out.each_mut().map(|rows| rows.split_off(count, width));
            first += count * width;
            Some(Piece::new::<L>(self.step, (count, self.at.reverse), inputs, out, columns))
        };
        // The state begins with the column that the rows do.
        let mut pieces =
            [piece(1, width - skew..width), piece(count - 1, 0..width), piece(1, 0..width - skew)];
        if self.at.reverse {
            pieces.reverse();
        }
        (pieces, Place::new(self.state, Some(skew)))
    }

    /// How many elements stand before the first cache line of every output, if that makes a difference.
    #[inline(always)]
    fn skew(&self) -> Option<usize> {
        let mut skews = self.out.iter().map(RowsMut::skew);
        let skew = skews.next()?.filter(|&skew| skew > 0)?;
        let apt = self.at.rows.len() > 1 && self.inputs.iter().all(Rows::is_flat);
        (apt && skews.all(|other| other == Some(skew))).then_some(skew)
    }
}
