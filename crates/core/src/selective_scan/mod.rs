//! Mamba's selective scan: `h = exp(delta A) h' + delta B u`, `y = (C h + D u) silu(z)`, in one pass.

mod backward;
mod carry;
mod chunks;
mod complex;
mod inputs;
mod kernel;
mod narrow;
mod outputs;
mod reach;
mod reference;
mod step;
mod sweep;
mod table;
mod tile;

use crate::{
    Dims, Engine, Error, Options, Plan, Real,
    complex_scan::ComplexCarry,
    driver::{self, Shape},
    layout::{Layout, Stretch},
    linear_scan::LinearCarry,
    rows::RowsMut,
    scan::{Reduced, Scan},
};
use fearless_simd::Level;
use table::Table;

pub use backward::{Cotangents, Gradients, Truth, reference_backward};
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

    fn shape<const O: usize>(&self) -> Shape<O> {
        let mut widths = [self.states; O];
        widths[0] = 1;
        // An exponential, or with its angle ten, and a few products for each state.
        let cost = self.states.saturating_mul(if P == 1 { 1 } else { 10 }) + 4;
        let chunk = Plan::chunk(4 * self.dims.channels).next_multiple_of(tile::TILE);
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
                self.check_outputs(&state, y)?;
                match chunk {
                    0 => self.drive(engine, None, state, [y]),
                    1 => {
                        self.check_states(self.dims.rows(), &states)?;
                        let [$($plane),*] = states;
                        self.drive(engine, None, state, [y, $($plane),*]);
                    }
                    _ => {
                        self.check_states(self.chunks(chunk), &states)?;
                        return self.each_chunk(chunk, state, y, states, |part, state, y| {
                            part.run(engine, state, y)
                        });
                    }
                }
                Ok(())
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
                sweep::sweep(level, self.call, self.table, at, planes, &mut [], (&mut elapsed, None));
                $carry(carry::decay(self.call, at, &elapsed), b)
            }

            fn advance(
                &self,
                level: Level,
                at: &Stretch,
                state: [&mut [F]; $P],
                mut out: [RowsMut<'_, F>; O],
            ) {
                sweep::sweep(level, self.call, self.table, at, state, &mut out, (&mut [], None));
            }
        }
    };
}
planes!(1, LinearCarry<F>, carry::real, [states]);
planes!(2, ComplexCarry<F>, carry::complex, [re, im]);
