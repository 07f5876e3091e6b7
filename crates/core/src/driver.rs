//! Where stretches run: the one driver of all operators.

use crate::{
    Carry, Engine, Plan, Real,
    cut::{Cut, Group},
    layout::{Layout, Stretch},
    link::{Chain, Link, State, planes},
    plan::Work,
    rows::RowsMut,
};
use fearless_simd::Level;

/// Sizes of an operator's state and outputs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape<const O: usize> {
    /// Columns that do not depend on each other.
    pub(crate) columns: usize,
    /// Elements of state of a column, in each plane.
    pub(crate) depth: usize,
    /// Elements of an output row of a column, in each output.
    pub(crate) widths: [usize; O],
    /// Operations of a step and column, counted as scan elements.
    pub(crate) cost: usize,
    /// Steps of a chunk of time.
    pub(crate) chunk: usize,
    /// Threads from which on cutting time pays, a summary being extra work.
    pub(crate) cut_from: usize,
}

/// What every job of a call shares.
#[derive(Clone, Copy)]
pub(crate) struct Context<'a> {
    pub(crate) level: Level,
    pub(crate) layout: &'a Layout<'a>,
}

/// An operator as the driver sees it, with `S` planes of state and `O` outputs.
pub(crate) trait Operator<F: Real, const S: usize, const O: usize>: Sync {
    fn shape(&self) -> Shape<O>;

    /// Computes a stretch: takes the state that enters from `link`, fills `out`, and passes on the
    /// state that leaves as early as it can.
    fn pass(
        &self,
        context: Context<'_>,
        at: &Stretch,
        link: Link<'_, F, S>,
        out: [RowsMut<'_, F>; O],
    );
}

/// An operator that can tell what a stretch does without computing its outputs.
pub(crate) trait Scan<F: Real, const S: usize, const O: usize>: Sync {
    type Carry: Carry<F, S>;

    fn shape(&self) -> Shape<O>;

    /// What a stretch without resets does.
    fn summarize(&self, level: Level, at: &Stretch) -> Self::Carry;

    /// Computes a stretch without resets from the state that enters it.
    fn advance(&self, level: Level, at: &Stretch, state: [&mut [F]; S], out: [RowsMut<'_, F>; O]);
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

    /// The state that leaves, or nothing where the way there is not finite: what the serial
    /// recurrence finds finite must not come out as `inf * 0`.
    fn leaving<F: Real, const S: usize>(&self, entering: &State<F, S>) -> Option<State<F, S>>
    where
        C: Carry<F, S>,
    {
        let state = if self.is_fresh {
            self.carry.b().map(<[F]>::to_vec)
        } else if self.carry.is_finite() {
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
    mut state: [&mut [F]; S],
    mut out: [RowsMut<'_, F>; O],
) {
    if context.layout.options().reset.is_none() {
        return scan.advance(context.level, at, state, out);
    }
    for (is_fresh, rows) in context.layout.runs(at) {
        if is_fresh {
            state.iter_mut().for_each(|plane| plane.fill(F::zero()));
        }
        let local = rows.start - at.rows.start..rows.end - at.rows.start;
        let out = out.each_mut().map(|rows| rows.reborrow(local.clone()));
        let state = state.each_mut().map(|plane| &mut **plane);
        scan.advance(context.level, &Stretch { rows, ..at.clone() }, state, out);
    }
}

/// The plan for an operator over a layout.
pub(crate) fn plan<const O: usize>(shape: Shape<O>, layout: &Layout<'_>, engine: &Engine) -> Plan {
    let deterministic = layout.options().deterministic.unwrap_or(engine.deterministic());
    let pays = if deterministic { shape.cut_from <= 2 } else { engine.threads() >= shape.cut_from };
    let work = Work {
        sequences: layout.sequences(),
        rows: layout.total_rows(),
        longest: layout.longest(),
        columns: shape.columns,
        cost: shape.cost,
        chunk: pays.then_some(shape.chunk),
    };
    Plan::new(&work, engine.threads(), deterministic)
}

/// Runs an operator over all sequences: `state` holds what enters and then what leaves, `out` is
/// filled.
pub(crate) fn run<F: Real, const S: usize, const O: usize>(
    operator: &impl Operator<F, S, O>,
    layout: &Layout<'_>,
    engine: &Engine,
    plan: Plan,
    state: [&mut [F]; S],
    out: [&mut [F]; O],
) {
    let shape = operator.shape();
    if out.iter().chain(&state).all(|array| array.is_empty()) {
        return;
    }
    let context = Context { level: engine.level(), layout };
    let cut = Cut { shape, layout };
    match plan {
        Plan::Sequences { group } if group >= layout.sequences() => {
            let all = Group { first: 0, last: layout.sequences(), state, out };
            all.run(operator, context, cut);
        }
        Plan::Sequences { group } => {
            let groups = cut.groups(group, state, out);
            engine.pool().each(groups, |group| group.run(operator, context, cut));
        }
        Plan::Columns { block } => {
            let jobs = cut.blocks(block, state, out);
            engine.pool().each(jobs.into_iter(), |job| {
                operator.pass(context, &job.at, job.link, job.out);
            });
        }
        Plan::Time { chunk } => {
            let chain = Chain::new(cut.stretches(chunk));
            let jobs = cut.chunks(chunk, &chain, state, out);
            engine.pool().each(jobs.into_iter(), |job| {
                operator.pass(context, &job.at, job.link, job.out);
            });
        }
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
    let Plan::Time { chunk } = plan(scan.shape(), layout, engine) else {
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
        let is_finite = parts.iter().all(Carry::is_finite);
        let total = parts.into_iter().reduce(|earlier, later| earlier.then(&later));
        total.filter(|_| is_finite).unwrap_or_else(|| scan.summarize(engine.level(), &whole(i)))
    };
    (0..layout.sequences()).map(one).collect()
}
