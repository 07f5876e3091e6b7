//! `h[t] = a[t] h[t-1] + b[t]`, elementwise over channels.

mod again;
mod backward;
mod block;
mod carry;
mod guess;
mod guessed;
mod kernel;
mod map;
mod narrow;
mod product;
mod reference;
mod single;
mod tile;
mod turned;

use crate::{
    Dims, Engine, Error, Options, Plan, Real,
    dims::check,
    driver::{self, Shape},
    lanes::suited,
    layout::{Layout, Stretch},
    rows::RowsMut,
    scan::{self, Reduced, Scan},
    signal::Signal,
};
use fearless_simd::{Level, dispatch};

pub use crate::adjoint::Cotangents;
pub use carry::{LinearCarry, combine};
pub use reference::reference;

/// A checked call: the length of every buffer agrees with the dimensions.
#[derive(Clone, Copy, Debug)]
pub struct LinearScan<'a, F> {
    dims: Dims,
    a: Signal<'a, F>,
    b: Signal<'a, F>,
    layout: Layout<'a>,
}

impl<'a, F: Real> LinearScan<'a, F> {
    /// Borrows the gates `a` (`[batch, length, channels]`, `[length, channels]` or `[channels]`) and
    /// the inputs `b` (`[batch, length, channels]`).
    pub fn new(dims: Dims, a: &'a [F], b: &'a [F], options: Options<'a>) -> Result<Self, Error> {
        Ok(Self {
            dims,
            a: Signal::broadcast("a", a, dims, dims.channels)?,
            b: Signal::full("b", b, dims, dims.channels)?,
            layout: Layout::new(dims, options)?,
        })
    }

    /// Elements of a state: `[sequences, channels]`.
    pub fn state(&self) -> usize {
        self.layout.sequences().saturating_mul(self.dims.channels)
    }

    /// Writes every state to `h`. `state` enters as `h[-1]` and leaves as the last `h`.
    pub fn run(self, engine: &Engine, state: &mut [F], h: &mut [F]) -> Result<(), Error> {
        let plan = driver::plan(&Reduced(&self), &self.layout, engine);
        self.run_as(plan, engine, state, h)
    }

    /// [`run`](Self::run), by the given plan.
    pub fn run_as(
        self,
        plan: Plan,
        engine: &Engine,
        state: &mut [F],
        h: &mut [F],
    ) -> Result<(), Error> {
        check("out.state", self.state(), state.len())?;
        check("out.h", self.dims.signal(), h.len())?;
        driver::run(&Reduced(&self), &self.layout, engine, plan, [state], [h]);
        Ok(())
    }

    /// What each sequence does to its state.
    pub fn summarize(self, engine: &Engine) -> Vec<LinearCarry<F>> {
        scan::summarize(&self, &self.layout, engine)
    }

    /// [`summarize`](Self::summarize) into two arrays `[a, b]`, `[sequences, channels]` each.
    pub fn summarize_into(self, engine: &Engine, out: [&mut [F]; 2]) -> Result<(), Error> {
        // Of nothing there may be any number of sequences.
        let carries = if self.dims.channels == 0 { Vec::new() } else { self.summarize(engine) };
        carry::store(&carries, out)
    }
}

impl<F: Real> Scan<F, 1, 1> for LinearScan<'_, F> {
    type Carry = LinearCarry<F>;

    fn shape(&self) -> Shape<1> {
        let columns = self.dims.channels;
        // One thread already takes most of what memory gives; a summary of one channel takes longer
        // than its states.
        let cut_from = if columns == 1 { 6 } else { 4 };
        Shape { columns, depth: 1, widths: [1], cost: 1, chunk: Plan::chunk(columns), cut_from }
    }

    fn reach(&self, at: &Stretch) -> Option<usize> {
        kernel::reach(at, self.a.at(at, 1))
    }

    fn summarize(&self, level: Level, at: &Stretch) -> LinearCarry<F> {
        let mut carry = LinearCarry::identity(at.columns.len());
        let inputs = [self.a.at(at, 1), self.b.at(at, 1)];
        let is_done = dispatch!(suited(level), simd => match at.columns.len() {
            1 => narrow::summarize::<_, _, 1>(simd, at, inputs, &mut carry),
            2 => narrow::summarize::<_, _, 2>(simd, at, inputs, &mut carry),
            3 => narrow::summarize::<_, _, 3>(simd, at, inputs, &mut carry),
            4 => narrow::summarize::<_, _, 4>(simd, at, inputs, &mut carry),
            8 => narrow::summarize::<_, _, 8>(simd, at, inputs, &mut carry),
            _ => false,
        });
        if !is_done {
            dispatch!(level, simd => kernel::summarize(simd, at, inputs, &mut carry));
        }
        carry
    }

    fn advance(
        &self,
        level: Level,
        at: &Stretch,
        [state]: [&mut [F]; 1],
        mut out: [RowsMut<'_, F>; 1],
    ) {
        let inputs = [self.a.at(at, 1), self.b.at(at, 1)];
        let is_done = dispatch!(suited(level), simd => match at.columns.len() {
            1 => narrow::advance_one(simd, at, inputs, state, &mut out),
            2 => narrow::advance::<_, _, 2>(simd, at, inputs, state, &mut out),
            3 => narrow::advance::<_, _, 3>(simd, at, inputs, state, &mut out),
            4 => narrow::advance::<_, _, 4>(simd, at, inputs, state, &mut out),
            8 => narrow::advance::<_, _, 8>(simd, at, inputs, state, &mut out),
            _ => false,
        });
        if !is_done {
            dispatch!(suited(level), simd => kernel::advance(simd, at, inputs, state, out));
        }
    }
}
