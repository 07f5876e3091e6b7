//! States computed again: those that enter blocks of steps are kept, the others follow from them.

use super::{LinearScan, kernel};
use crate::{
    Dims, Engine, Error, Options, Plan, Real,
    driver::{self, Context, Operator, Shape},
    home::Home,
    lanes::{self, Recurrence, Step, suited},
    layout::{Layout, Stretch},
    link::{Link, planes, whole},
    rows::RowsMut,
    scan,
};
use fearless_simd::{Level, Simd, dispatch, prelude::*};

/// Elements of the states of a block: they fit the smallest cache.
const BLOCK: usize = 1 << 13;

/// Fewer channels are computed faster many steps at a time, which needs whole sequences.
pub(super) const FEW: usize = 16;

/// What all states follow from.
pub(super) struct Again<'a, F> {
    scan: LinearScan<'a, F>,
    /// Steps of a block.
    steps: usize,
    /// Of each sequence.
    blocks: usize,
    /// `[batch, blocks, channels]`: the states that enter the blocks.
    entering: Vec<F>,
}

impl<'a, F: Real> Again<'a, F> {
    /// Of a scan from the states that enter its sequences; none where sequences are of different lengths, or
    /// have few channels.
    pub(super) fn new(
        scan: LinearScan<'a, F>,
        engine: &Engine,
        entering: &[F],
    ) -> Result<Option<Self>, Error> {
        let Dims { batch, length, channels } = scan.dims;
        let options = *scan.layout.options();
        if channels < FEW || options.cu_seqlens.is_some() || options.lengths.is_some() {
            return Ok(None);
        }
        let steps = (BLOCK / channels).clamp(16, 1 << 10);
        let dims = Dims { batch, length: length.div_ceil(steps), channels };
        let layout = Layout::new(dims, Options { reset: None, ..options })?;
        let mut again = Self { scan, steps, blocks: dims.length, entering: Vec::new() };
        let (mut states, mut state) = (vec![F::zero(); dims.signal()], entering.to_vec());
        let plan = driver::plan(&again, &layout, engine);
        driver::run(&again, &layout, engine, plan, [&mut state], [&mut states]);
        again.entering = states;
        Ok(Some(again))
    }

    /// Rows of a block of a sequence.
    fn rows(&self, sequence: usize, block: usize) -> std::ops::Range<usize> {
        let rows = self.scan.layout.rows(sequence);
        let start = rows.start + block * self.steps;
        start..(start + self.steps).min(rows.end)
    }

    /// The blocks that a stretch touches, cut to it, in its order of time.
    fn parts(&self, at: &Stretch) -> impl Iterator<Item = Stretch> + use<F> {
        let (steps, origin, at) = (self.steps, at.all.start, at.clone());
        let first = (at.rows.start - origin) / steps;
        let count = (at.rows.end - origin).div_ceil(steps) - first;
        (0..count).map(move |k| {
            let block = first + if at.reverse { count - 1 - k } else { k };
            let start = origin + block * steps;
            let rows = start.max(at.rows.start)..(start + steps).min(at.rows.end);
            Stretch { rows, ..at.clone() }
        })
    }

    /// Calls `f` with each part of a block that a stretch of the backward pass touches, and the states that enter its
    /// steps.
    pub(super) fn each(&self, level: Level, at: &Stretch, mut f: impl FnMut(&Stretch, &[F])) {
        let mut room = Home::zeros::<F>(self.steps * at.columns.len());
        for part in self.parts(at) {
            f(&part, self.fill(level, &part, room.numbers()));
        }
    }

