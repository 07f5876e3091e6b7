//! The gradients of a scan: the recurrence `c = a (dh + c)`, run the other way.

use super::{
    LinearCarry, LinearScan,
    again::{Again, advance_run},
    guessed::{Ahead, Guesses},
    kernel,
    turned::{Back, Onward, summarize},
};
use crate::{
    Engine, Error, Plan, Real,
    adjoint::{Before, Cotangents, clear_unseen, entered, turned, turned_resets},
    dims::check,
    driver::{self, Shape},
    lanes::{self, Recurrence, suited},
    layout::Stretch,
    rows::{Rows, RowsMut},
    scan::{Reduced, Scan},
    signal::Signal,
};
use fearless_simd::{Level, dispatch};

impl<F: Real> LinearScan<'_, F> {
    /// Fills `a` (as long as the gates) and `b` with the gradients of the gates and of the inputs. `state` holds
    /// the gradient of the states that leave, and then that of those that enter.
    pub fn backward(
        self,
        engine: &Engine,
        cotangents: Cotangents<'_, F>,
        state: &mut [F],
        [a, b]: [&mut [F]; 2],
    ) -> Result<(), Error> {
        let Self { dims, layout, .. } = self;
        let signal = dims.signal();
        check("gradients.h", signal, cotangents.h.len())?;
        check("gradients.state", self.state(), state.len())?;
        check("out.a", self.a.len(), a.len())?;
        check("out.b", signal, b.len())?;
        let entering = entered(cotangents.entering, self.state());
        let zeros = vec![F::zero(); dims.channels];
        let before = |h| Before { h, state: &entering, zeros: &zeros };
        let mut all = Vec::new();
        let states = if let Some(h) = cotangents.states {
            check("h", signal, h.len())?;
            States::Given(before(h))
        } else if let Some(guesses) = Guesses::new(self, engine, &entering) {
            States::Guessed(guesses)
        } else if let Some(again) = Again::new(self, engine, &entering)? {
            States::Again(again)
        } else {
            all.resize(signal, F::zero());
            self.run(engine, &mut entering.clone(), &mut all)?;
            States::Given(before(&all))
        };
        let resets = turned_resets(&layout);
        let backward = Backward {
            gates: self.a,
            dh: Signal::full("gradients.h", cotangents.h, dims, dims.channels)?,
            states,
            reset: layout.options().reset,
            channels: dims.channels,
        };
        let turned = turned(dims, &layout, resets.as_deref())?;
        self.a.gather(engine, signal, a, |a| {
            let plan = driver::plan(&Reduced(&backward), &turned, engine);
            driver::run(
                &Reduced(&backward),
                &turned,
                engine,
                plan,
                [&mut *state],
                [&mut *a, &mut *b],
            );
            if let States::Guessed(guesses) = &backward.states {
                guesses.put_right(engine.level(), a, b);
            }
        });
        clear_unseen(&layout, dims.channels, state);
        Ok(())
    }
}

/// The recurrence of a scan's gradients.
struct Backward<'a, F> {
    gates: Signal<'a, F>,
    dh: Signal<'a, F>,
    states: States<'a, F>,
    /// That of the scan.
    reset: Option<&'a [u8]>,
    channels: usize,
}

/// Where the states come from that steps start from.
enum States<'a, F> {
    /// All of them are there.
    Given(Before<'a, F>),
    Guessed(Guesses<'a, F>),
    Again(Again<'a, F>),
}

impl<F: Real> Scan<F, 1, 2> for Backward<'_, F> {
    type Carry = LinearCarry<F>;

    fn shape(&self) -> Shape<2> {
        let columns = self.channels;
        let chunk = match &self.states {
            States::Guessed(guesses) => guesses.steps(),
            _ => Plan::chunk(2 * columns),
        };
        Shape { columns, depth: 1, widths: [1, 1], cost: 2, chunk, cut_from: 4 }
    }

    fn reach(&self, at: &Stretch) -> Option<usize> {
        match &self.states {
            States::Guessed(guesses) => guesses.reach(at),
            _ => kernel::reach(at, self.gates.at(at, 1)),
        }
    }

    fn summarize(&self, level: Level, at: &Stretch) -> LinearCarry<F> {
        let mut carry = LinearCarry::identity(at.columns.len());
        let inputs = [self.gates.at(at, 1), self.dh.at(at, 1)];
        dispatch!(level, simd => summarize(simd, at, inputs, &mut carry));
        carry
    }

    fn advance(&self, level: Level, at: &Stretch, state: [&mut [F]; 1], out: [RowsMut<'_, F>; 2]) {
        let ([state], mut out, width) = (state, out, at.columns.len());
        let mut back = |part: &Stretch, before: Rows<'_, F>, ahead: Option<Ahead<'_, F>>| {
            let out = out.each_mut().map(|rows| rows.reborrow(at.local(&part.rows)));
            let inputs = [self.gates.at(part, 1), self.dh.at(part, 1), before];
            let back = Recurrence { step: Back, at: part, inputs, state: [&mut *state], out };
            match ahead {
                Some(next) if lanes::BY_TURNS => {
                    // Two recurrences use all the registers there are.
                    dispatch!(level, simd => lanes::advance_both(simd, back, next));
                }
                ahead => {
                    ahead.into_iter().for_each(|next| advance_run(level, next));
                    dispatch!(suited(level), simd => lanes::advance(simd, back));
                }
            }
        };
        match &self.states {
            States::Given(before) => {
                before.parts(at, self.reset).for_each(|(part, before)| back(&part, before, None));
            }
            States::Again(again) => again.each(level, at, |part, before| {
                back(part, Rows::new(before, width, 0..width), None);
            }),
            States::Guessed(guesses) => guesses.each(level, at, |part, before, ahead| {
                back(part, Rows::new(before, width, 0..width), ahead);
            }),
        }
    }

    fn warm_up(&self, level: Level, at: &Stretch, state: [&mut [F]; 1]) {
        let inputs = [self.gates.at(at, 1), self.dh.at(at, 1)];
        let onward = Recurrence { step: Onward, at, inputs, state, out: [] };
        dispatch!(suited(level), simd => lanes::advance(simd, onward));
    }
}
