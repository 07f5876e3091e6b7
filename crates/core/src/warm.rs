//! Chunks of time computed at once, each from a guess at the state that enters it.
//!
//! A recurrence whose gates decay forgets: started from zero a few steps early, it soon has the very
//! bits it would have had. So every chunk guesses, all of them run, and then each guess is compared
//! with the state that the chunk before it left. Where they differ, the chunk is computed again until
//! its states are those of the guess. The result is that of one thread, bit for bit.

use crate::{
    Real,
    cut::{Cut, Piece},
    driver::{Context, Operator},
    layout::Stretch,
    link::{Link, State, planes, take, whole},
    pool::Pool,
    rows::RowsMut,
};

/// Elements of outputs that nobody reads: few, or the system would have to find fresh memory for them.
const SCRATCH: usize = 1 << 12;

/// Chunks of [`Plan::Time`](crate::Plan::Time) that the parts have whose last states are compared.
const NOTED: usize = 4;

/// Steps of a chunk, and how many steps before it a guess starts.
#[derive(Clone, Copy)]
pub(crate) struct Start {
    pub(crate) chunk: usize,
    pub(crate) before: usize,
}

/// A chunk in the making.
struct Guess<'a, F, const S: usize, const O: usize> {
    piece: Piece<'a, F, O>,
    /// The state it started from.
    entering: State<F, S>,
    /// The states that each of its parts left.
    leaving: Vec<State<F, S>>,
}

/// Runs `operator` over all sequences.
pub(crate) fn run<F: Real, const S: usize, const O: usize>(
    operator: &impl Operator<F, S, O>,
    context: Context<'_>,
    (cut, pool): (Cut<'_, O>, &Pool),
    start: Start,
    mut state: [&mut [F]; S],
    out: [&mut [F]; O],
) {
    let part = NOTED * cut.shape.chunk;
    let mut states = Vec::new();
    let mut guesses = Vec::new();
    for pieces in cut.chunks(start.chunk, out) {
        let state = take(&mut state, [cut.state(); S]);
        let own = |piece| Guess {
            piece,
            entering: state.each_ref().map(|plane| plane.to_vec()),
            leaving: vec![],
        };
        guesses.push(pieces.into_iter().map(own).collect::<Vec<_>>());
        states.push(state);
    }
    let jobs = guesses.iter_mut().flat_map(|own| own.iter_mut().enumerate());
    let jobs: Vec<_> = jobs.collect();
    pool.each(jobs.into_iter(), |(index, guess)| {
        if index > 0 {
            let before = before(&guess.piece.at, start.before);
            guess.entering = warm(operator, context, cut, &before);
        }
        let mut state = guess.entering.clone();
        for at in guess.piece.at.parts(part) {
            pass(operator, context, &mut guess.piece, &at, &mut state);
            guess.leaving.push(state.clone());
        }
    });
    for (guesses, mut state) in guesses.into_iter().zip(states) {
        let truth = guesses.into_iter().reduce(|earlier, guess| {
            let truth = earlier.leaving.last().unwrap_or(&earlier.entering);
            put_right(operator, context, part, truth.clone(), guess)
        });
        let Some(last) = truth.and_then(|guess| guess.leaving.into_iter().last()) else { continue };
        state.iter_mut().zip(last).for_each(|(state, last)| state.copy_from_slice(&last));
    }
}

/// So many steps before a stretch.
pub(crate) fn before(at: &Stretch, count: usize) -> Stretch {
    let rows = if at.reverse {
        at.rows.end..at.rows.end + count
    } else {
        at.rows.start - count..at.rows.start
    };
    Stretch { rows, ..at.clone() }
}

/// The state that a stretch leaves when it starts from zero.
fn warm<F: Real, const S: usize, const O: usize>(
    operator: &impl Operator<F, S, O>,
    context: Context<'_>,
    cut: Cut<'_, O>,
    at: &Stretch,
) -> State<F, S> {
    let mut state: State<F, S> = std::array::from_fn(|_| vec![F::zero(); cut.state()]);
    operator.warm_up(context, at, planes(&mut state));
    state
}

/// Advances a state through a stretch by `advance`, which is given room for outputs of so many elements a row that
/// nobody reads.
pub(crate) fn unread<F: Real, const S: usize, const O: usize>(
    row: [usize; O],
    at: &Stretch,
    mut state: [&mut [F]; S],
    mut advance: impl FnMut(&Stretch, [&mut [F]; S], [RowsMut<'_, F>; O]),
) {
    let part = (SCRATCH / row.into_iter().max().unwrap_or(0).max(1)).max(1);
    let mut scratch = row.map(|width| vec![F::zero(); width * part]);
    for part in at.parts(part) {
        let mut widths = row.into_iter();
        let out =
            scratch.each_mut().map(|out| &mut out[..part.rows.len() * widths.next().unwrap_or(0)]);
        advance(&part, state.each_mut().map(|plane| &mut **plane), whole(out, row, false));
    }
}

/// Computes a chunk again from the true state, as far as it makes a difference.
fn put_right<'a, F: Real, const S: usize, const O: usize>(
    operator: &impl Operator<F, S, O>,
    context: Context<'_>,
    part: usize,
    truth: State<F, S>,
    mut guess: Guess<'a, F, S, O>,
) -> Guess<'a, F, S, O> {
    let mut state = truth;
    if is_same(&state, &guess.entering) {
        return guess;
    }
    for (k, at) in guess.piece.at.parts(part).enumerate() {
        pass(operator, context, &mut guess.piece, &at, &mut state);
        if is_same(&state, &guess.leaving[k]) {
            break;
        }
        guess.leaving[k].clone_from(&state);
    }
    guess
}

fn pass<F: Real, const S: usize, const O: usize>(
    operator: &impl Operator<F, S, O>,
    context: Context<'_>,
    piece: &mut Piece<'_, F, O>,
    at: &Stretch,
    state: &mut State<F, S>,
) {
    let local = piece.at.local(&at.rows);
    let out: [RowsMut<'_, F>; O] = piece.out.each_mut().map(|rows| rows.reborrow(local.clone()));
    operator.pass(context, at, Link::Alone(planes(state)), out);
}

/// Whether two states are the same, bit for bit.
pub(crate) fn is_same<F: Real, const S: usize>(x: &State<F, S>, y: &State<F, S>) -> bool {
    x.iter()
        .zip(y)
        .all(|(x, y)| bytemuck::cast_slice::<F, u8>(x) == bytemuck::cast_slice::<F, u8>(y))
}