    /// The states that enter the steps of a part of a block, computed in `scratch`.
    fn fill<'b>(&self, level: Level, part: &Stretch, scratch: &'b mut [F]) -> &'b [F] {
        let Self { ref scan, steps, blocks, ref entering } = *self;
        let columns = part.columns.clone();
        let block = (part.rows.start - part.all.start) / steps;
        let all = self.rows(part.sequence, block);
        // Up to the last step in time that is asked for.
        let reverse = scan.layout.options().reverse;
        let rows = if reverse { part.rows.start..all.end } else { all.start..part.rows.end };
        let at = scan.layout.stretch(part.sequence, rows.clone(), columns.clone());
        let first = (part.sequence * blocks + block) * scan.dims.channels;
        let mut state = entering[first..][columns].to_vec();
        let width = state.len();
        let out = whole([&mut scratch[..rows.len() * width]], [width], false);
        advance(scan, level, Entering, &at, &mut state, out);
        &scratch[(part.rows.start - rows.start) * width..]
    }
}

/// Advances the state of a scan through a stretch.
pub(super) fn advance<F: Real, const O: usize>(
    scan: &LinearScan<'_, F>,
    level: Level,
    step: impl Step<2, 1, O>,
    at: &Stretch,
    state: &mut [F],
    out: [RowsMut<'_, F>; O],
) {
    scan::runs(&scan.layout, at, [state], out, |at, state, out| {
        let inputs = [scan.a.at(at, 1), scan.b.at(at, 1)];
        advance_run(level, Recurrence { step, at, inputs, state, out });
    });
}

/// The same through one without resets.
pub(super) fn advance_run<F: Real, const O: usize>(
    level: Level,
    recurrence: Recurrence<'_, F, impl Step<2, 1, O>, 2, 1, O>,
) {
    dispatch!(suited(level), simd => lanes::advance(simd, recurrence));
}

/// A row is a block of steps.
impl<F: Real> Operator<F, 1, 1> for Again<'_, F> {
    fn shape(&self) -> Shape<1> {
        let columns = self.scan.dims.channels;
        let chunk = (Plan::chunk(columns) / self.steps).max(1);
        Shape { columns, depth: 1, widths: [1], cost: self.steps, chunk, cut_from: usize::MAX }
    }

    fn reach(&self, at: &Stretch) -> Option<usize> {
        let [first, last] =
            [at.rows.start, at.rows.end - 1].map(|row| self.rows(at.sequence, row - at.all.start));
        let at = self.scan.layout.stretch(at.sequence, first.start..last.end, at.columns.clone());
        kernel::reach(&at, self.scan.a.at(&at, 1)).map(|steps| steps.div_ceil(self.steps))
    }

    fn pass(
        &self,
        context: Context<'_>,
        at: &Stretch,
        link: Link<'_, F, 1>,
        [mut out]: [RowsMut<'_, F>; 1],
    ) {
        let mut run = |state: &mut [F]| {
            for k in 0..at.rows.len() {
                let t = at.row(k);
                out.row(t).copy_from_slice(state);
                let rows = self.rows(at.sequence, at.rows.start + t - at.all.start);
                let block = self.scan.layout.stretch(at.sequence, rows, at.columns.clone());
                advance(&self.scan, context.level, Last, &block, state, []);
            }
        };
        match link {
            Link::Alone([state]) => run(state),
            Link::Chained(mut link) => {
                let mut state = link.enter();
                let [plane] = planes(&mut state);
                run(plane);
                link.leave(&state);
            }
        }
    }
}

/// `h = a h + b`, giving the state that entered.
#[derive(Clone, Copy)]
pub(super) struct Entering;

impl Step<2, 1, 1> for Entering {
    #[inline(always)]
    fn step<S: Simd, F: Real, V>(self, inputs: [V; 2], [h]: [V; 1]) -> ([V; 1], [V; 1])
    where
        V: SimdFloat<S, Element = F>,
    {
        let (after, _) = kernel::Affine.step(inputs, [h]);
        (after, [h])
    }
}

/// The same, giving nothing.
#[derive(Clone, Copy)]
pub(super) struct Last;

impl Step<2, 1, 0> for Last {
    #[inline(always)]
    fn step<S: Simd, F: Real, V>(self, inputs: [V; 2], state: [V; 1]) -> ([V; 1], [V; 0])
    where
        V: SimdFloat<S, Element = F>,
    {
        (kernel::Affine.step(inputs, state).0, [])
    }
}
