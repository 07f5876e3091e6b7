//! `h[t] = A[t] h[t-1] + b[t]` with dense matrices.

mod backward;
mod carry;
mod kernel;
mod reference;

use crate::{
    Dims, Engine, Error, Options, Plan, Real,
    dims::check,
    driver::{self, Shape},
    layout::{Layout, Stretch},
    rows::RowsMut,
    scan::{self, Reduced, Scan},
    signal::Signal,
};
use fearless_simd::{Level, dispatch};

pub use crate::adjoint::Cotangents;
pub use carry::{MatrixCarry, combine};
pub(crate) use kernel::step;
pub use reference::reference;

/// A checked call: the length of every buffer agrees with the dimensions.
#[derive(Clone, Copy, Debug)]
pub struct MatrixScan<'a, F> {
    dims: Dims,
    a: Signal<'a, F>,
    b: Signal<'a, F>,
    layout: Layout<'a>,
}

impl<'a, F: Real> MatrixScan<'a, F> {
    /// Borrows the matrices `a` (`[batch, length, n, n]`, `[length, n, n]` or `[n, n]`, row-major)
    /// and the inputs `b` (`[batch, length, n]`); `n` is the number of channels.
    pub fn new(dims: Dims, a: &'a [F], b: &'a [F], options: Options<'a>) -> Result<Self, Error> {
        let n = dims.channels;
        Ok(Self {
            dims,
            a: Signal::broadcast("A", a, dims, n.saturating_mul(n))?,
            b: Signal::full("b", b, dims, n)?,
            layout: Layout::new(dims, options)?,
        })
    }

    /// Elements of a state: `[sequences, n]`.
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
    pub fn summarize(self, engine: &Engine) -> Vec<MatrixCarry<F>> {
        scan::summarize(&self, &self.layout, engine)
    }

    /// [`summarize`](Self::summarize) into two arrays `[A, b]`, `[sequences, n, n]` and
    /// `[sequences, n]`.
    pub fn summarize_into(self, engine: &Engine, out: [&mut [F]; 2]) -> Result<(), Error> {
        // Of nothing there may be any number of sequences.
        let carries = if self.dims.channels == 0 { Vec::new() } else { self.summarize(engine) };
        carry::store(&carries, out)
    }
}

/// The matrix couples all elements of the state, so there is one column, `n` deep.
impl<F: Real> Scan<F, 1, 1> for MatrixScan<'_, F> {
    type Carry = MatrixCarry<F>;

    fn shape(&self) -> Shape<1> {
        let n = self.dims.channels;
        let chunk = Plan::chunk(n * n);
        Shape { columns: 1, depth: n, widths: [n], cost: n * n, chunk, cut_from: n + 2 }
    }

    /// Not looked for: the product of matrices it takes costs more than it could gain.
    fn reach(&self, _: &Stretch) -> Option<usize> {
        None
    }

    fn summarize(&self, level: Level, at: &Stretch) -> MatrixCarry<F> {
        let n = self.dims.channels;
        let mut carry = MatrixCarry::identity(n);
        let inputs = [self.a.at(at, n * n), self.b.at(at, n)];
        dispatch!(level, simd => kernel::summarize(simd, at, inputs, &mut carry));
        carry
    }

    fn advance(
        &self,
        level: Level,
        at: &Stretch,
        [state]: [&mut [F]; 1],
        out: [RowsMut<'_, F>; 1],
    ) {
        let n = self.dims.channels;
        let inputs = [self.a.at(at, n * n), self.b.at(at, n)];
        dispatch!(level, simd => match n {
            2 => kernel::advance::<_, _, 2>(simd, at, inputs, state, out),
            3 => kernel::advance::<_, _, 3>(simd, at, inputs, state, out),
            4 => kernel::advance::<_, _, 4>(simd, at, inputs, state, out),
            8 => kernel::advance::<_, _, 8>(simd, at, inputs, state, out),
            _ => kernel::advance_any(simd, at, inputs, state, out),
        });
    }
}
