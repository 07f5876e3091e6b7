//! Mamba's selective scan: `h = exp(delta A) h' + delta B u`, `y = (C h + D u) silu(z)`, in one pass.

mod carry;
mod complex;
mod inputs;
mod kernel;
mod reach;
mod reference;
mod step;
mod sweep;
mod table;

use crate::{
    Dims, Engine, Error, Options, Plan, Real,
    complex_scan::ComplexCarry,
    dims::check,
    driver::{self, Shape},
    layout::{Layout, Stretch},
    linear_scan::LinearCarry,
    rows::RowsMut,
    scan::{Reduced, Scan},
};
use fearless_simd::Level;
use table::Table;

pub use inputs::{Inputs, Sizes};
pub use reference::reference;
pub use step::SelectiveStep;

/// A checked call; of `P` planes: 1 where `A` is real, 2 where it is complex, and `B`, `C` and the state with it.
#[derive(Clone, Copy, Debug)]
pub struct SelectiveScan<'a, F, const P: usize> {
    dims: Dims,
    states: usize,
    inputs: Inputs<'a, F, P>,
    spread: inputs::Spread,
    layout: Layout<'a>,
}

impl<'a, F: Real, const P: usize> SelectiveScan<'a, F, P> {
    /// Borrows the inputs.
    pub fn new(
        dims: Dims,
        sizes: Sizes,
        inputs: Inputs<'a, F, P>,
        options: Options<'a>,
    ) -> Result<Self, Error> {
        let spread = inputs.check(dims, sizes)?;
        let layout = Layout::new(dims, options)?;
        Ok(Self { dims, states: sizes.states, inputs, spread, layout })
    }

    /// Elements of a plane of the state: `[sequences, channels, states]`.
    pub fn state(&self) -> usize {
        self.layout.sequences().saturating_mul(self.width())
    }

    /// Elements of a state of one sequence.
    fn width(&self) -> usize {
        self.dims.channels.saturating_mul(self.states)
    }

    fn check_outputs(&self, state: &[&mut [F]; P], y: &[F]) -> Result<(), Error> {
        let names = if P == 1 { ["out.state"; 2] } else { ["out.state.re", "out.state.im"] };
        for (plane, argument) in state.iter().zip(names) {
            check(argument, self.state(), plane.len())?;
        }
        check("out.y", self.dims.signal(), y.len())
    }

    fn check_states(&self, expected: usize, states: &[&mut [F]; P]) -> Result<(), Error> {
        let names = if P == 1 { ["out.states"; 2] } else { ["out.states.re", "out.states.im"] };
        states.iter().zip(names).try_for_each(|(plane, name)| check(name, expected, plane.len()))
    }

    fn shape<const O: usize>(&self) -> Shape<O> {
        let mut widths = [self.states; O];
        widths[0] = 1;
        // An exponential, or with its angle ten, and a few products for each state.
        let cost = self.states.saturating_mul(if P == 1 { 1 } else { 10 }) + 4;
        let chunk = Plan::chunk(4 * self.dims.channels).next_multiple_of(sweep::TILE);
        Shape { columns: self.dims.channels, depth: self.states, widths, cost, chunk, cut_from: 3 }
    }

    fn drive<const O: usize>(
        &self,
        engine: &Engine,
        plan: Option<Plan>,
        state: [&mut [F]; P],
        out: [&mut [F]; O],
    ) where
        for<'t> Sweep<'t, F, P, O>: Scan<F, P, O>,
    {
        let table = Table::new(self, 0..self.dims.channels);
        let scan = Reduced(&Sweep { call: self, table: &table });
        let plan = plan.unwrap_or_else(|| driver::plan(&scan, &self.layout, engine));
        driver::run(&scan, &self.layout, engine, plan, state, out);
    }

    /// Calls `f` with each chunk of at most `chunk` steps of each sequence as a call of its own, in time order,
    /// and with the state that enters it and then is the one that leaves it; then stores that in `states`,
    /// `[chunks, channels, states]`, in the order of rows. Chunks are counted from where time starts.
    fn each_chunk(
        &self,
        chunk: usize,
        mut state: [&mut [F]; P],
        y: &mut [F],
        mut states: [&mut [F]; P],
        mut f: impl FnMut(SelectiveScan<'_, F, P>, [&mut [F]; P], &mut [F]) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let (width, channels) = (self.width(), self.dims.channels);
        let mut done = 0;
        for sequence in 0..self.layout.sequences() {
            let own = sequence * width..(sequence + 1) * width;
            let mut state = state.each_mut().map(|plane| &mut plane[own.clone()]);
            let at = self.layout.stretch(sequence, self.layout.rows(sequence), 0..channels);
            let count = at.rows.len().div_ceil(chunk);
            for (k, part) in at.parts(chunk).enumerate() {
                let call = self.part(part.rows.clone())?;
                let y = &mut y[part.rows.start * channels..part.rows.end * channels];
                f(call, state.each_mut().map(|plane| &mut **plane), y)?;
                let k = done + if at.reverse { count - 1 - k } else { k };
                for (states, state) in states.iter_mut().zip(&state) {
                    states[k * width..(k + 1) * width].copy_from_slice(state);
                }
            }
            done += count;
        }
        Ok(())
    }

    /// The call for some rows of one sequence.
    fn part(&self, rows: std::ops::Range<usize>) -> Result<Self, Error> {
        let dims = Dims { batch: 1, length: rows.len(), ..self.dims };
        let Options { reverse, reset, deterministic, .. } = *self.layout.options();
        let reset = reset.map(|reset| &reset[rows.clone()]);
        let options = Options { reverse, reset, deterministic, ..Options::default() };
        let inputs = self.inputs.part(rows, self.dims.channels, self.spread, self.states);
        Ok(Self { dims, inputs, layout: Layout::new(dims, options)?, ..*self })
    }

    /// How many chunks of at most `chunk` steps the sequences have.
    fn chunks(&self, chunk: usize) -> usize {
        (0..self.layout.sequences()).map(|i| self.layout.rows(i).len().div_ceil(chunk)).sum()
    }
}

/// A call with what is made of its weights.
struct Sweep<'t, F, const P: usize, const O: usize> {
    call: &'t SelectiveScan<'t, F, P>,
    table: &'t Table<F>,
}

