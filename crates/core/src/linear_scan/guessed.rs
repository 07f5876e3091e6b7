//! States computed again from guesses at those that enter parts of sequences.
//!
//! A scan whose gates decay forgets ([`crate::warm`]): each part starts from what the steps just before it leave.
//! So its inputs come from memory once, and its states stay in the caches. Afterwards each guess is compared with
//! the state that the part before it left; where they differ, the gates' gradients of the part are put right.

use super::{
    LinearScan,
    again::{Entering, FEW, Last, advance},
    kernel,
};
use crate::{
    Real,
    home::Home,
    layout::Stretch,
    link::{State, whole},
    rows::Rows,
    warm::{before, is_same},
};
use fearless_simd::Level;
use std::sync::{Mutex, MutexGuard, PoisonError};

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
    /// Room for the states of a part: new memory would cost more than computing them.
    room: Mutex<Vec<Home>>,
}

/// A part, with the states that entered and left it.
struct Guess<F> {
    at: Stretch,
    entering: State<F, 1>,
    leaving: State<F, 1>,
}

impl<F> Guess<F> {
    /// In the order of sequences, columns and time.
    fn place(&self) -> [usize; 3] {
        [self.at.sequence, self.at.columns.start, self.at.elapsed()]
    }
}

impl<'a, F: Real> Guesses<'a, F> {
    /// Of a scan from the states that enter its sequences; none where it does not forget within a part, or has
    /// few channels.
    pub(super) fn new(scan: LinearScan<'a, F>, entering: &'a [F]) -> Option<Self> {
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
        let (made, room) = Default::default();
        Some(Self { scan, entering, steps, before, made, room })
    }

    pub(super) fn steps(&self) -> usize {
        self.steps
    }

    /// Calls `f` with each part of a stretch of the backward pass, the states that enter its steps, and the rows that
    /// the next part reads first.
    pub(super) fn each(
        &self,
        level: Level,
        at: &Stretch,
        mut f: impl FnMut(&Stretch, &[F], &[Rows<'_, F>]),
    ) {
        let Self { scan, room, made, .. } = self;
        let mut own = self.take_room();
        for part in at.parts(self.steps) {
            let at = scan.layout.stretch(part.sequence, part.rows.clone(), part.columns.clone());
            let entering = self.guess(level, &at);
            let leaving = self.states(level, &at, entering.clone(), own.numbers());
            let count = at.rows.len();
            if at.elapsed() < count {
                f(&part, own.read(), &[]);
            } else {
                let next = before(&at, count);
                f(&part, own.read(), &[scan.a.at(&next, 1), scan.b.at(&next, 1)]);
            }
            locked(made).push(Guess { at, entering, leaving });
        }
        locked(room).push(own);
    }

    /// Puts the gradients of gates right that came from wrong guesses; those of inputs do not depend on them.
    pub(super) fn put_right(&self, level: Level, a: &mut [F], b: &[F]) {
        let mut made = std::mem::take(&mut *locked(&self.made));
        made.sort_by_key(Guess::place);
        // A part that was computed twice started from the same guess.
        made.dedup_by_key(|guess| guess.place());
        let mut room = self.take_room();
        let mut before = None;
        for Guess { at, entering, mut leaving } in made {
            // What enters a sequence is no guess.
            let truth: Option<State<F, 1>> = before.filter(|_| at.elapsed() > 0);
            if let Some(truth) = truth.filter(|truth| !is_same(truth, &entering)) {
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
    }

    /// Room that nobody uses now; new where there is none.
    fn take_room(&self) -> Home {
        let count = self.steps.min(self.scan.dims.length) * self.scan.dims.channels;
        locked(&self.room).pop().unwrap_or_else(|| Home::zeros::<F>(count))
    }

    /// What enters a part: what the steps before it leave that start from zero, or from the start of the sequence.
    fn guess(&self, level: Level, at: &Stretch) -> State<F, 1> {
        let channels = self.scan.dims.channels;
        let count = self.before.min(at.elapsed());
        let mut state = if count == at.elapsed() {
            self.entering[at.sequence * channels..][at.columns.clone()].to_vec()
        } else {
            vec![F::zero(); at.columns.len()]
        };
        advance(&self.scan, level, Last, &before(at, count), &mut state, []);
        [state]
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

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
