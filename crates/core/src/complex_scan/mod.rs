//! `h[t] = a[t] h[t-1] + b[t]` over complex numbers, elementwise over channels.

mod backward;
mod carry;
pub(crate) mod kernel;
mod reference;

use crate::{
    Dims, Engine, Error, Options, Plan, Real,
    dims::check,
    driver::{self, Shape},
    lanes::suited,
    layout::{Layout, Stretch},
    rows::{Rows, RowsMut},
    scan::{self, Reduced, Scan},
    signal::Signal,
};
use fearless_simd::{Level, dispatch};

pub use backward::Cotangents;
pub use carry::{ComplexCarry, combine};
pub use reference::reference;

/// A checked call: the length of every buffer agrees with the dimensions.
#[derive(Clone, Copy, Debug)]
pub struct ComplexScan<'a, F> {
    dims: Dims,
    a: [Signal<'a, F>; 2],
    b: [Signal<'a, F>; 2],
    layout: Layout<'a>,
}

impl<'a, F: Real> ComplexScan<'a, F> {
    /// Borrows the gates `a` and the inputs `b`, each as its real and its imaginary plane, with the
    /// shapes of a [`LinearScan`](crate::linear_scan::LinearScan).
    pub fn new(
        dims: Dims,
        a: [&'a [F]; 2],
        b: [&'a [F]; 2],
        options: Options<'a>,
    ) -> Result<Self, Error> {
        let Dims { channels, .. } = dims;
        check("a.im", a[0].len(), a[1].len())?;
        Ok(Self {
            dims,
            a: [
                Signal::broadcast("a.re", a[0], dims, channels)?,
                Signal::broadcast("a.im", a[1], dims, channels)?,
            ],
            b: [
                Signal::full("b.re", b[0], dims, channels)?,
                Signal::full("b.im", b[1], dims, channels)?,
            ],
            layout: Layout::new(dims, options)?,
        })
    }

    /// Elements of a plane of the state: `[sequences, channels]`.
    pub fn state(&self) -> usize {
        self.layout.sequences().saturating_mul(self.dims.channels)
    }

    /// Writes every state to `h`. `state` enters as `h[-1]` and leaves as the last `h`.
    pub fn run(self, engine: &Engine, state: [&mut [F]; 2], h: [&mut [F]; 2]) -> Result<(), Error> {
        let plan = driver::plan(&Reduced(&self), &self.layout, engine);
        self.run_as(plan, engine, state, h)
    }

    /// [`run`](Self::run), by the given plan.
    pub fn run_as(
        self,
        plan: Plan,
        engine: &Engine,
        state: [&mut [F]; 2],
        h: [&mut [F]; 2],
    ) -> Result<(), Error> {
        check("out.state.re", self.state(), state[0].len())?;
        check("out.state.im", self.state(), state[1].len())?;
        check("out.h.re", self.dims.signal(), h[0].len())?;
        check("out.h.im", self.dims.signal(), h[1].len())?;
        driver::run(&Reduced(&self), &self.layout, engine, plan, state, h);
        Ok(())
    }

    /// What each sequence does to its state.
    pub fn summarize(self, engine: &Engine) -> Vec<ComplexCarry<F>> {
        scan::summarize(&self, &self.layout, engine)
    }

    /// [`summarize`](Self::summarize) into four planes `[a.re, a.im, b.re, b.im]`,
    /// `[sequences, channels]` each.
    pub fn summarize_into(self, engine: &Engine, out: [&mut [F]; 4]) -> Result<(), Error> {
        // Of nothing there may be any number of sequences.
        let carries = if self.dims.channels == 0 { Vec::new() } else { self.summarize(engine) };
        carry::store(&carries, out)
    }

    fn inputs(&self, at: &Stretch) -> [Rows<'a, F>; 4] {
        let ([a, ai], [b, bi]) = (&self.a, &self.b);
        [a.at(at, 1), ai.at(at, 1), b.at(at, 1), bi.at(at, 1)]
    }
}

impl<F: Real> Scan<F, 2, 2> for ComplexScan<'_, F> {
    type Carry = ComplexCarry<F>;

    fn shape(&self) -> Shape<2> {
        let columns = self.dims.channels;
        let chunk = Plan::chunk(2 * columns);
        Shape { columns, depth: 1, widths: [1, 1], cost: 2, chunk, cut_from: 4 }
    }

    fn reach(&self, at: &Stretch) -> Option<usize> {
        let [re, im] = &self.a;
        kernel::reach(at, [re.at(at, 1), im.at(at, 1)])
    }

    fn summarize(&self, level: Level, at: &Stretch) -> ComplexCarry<F> {
        let mut carry = ComplexCarry::identity(at.columns.len());
        let inputs = self.inputs(at);
        dispatch!(level, simd => kernel::summarize(simd, at, inputs, &mut carry));
        carry
    }

    fn advance(&self, level: Level, at: &Stretch, state: [&mut [F]; 2], out: [RowsMut<'_, F>; 2]) {
        let inputs = self.inputs(at);
        dispatch!(suited(level), simd => kernel::advance(simd, at, inputs, state, out));
    }
}