/// What a call of so many planes does.
macro_rules! planes {
    ($P:literal, $Carry:ty, $carry:path, [$($plane:ident),*]) => {
        impl<F: Real> SelectiveScan<'_, F, $P> {
            /// Fills `y` (`[batch, length, channels]`). `state` holds what enters, then what leaves.
            pub fn run(
                self,
                engine: &Engine,
                state: [&mut [F]; $P],
                y: &mut [F],
            ) -> Result<(), Error> {
                self.check_outputs(&state, y)?;
                self.drive(engine, None, state, [y]);
                Ok(())
            }

            /// [`run`](Self::run), by the given plan.
            pub fn run_as(
                self,
                plan: Plan,
                engine: &Engine,
                state: [&mut [F]; $P],
                y: &mut [F],
            ) -> Result<(), Error> {
                self.check_outputs(&state, y)?;
                self.drive(engine, Some(plan), state, [y]);
                Ok(())
            }

            /// [`run`](Self::run), and the states that leave each chunk of `chunk` steps to `states`
            /// (`[chunks, channels, states]`); no chunks where `chunk` is 0, all states where it is 1.
            pub fn run_with(
                self,
                engine: &Engine,
                chunk: usize,
                state: [&mut [F]; $P],
                y: &mut [F],
                states: [&mut [F]; $P],
            ) -> Result<(), Error> {
                match chunk {
                    0 => self.run(engine, state, y),
                    1 => self.run_all(engine, state, y, states),
                    _ => self.run_chunks(engine, chunk, state, y, states),
                }
            }

            fn run_all(
                self,
                engine: &Engine,
                state: [&mut [F]; $P],
                y: &mut [F],
                states: [&mut [F]; $P],
            ) -> Result<(), Error> {
                self.check_outputs(&state, y)?;
                let expected = self.dims.signal().saturating_mul(self.states);
                self.check_states(expected, &states)?;
                let [$($plane),*] = states;
                self.drive(engine, None, state, [y, $($plane),*]);
                Ok(())
            }

            fn run_chunks(
                self,
                engine: &Engine,
                chunk: usize,
                state: [&mut [F]; $P],
                y: &mut [F],
                states: [&mut [F]; $P],
            ) -> Result<(), Error> {
                self.check_outputs(&state, y)?;
                self.check_states(self.chunks(chunk).saturating_mul(self.width()), &states)?;
                if self.width() == 0 {
                    return Ok(());
                }
                self.each_chunk(chunk, state, y, states, |part, state, y| part.run(engine, state, y))
            }
        }

        impl<F: Real, const O: usize> Scan<F, $P, O> for Sweep<'_, F, $P, O> {
            type Carry = $Carry;

            fn shape(&self) -> Shape<O> {
                self.call.shape()
            }

            fn reach(&self, at: &Stretch) -> Option<usize> {
                reach::reach(self.call, at)
            }

            fn summarize(&self, level: Level, at: &Stretch) -> Self::Carry {
                let mut b = [(); $P].map(|()| vec![F::zero(); at.columns.len() * self.call.states]);
                let mut elapsed = vec![0.0; at.columns.len()];
                let planes = b.each_mut().map(Vec::as_mut_slice);
                sweep::sweep(level, self.call, self.table, at, planes, &mut [], &mut elapsed);
                $carry(carry::decay(self.call, at, &elapsed), b)
            }

            fn advance(
                &self,
                level: Level,
                at: &Stretch,
                state: [&mut [F]; $P],
                mut out: [RowsMut<'_, F>; O],
            ) {
                sweep::sweep(level, self.call, self.table, at, state, &mut out, &mut []);
            }
        }
    };
}
planes!(1, LinearCarry<F>, carry::real, [states]);
planes!(2, ComplexCarry<F>, carry::complex, [re, im]);
