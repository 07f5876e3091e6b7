//! Where stretches run: the one driver of all operators.

use crate::{
    Engine, Plan, Real,
    cut::{Cut, Group},
    layout::{Layout, Stretch},
    link::{Chain, Link},
    plan::Work,
    pool::Pool,
    rows::RowsMut,
    warm::{self, Start},
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

impl<const O: usize> Shape<O> {
    /// Elements of each output's row.
    pub(crate) fn row(&self) -> [usize; O] {
        self.widths.map(|width| width * self.columns)
    }
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

    /// After how many steps of a stretch nothing is left of the state that entered it; none if not
    /// before its end.
    fn reach(&self, at: &Stretch) -> Option<usize>;

    /// Computes a stretch: takes the state that enters from `link`, fills `out`, and passes on the
    /// state that leaves as early as it can.
    fn pass(
        &self,
        context: Context<'_>,
        at: &Stretch,
        link: Link<'_, F, S>,
        out: [RowsMut<'_, F>; O],
    );

    /// Advances a state through a stretch whose outputs nobody reads.
    fn warm_up(&self, context: Context<'_>, at: &Stretch, state: [&mut [F]; S]) {
        warm::unread(self.shape().row(), at, state, |at, state, out| {
            self.pass(context, at, Link::Alone(state), out);
        });
    }
}

/// The plan for an operator over a layout.
pub(crate) fn plan<F: Real, const S: usize, const O: usize>(
    operator: &impl Operator<F, S, O>,
    layout: &Layout<'_>,
    engine: &Engine,
) -> Plan {
    let shape = operator.shape();
    let deterministic = layout.options().deterministic.unwrap_or(engine.deterministic());
    // Threads beyond the cores would only wait for each other's summaries.
    let at_once = if deterministic { 2 } else { engine.parallelism().max(2) };
    let work = Work {
        sequences: layout.sequences(),
        rows: layout.total_rows(),
        longest: layout.longest(),
        columns: shape.columns,
        cost: shape.cost,
        chunk: shape.chunk,
        has_cheap_summary: at_once >= shape.cut_from,
    };
    let reach = |most: usize| {
        let longest = (0..layout.sequences()).max_by_key(|&i| layout.rows(i).len())?;
        let rows = layout.rows(longest);
        let middle = rows.start + rows.len() / 2;
        let rows = middle..(middle + most).min(rows.end);
        operator.reach(&layout.stretch(longest, rows, 0..shape.columns))
    };
    Plan::new(&work, engine.threads(), deterministic, reach)
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
    let written: usize = out.iter().map(|array| size_of_val(*array)).sum();
    let cut = Cut { shape, layout, streams: written >= engine.stream_from() };
    let is_whole = match plan {
        Plan::Sequences { group } => group >= layout.sequences(),
        _ => false,
    };
    // The bits of all plans but one are those of the plain one, which is all that one thread needs.
    let is_alone = !Pool::HAS_THREADS && !matches!(plan, Plan::Time { .. });
    if is_whole || is_alone {
        let all = Group { first: 0, last: layout.sequences(), state, out };
        return all.run(operator, context, cut);
    }
    match plan {
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
        Plan::Warm { chunk, before } => {
            let start = Start { chunk, before };
            warm::run(operator, context, (cut, engine.pool()), start, state, out);
        }
        Plan::Time { chunk } => {
            let chunks = cut.chunks(chunk, out);
            let chain = Chain::new(chunks.iter().map(Vec::len).sum());
            let jobs = cut.chained(chunks, &chain, state);
            engine.pool().each(jobs.into_iter(), |job| {
                operator.pass(context, &job.at, job.link, job.out);
            });
        }
    }
}

#[cfg(test)]
mod panics;
