//! The gradients of a scan: the recurrence `c = a (dh + c)`, run the other way.

use super::{LinearCarry, LinearScan, again::Again, kernel};
use crate::{
    Engine, Error, Plan, Real,
    adjoint::{Before, Cotangents, clear_unseen, entered, turned, turned_resets},
    dims::check,
    driver::{self, Shape},
    home::Home,
    lanes::{self, Step, suited},
    layout::Stretch,
    real::flush,
    rows::{Rows, RowsMut, walk},
    scan::{Reduced, Scan},
    signal::Signal,
};
use fearless_simd::{Level, Simd, dispatch, prelude::*};

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
        let is_given = cotangents.states.is_some();
        let again = if is_given { None } else { Again::new(self, engine, &entering)? };
        let mut all = Vec::new();
        if !is_given && again.is_none() {
            all.resize(signal, F::zero());
            self.run(engine, &mut entering.clone(), &mut all)?;
        }
        let h = cotangents.states.unwrap_or(&all);
        if again.is_none() {
            check("h", signal, h.len())?;
        }
        let resets = turned_resets(&layout);
        let zeros = vec![F::zero(); dims.channels];
        let backward = Backward {
            gates: self.a,
            dh: Signal::full("gradients.h", cotangents.h, dims, dims.channels)?,
            before: Before { h, state: &entering, zeros: &zeros },
            again,
            reset: layout.options().reset,
            channels: dims.channels,
        };
        let turned = turned(dims, &layout, resets.as_deref())?;
        self.a.gather(engine, signal, a, |a| {
            let plan = driver::plan(&Reduced(&backward), &turned, engine);
            driver::run(&Reduced(&backward), &turned, engine, plan, [&mut *state], [a, b]);
        });
        clear_unseen(&layout, dims.channels, state);
        Ok(())
    }
}

/// The recurrence of a scan's gradients.
struct Backward<'a, F> {
    gates: Signal<'a, F>,
    dh: Signal<'a, F>,
    before: Before<'a, F>,
    /// Where states are computed again; nothing is read from `before` then.
    again: Option<Again<'a, F>>,
    /// That of the scan.
    reset: Option<&'a [u8]>,
    channels: usize,
}

impl<F: Real> Scan<F, 1, 2> for Backward<'_, F> {
    type Carry = LinearCarry<F>;

    fn shape(&self) -> Shape<2> {
        let columns = self.channels;
        let chunk = Plan::chunk(2 * columns);
        Shape { columns, depth: 1, widths: [1, 1], cost: 2, chunk, cut_from: 4 }
    }

    fn reach(&self, at: &Stretch) -> Option<usize> {
        kernel::reach(at, self.gates.at(at, 1))
    }

    fn summarize(&self, level: Level, at: &Stretch) -> LinearCarry<F> {
        let mut carry = LinearCarry::identity(at.columns.len());
        let inputs = [self.gates.at(at, 1), self.dh.at(at, 1)];
        dispatch!(level, simd => summarize(simd, at, inputs, &mut carry));
        carry
    }

    fn advance(&self, level: Level, at: &Stretch, state: [&mut [F]; 1], out: [RowsMut<'_, F>; 2]) {
        let ([state], mut out) = (state, out);
        let Some(again) = &self.again else {
            for (part, before) in self.before.parts(at, self.reset) {
                let out = out.each_mut().map(|rows| rows.reborrow(at.local(&part.rows)));
                self.back(level, &part, before, state, out);
            }
            return;
        };
        let width = at.columns.len();
        let mut home = Home::zeros::<F>(again.steps() * width);
        for part in again.parts(at) {
            let entering = again.fill(level, &part, home.numbers());
            let before = Rows::new(entering, width, 0..width);
            let out = out.each_mut().map(|rows| rows.reborrow(at.local(&part.rows)));
            self.back(level, &part, before, state, out);
        }
    }
}

impl<F: Real> Backward<'_, F> {
    fn back(
        &self,
        level: Level,
        at: &Stretch,
        before: Rows<'_, F>,
        state: &mut [F],
        out: [RowsMut<'_, F>; 2],
    ) {
        let inputs = [self.gates.at(at, 1), self.dh.at(at, 1), before];
        let steps = (at.rows.len(), at.reverse);
        dispatch!(suited(level), simd => lanes::advance(simd, Back, steps, inputs, [state], out));
    }
}

/// `g = dh + c`, `c = a g`; the gates' gradient is `g h'`, the inputs' `g`.
#[derive(Clone, Copy)]
struct Back;

impl Step<3, 1, 2> for Back {
    #[inline(always)]
    fn step<S: Simd, F: Real, V>(self, [a, dh, before]: [V; 3], [c]: [V; 1]) -> ([V; 1], [V; 2])
    where
        V: SimdFloat<S, Element = F>,
    {
        let g = dh + c;
        ([flush(a * g)], [g * before, g])
    }
}

#[inline(always)]
fn summarize<S: Simd, F: Real>(
    _: S,
    at: &Stretch,
    inputs: [Rows<'_, F>; 2],
    carry: &mut LinearCarry<F>,
) {
    walk(at.rows.len(), at.reverse, inputs, |_, [a, dh]| {
        for (((p, c), &a), &dh) in carry.a.iter_mut().zip(&mut carry.b).zip(a).zip(dh) {
            *p = (a.wide() * *p).flushed();
            *c = (a * (dh + *c)).flushed();
        }
    });
}
