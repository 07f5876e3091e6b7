//! States computed again from guesses at those that enter parts of sequences.
//!
//! A scan whose gates decay forgets ([`crate::warm`]): each part starts from what the steps just before it leave.
//! So its inputs come from memory once, and its states stay in the caches. Afterwards each guess is compared with
//! the state that the part before it left; where they differ, the gates' gradients of the part are put right.

use super::{
    LinearScan,
    again::{Entering, FEW, advance, advance_run},
    guess::Guess,
    kernel,
};
use crate::{
    Dims, Engine, Real,
    home::{Home, Homes},
    lanes::Recurrence,
    layout::Stretch,
    link::{State, whole},
    pool::locked,
    warm::is_same,
};
use fearless_simd::Level;
use std::sync::Mutex;

/// Elements of the states of a part: few enough for the caches, so many that its guess does not count.
const PART: usize = 1 << 18;

/// Steps of a part at the least.
const LEAST: usize = 1 << 11;

/// A part takes at least so many times the steps that its guess does.
const GUESS: usize = 4;

/// What all states follow from.
pub(super) struct Guesses<'a, F> {
    scan: LinearScan<'a, F>,
    /// What enters the sequences.
    entering: &'a [F],
    /// Steps of a part, and how many steps before it a guess starts.
    steps: usize,
    before: usize,
    made: Mutex<Vec<Guess<F>>>,
    /// Where the states of parts live.
    homes: &'a Homes,
}

/// What computes the states of a part.
pub(super) type Ahead<'a, F> = Recurrence<'a, F, Entering, 2, 1, 1>;

impl<'a, F: Real> Guesses<'a, F> {
    /// Of a scan from the states that enter its sequences; none where it does not forget within a part, or has
    /// few channels.
    pub(super) fn new(
        scan: LinearScan<'a, F>,
        engine: &'a Engine,
        entering: &'a [F],
    ) -> Option<Self> {
        let (channels, layout) = (scan.dims.channels, &scan.layout);
        if channels < FEW {
            return None;
        }
        let steps = (PART / channels).max(LEAST);
        let longest = (0..layout.sequences()).max_by_key(|&i| layout.rows(i).len())?;
        let rows = layout.rows(longest);
        let before = if rows.len() <= steps {
            steps
        } else {
            let middle = rows.start + rows.len() / 2;
            let rows = middle..(middle + steps / GUESS).min(rows.end);
            let at = layout.stretch(longest, rows, 0..channels);
            kernel::reach(&at, scan.a.at(&at, 1))?
        };
        Some(Self { scan, entering, steps, before, made: Mutex::default(), homes: engine.homes() })
    }

    pub(super) fn steps(&self) -> usize {
        self.steps
    }

    /// See [`crate::driver::Operator::reach`]: the gates' decay is the same both ways.
    pub(super) fn reach(&self, at: &Stretch) -> Option<usize> {
        (self.before <= at.rows.len()).then_some(self.before)
    }

    /// Calls `f` with each part of a stretch of the backward pass, the states that enter its steps, and what computes
    /// those of the next part, meanwhile.
    pub(super) fn each(
        &self,
        level: Level,
        at: &Stretch,
        mut f: impl FnMut(&Stretch, &[F], Option<Ahead<'_, F>>),
    ) {
        let (mut own, mut next) = (self.home(), self.home());
        let mut parts = self.parts(at).peekable();
        let mut guess = parts.peek().map(|part| self.guess(part));
        if let Some(guess) = &mut guess {
            advance_run(level, self.ahead(guess, own.numbers()));
        }
        while let (Some(part), Some(mut made)) = (parts.next(), guess.take()) {
            guess = parts.peek().map(|part| self.guess(part));
            let ahead = guess.as_mut().map(|guess| self.ahead(guess, next.numbers()));
            f(&part, made.enter(own.read()), ahead);
            locked(&self.made).push(made);
            std::mem::swap(&mut own, &mut next);
        }
        [own, next].into_iter().for_each(|home| self.homes.give(home));
    }

    /// Parts of a stretch of the backward pass. Nothing is on its way back while the first one's states are computed, so
    /// it is short.
    fn parts(&self, at: &Stretch) -> impl Iterator<Item = Stretch> + use<F> {
        let steps = self.steps;
        let first = at.parts(steps / GUESS).next();
        let rest = first.clone().map(|first| {
            let rows = if at.reverse {
                at.rows.start..first.rows.start
            } else {
                first.rows.end..at.rows.end
            };
            Stretch { rows, ..first }.parts(steps)
        });
        first.into_iter().chain(rest.into_iter().flatten())
    }

    /// Puts the gradients of gates right that came from wrong guesses; those of inputs do not depend on them.
    pub(super) fn put_right(&self, level: Level, a: &mut [F], b: &[F]) {
        let mut made = std::mem::take(&mut *locked(&self.made));
        made.sort_by_key(Guess::place);
        // A part that was computed twice started from the same guess.
        made.dedup_by_key(|guess| guess.place());
        let mut room = self.home();
        let mut before = None;
        for Guess { at, entering, mut leaving, is_fresh, .. } in made {
            // What enters a sequence is no guess.
            let truth: Option<State<F, 1>> = before.filter(|_| at.elapsed() > 0);
            if let Some(truth) = truth.filter(|truth| !is_fresh && !is_same(truth, &entering)) {
                leaving = self.states(level, &at, truth, room.numbers());
                let states = room.read::<F>().chunks_exact(at.columns.len());
                for (row, states) in at.rows.zip(states) {
                    let first = row * self.scan.dims.channels;
                    let own = first + at.columns.start..first + at.columns.end;
                    let pairs = a[own.clone()].iter_mut().zip(&b[own]).zip(states);
                    pairs.for_each(|((a, &g), &before)| *a = g * before);
                }
            }
            before = Some(leaving);
        }
        self.homes.give(room);
    }

    /// A home for the states of a part, and of the steps before it.
    fn home(&self) -> Home {
        let Dims { length, channels, .. } = self.scan.dims;
        self.homes.take::<F>((self.steps + self.before).min(length) * channels)
    }

    fn guess(&self, part: &Stretch) -> Guess<F> {
        Guess::new(&self.scan.layout, part, self.before, self.entering)
    }

    /// What turns the state that enters the run of a part into the one that leaves it, and writes those that enter its
    /// steps.
    fn ahead<'b>(&self, guess: &'b mut Guess<F>, out: &'b mut [F]) -> Ahead<'b, F>
    where
        'a: 'b,
    {
        let Guess { run: at, leaving: [state], .. } = guess;
        let (inputs, width) = ([self.scan.a.at(at, 1), self.scan.b.at(at, 1)], state.len());
        let out = whole([&mut out[..at.rows.len() * width]], [width], false);
        Recurrence { step: Entering, at, inputs, state: [state], out }
    }

    /// Writes the states that enter the steps of a part; gives the one that leaves it.
    fn states(
        &self,
        level: Level,
        at: &Stretch,
        [state]: State<F, 1>,
        out: &mut [F],
    ) -> State<F, 1> {
        let (mut state, width) = (state, at.columns.len());
        let out = whole([&mut out[..at.rows.len() * width]], [width], false);
        advance(&self.scan, level, Entering, at, &mut state, out);
        [state]
    }
}
