//! The gradients of a selective scan. A sequence is computed forward once more, which keeps the states at the starts
//! of segments alone; then segments are walked back, the last one first: each is computed again from the state it
//! starts from, and the gradient of the state goes back through it.

mod around;
mod back;
mod complex;
mod job;
mod kernel;
mod outputs;
mod passes;
mod reference;
mod segments;
mod sums;

use super::{
    SelectiveScan,
    table::{BLOCK, Table},
    tile::TILE,
};
use crate::{Engine, Error, Plan, Real};
use around::Out;
use job::{Call, Job};
use outputs::{none, pieces};
use std::ops::Range;

pub use reference::{Truth, reference_backward};
pub(super) use segments::Kept;

/// What the gradients are of.
#[derive(Clone, Copy, Debug)]
pub struct Cotangents<'a, F, const P: usize> {
    /// With respect to the outputs, `[batch, length, channels]`.
    pub y: &'a [F],
    /// The states that entered, `[sequences, channels, states]`; zero where absent.
    pub entering: Option<[&'a [F]; P]>,
}

/// The gradients of the inputs, of their shapes; empty where there was no input.
#[derive(Debug)]
pub struct Gradients<'a, F, const P: usize> {
    /// `[batch, length, channels]`.
    pub u: &'a mut [F],
    /// `[batch, length, channels]`.
    pub dt: &'a mut [F],
    /// `[channels, states]`.
    pub a: [&'a mut [F]; P],
    /// As long as `B`.
    pub b: [&'a mut [F]; P],
    /// As long as `C`.
    pub c: [&'a mut [F]; P],
    /// `[channels]`.
    pub d: &'a mut [F],
    /// `[batch, length, channels]`.
    pub z: &'a mut [F],
    /// `[channels]`.
    pub dt_bias: &'a mut [F],
}

/// Channels and sequences are cut into at most so many parts each, whose sums are added in their order: what they
/// are does not depend on threads.
const PARTS: usize = 16;

impl<F: Real, const P: usize> SelectiveScan<'_, F, P> {
    /// Fills `out` with the gradients of the inputs. `state` (`[sequences, channels, states]`) holds the gradient of
    /// the states that leave, and then that of those that enter.
    pub fn backward<'o>(
        self,
        engine: &Engine,
        cotangents: Cotangents<'_, F, P>,
        state: [&'o mut [F]; P],
        mut out: Gradients<'o, F, P>,
    ) -> Result<(), Error> {
        self.check_gradients(&cotangents, &state, &out)?;
        if self.layout.options().lengths.is_some() {
            [&mut out.u, &mut out.dt, &mut out.z]
                .into_iter()
                .for_each(|padded| padded.fill(F::zero()));
        }
        let channels = self.dims.channels;
        let span = channels.div_ceil(BLOCK).div_ceil(PARTS).max(1) * BLOCK;
        let spans: Vec<_> =
            (0..channels).step_by(span).map(|c| c..(c + span).min(channels)).collect();
        let table = Table::new(&self, 0..channels);
        let every = self.states.next_multiple_of(TILE).max(TILE);
        let Cotangents { y: dy, entering } = cotangents;
        let call = Call { scan: &self, table: &table, dy, entering, every };
        let parts = self.parts();
        let jobs = self.jobs(&parts, &spans, state, &mut out);
        let work = self.dims.signal().saturating_mul(2 * self.states + 4);
        let ledgers = if work < Plan::PARALLEL {
            jobs.into_iter().map(|job| call.run(engine.level(), job)).collect()
        } else {
            engine.pool().map(jobs.into_iter(), |job| call.run(engine.level(), job))
        };
        call.add_up(engine, (&parts, &spans), &ledgers, out);
        Ok(())
    }

    /// Consecutive sequences of about as many steps.
    fn parts(&self) -> Vec<Range<usize>> {
        let least = self.dims.rows().div_ceil(PARTS);
        let mut parts = Vec::new();
        let mut first = 0;
        let mut rows = 0;
        for sequence in 0..self.layout.sequences() {
            rows += self.layout.padded(sequence).len();
            if rows >= least.max(1) || sequence + 1 == self.layout.sequences() {
                parts.push(first..sequence + 1);
                (first, rows) = (sequence + 1, 0);
            }
        }
        parts
    }

    /// The jobs of all spans of all parts.
    fn jobs<'o>(
        &self,
        parts: &[Range<usize>],
        spans: &[Range<usize>],
        mut state: [&'o mut [F]; P],
        out: &mut Gradients<'o, F, P>,
    ) -> Vec<Job<'o, F, P>> {
        let (channels, span) = (self.dims.channels, spans.first().map_or(0, Range::len));
        let mut signals = [&mut out.u, &mut out.dt, &mut out.z].map(std::mem::take);
        let mut jobs = Vec::new();
        for part in parts {
            let rows = self.layout.padded(part.end - 1).end - self.layout.padded(part.start).start;
            let cut = |data: &mut &'o mut [F], rows: usize, depth: usize| {
                let count = (rows * channels * depth).min(data.len());
                let own = data.split_off_mut(..count).unwrap_or_default();
                pieces(own, channels, span, depth).into_iter()
            };
            let mut signals = signals.each_mut().map(|data| cut(data, rows, 1));
            let mut state = state.each_mut().map(|plane| cut(plane, part.len(), self.states));
            for columns in spans {
                let [u, dt, z] =
                    signals.each_mut().map(|pieces| pieces.next().unwrap_or_else(none));
                let state = state.each_mut().map(|pieces| pieces.next().unwrap_or_else(none));
                let out = Out { u, dt, z };
                jobs.push(Job { sequences: part.clone(), columns: columns.clone(), out, state });
            }
        }
        jobs
    }
}
