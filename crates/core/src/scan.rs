//! Operators that can tell what a stretch does without computing its outputs.

use crate::{
    Carry, Engine, Plan, Real,
    driver::{Context, Operator, Shape, plan},
    layout::{Layout, Stretch},
    link::{Link, State, planes},
    rows::RowsMut,
    warm::unread,
};
use fearless_simd::Level;

/// An operator that can tell what a stretch does without computing its outputs.
pub(crate) trait Scan<F: Real, const S: usize, const O: usize>: Sync {
    type Carry: Carry<F, S>;

    fn shape(&self) -> Shape<O>;

    /// See [`Operator::reach`].
    fn reach(&self, at: &Stretch) -> Option<usize>;

    /// What a stretch without resets does.
    fn summarize(&self, level: Level, at: &Stretch) -> Self::Carry;

    /// Computes a stretch without resets from the state that enters it.
    fn advance(&self, level: Level, at: &Stretch, state: [&mut [F]; S], out: [RowsMut<'_, F>; O]);

    /// Advances a state through a stretch without resets whose outputs nobody reads.
    fn warm_up(&self, level: Level, at: &Stretch, state: [&mut [F]; S]) {
        unread(self.shape().row(), at, state, |at, state, out| self.advance(level, at, state, out));
    }
}

/// A scan as an operator: a chunk with neighbours is summarized, so that the state that leaves it is
/// known before its outputs are.
pub(crate) struct Reduced<'a, T>(pub(crate) &'a T);

impl<F: Real, const S: usize, const O: usize, T: Scan<F, S, O>> Operator<F, S, O>
    for Reduced<'_, T>
{
    fn shape(&self) -> Shape<O> {
        self.0.shape()
    }

    fn reach(&self, at: &Stretch) -> Option<usize> {
        self.0.reach(at)
    }

    fn pass(
        &self,
        context: Context<'_>,
        at: &Stretch,
        link: Link<'_, F, S>,
        out: [RowsMut<'_, F>; O],
    ) {
        let mut link = match link {
            Link::Alone(state) => return advance_runs(self.0, context, at, state, out),
            Link::Chained(link) => link,
        };
        let is_inner = !link.is_first && link.last.is_none();
        let summary = is_inner.then(|| Summary::new(self.0, context, at));
        let mut state = link.enter();
        if let Some(leaving) = summary.and_then(|summary| summary.leaving(&state)) {
            link.leave(&leaving);
            return advance_runs(self.0, context, at, planes(&mut state), out);
        }
        advance_runs(self.0, context, at, planes(&mut state), out);
        link.leave(&state);
    }

    fn warm_up(&self, context: Context<'_>, at: &Stretch, state: [&mut [F]; S]) {
        runs(context.layout, at, state, [], |at, state, []| {
            self.0.warm_up(context.level, at, state)
        });
    }
}

/// What a stretch with resets does.
struct Summary<C> {
    /// Of the steps from the last reset on.
    carry: C,
    /// Whether there is a reset: then the state that enters does not matter.
    is_fresh: bool,
}

impl<C> Summary<C> {
    fn new<F: Real, const S: usize, const O: usize>(
        scan: &impl Scan<F, S, O, Carry = C>,
        context: Context<'_>,
        at: &Stretch,
    ) -> Self {
        let (is_fresh, rows) = context.layout.runs(at).pop().unwrap_or((false, at.rows.clone()));
        Self { carry: scan.summarize(context.level, &Stretch { rows, ..at.clone() }), is_fresh }
    }

    /// The state that leaves, or nothing where the summary may not stand for the stretch.
    fn leaving<F: Real, const S: usize>(&self, entering: &State<F, S>) -> Option<State<F, S>>
    where
        C: Carry<F, S>,
    {
        let state = if self.is_fresh {
            self.carry.b().map(<[F]>::to_vec)
        } else if self.carry.is_sound() {
            let mut state = entering.clone();
            self.carry.apply(planes(&mut state));
            state
        } else {
            return None;
        };
        state.iter().all(|plane| crate::real::all_finite(plane)).then_some(state)
    }
}

/// [`Scan::advance`], starting again from zero at every reset.
fn advance_runs<F: Real, const S: usize, const O: usize>(
    scan: &impl Scan<F, S, O>,
    context: Context<'_>,
    at: &Stretch,
    state: [&mut [F]; S],
    out: [RowsMut<'_, F>; O],
) {
    runs(context.layout, at, state, out, |at, state, out| {
        scan.advance(context.level, at, state, out);
    });
}

/// Advances a state through a stretch by `advance`, which is given parts without resets; it starts again from zero
/// at every reset.
pub(crate) fn runs<F: Real, const S: usize, const O: usize>(
    layout: &Layout<'_>,
    at: &Stretch,
    mut state: [&mut [F]; S],
    mut out: [RowsMut<'_, F>; O],
    mut advance: impl FnMut(&Stretch, [&mut [F]; S], [RowsMut<'_, F>; O]),
) {
    if layout.options().reset.is_none() {
        return advance(at, state, out);
    }
    for (is_fresh, rows) in layout.runs(at) {
        if is_fresh {
            state.iter_mut().for_each(|plane| plane.fill(F::zero()));
        }
        let local = at.local(&rows);
        let out = out.each_mut().map(|rows| rows.reborrow(local.clone()));
        let state = state.each_mut().map(|plane| &mut **plane);
        advance(&Stretch { rows, ..at.clone() }, state, out);
    }
}

/// What every sequence of a signal does to its state.
pub(crate) fn summarize<F: Real, const S: usize, const O: usize, T: Scan<F, S, O>>(
    scan: &T,
    layout: &Layout<'_>,
    engine: &Engine,
) -> Vec<T::Carry> {
    let columns = 0..scan.shape().columns;
    let whole = |i| layout.stretch(i, layout.rows(i), columns.clone());
    let Plan::Time { chunk } = plan(&Reduced(scan), layout, engine) else {
        return engine
            .pool()
            .map(0..layout.sequences(), |i| scan.summarize(engine.level(), &whole(i)));
    };
    let one = |i| {
        let rows = layout.rows(i);
        let mut starts: Vec<_> = rows.clone().step_by(chunk).collect();
        if layout.options().reverse {
            starts.reverse();
        }
        let parts = engine.pool().map(starts.into_iter(), |start| {
            let part = start..(start + chunk).min(rows.end);
            scan.summarize(engine.level(), &layout.stretch(i, part, columns.clone()))
        });
        let is_sound = parts.iter().all(Carry::is_sound);
        let total = parts.into_iter().reduce(|earlier, later| earlier.then(&later));
        total.filter(|_| is_sound).unwrap_or_else(|| scan.summarize(engine.level(), &whole(i)))
    };
    (0..layout.sequences()).map(one).collect()
}
