//! The gradients of a complex scan: the recurrence `c = conj(a) (dh + c)`, run the other way. A gradient holds the
//! derivatives with respect to the real and to the imaginary part.

use super::{ComplexCarry, ComplexScan, carry::times, kernel};
use crate::{
    Engine, Error, Plan, Real,
    adjoint::{Before, clear_unseen, entered, turned, turned_resets},
    dims::check,
    driver::{self, Shape},
    lanes::{self, Recurrence, Step, suited},
    layout::Stretch,
    real::flush,
    rows::{Rows, RowsMut, walk},
    scan::{Reduced, Scan},
    signal::Signal,
};
use fearless_simd::{Level, Simd, dispatch, prelude::*};

/// What the gradients are of: arrays of [`ComplexScan::run`], planar.
#[derive(Clone, Copy, Debug)]
pub struct Cotangents<'a, F> {
    /// With respect to every state, `[batch, length, channels]`.
    pub h: [&'a [F]; 2],
    /// The states that entered, `[sequences, channels]`; zero where absent.
    pub entering: Option<[&'a [F]; 2]>,
    /// The states, where they are at hand; computed once more where absent.
    pub states: Option<[&'a [F]; 2]>,
}

impl<F: Real> ComplexScan<'_, F> {
    /// Fills `a` (as long as the gates) and `b` with the gradients of the gates and of the inputs. `state` holds
    /// the gradient of the states that leave, and then that of those that enter.
    pub fn backward(
        self,
        engine: &Engine,
        cotangents: Cotangents<'_, F>,
        mut state: [&mut [F]; 2],
        [a, b]: [[&mut [F]; 2]; 2],
    ) -> Result<(), Error> {
        let Self { dims, layout, .. } = self;
        let signal = dims.signal();
        let planes = [
            ["gradients.h.re", "gradients.state.re", "out.a.re", "out.b.re"],
            ["gradients.h.im", "gradients.state.im", "out.a.im", "out.b.im"],
        ];
        for (plane, [of_h, of_state, of_a, of_b]) in planes.into_iter().enumerate() {
            check(of_h, signal, cotangents.h[plane].len())?;
            check(of_state, self.state(), state[plane].len())?;
            check(of_a, self.a[plane].len(), a[plane].len())?;
            check(of_b, signal, b[plane].len())?;
        }
        let count = if cotangents.states.is_none() { signal } else { 0 };
        let mut again = [vec![F::zero(); count], vec![F::zero(); count]];
        let entering =
            [0, 1].map(|p| entered(cotangents.entering.map(|state| state[p]), self.state()));
        if cotangents.states.is_none() {
            let mut moved = entering.clone();
            let state = moved.each_mut().map(Vec::as_mut_slice);
            self.run(engine, state, again.each_mut().map(Vec::as_mut_slice))?;
        }
        let h = cotangents.states.unwrap_or(again.each_ref().map(Vec::as_slice));
        check("h.re", signal, h[0].len())?;
        check("h.im", signal, h[1].len())?;
        let resets = turned_resets(&layout);
        let zeros = vec![F::zero(); dims.channels];
        let before = |plane: usize| Before { h: h[plane], state: &entering[plane], zeros: &zeros };
        let [re, im] = cotangents.h;
        let backward = Backward {
            gates: self.a,
            dh: [
                Signal::full("gradients.h.re", re, dims, dims.channels)?,
                Signal::full("gradients.h.im", im, dims, dims.channels)?,
            ],
            before: [before(0), before(1)],
            reset: layout.options().reset,
            channels: dims.channels,
        };
        let turned = turned(dims, &layout, resets.as_deref())?;
        let [a, ai] = a;
        let [b, bi] = b;
        self.a[0].gather(engine, signal, a, |a| {
            self.a[1].gather(engine, signal, ai, |ai| {
                let plan = driver::plan(&Reduced(&backward), &turned, engine);
                let state = state.each_mut().map(|plane| &mut **plane);
                driver::run(&Reduced(&backward), &turned, engine, plan, state, [a, ai, b, bi]);
            });
        });
        state.into_iter().for_each(|plane| clear_unseen(&layout, dims.channels, plane));
        Ok(())
    }
}

/// The recurrence of a scan's gradients.
struct Backward<'a, F> {
    gates: [Signal<'a, F>; 2],
    dh: [Signal<'a, F>; 2],
    before: [Before<'a, F>; 2],
    /// That of the scan.
    reset: Option<&'a [u8]>,
    channels: usize,
}

impl<'a, F: Real> Backward<'a, F> {
    fn inputs(&self, at: &Stretch) -> [Rows<'a, F>; 4] {
        let ([a, ai], [dh, dhi]) = (&self.gates, &self.dh);
        [a.at(at, 1), ai.at(at, 1), dh.at(at, 1), dhi.at(at, 1)]
    }
}

impl<F: Real> Scan<F, 2, 4> for Backward<'_, F> {
    type Carry = ComplexCarry<F>;

    fn shape(&self) -> Shape<4> {
        let columns = self.channels;
        let chunk = Plan::chunk(4 * columns);
        Shape { columns, depth: 1, widths: [1; 4], cost: 4, chunk, cut_from: 4 }
    }

    fn reach(&self, at: &Stretch) -> Option<usize> {
        let [re, im] = &self.gates;
        kernel::reach(at, [re.at(at, 1), im.at(at, 1)])
    }

    fn summarize(&self, level: Level, at: &Stretch) -> ComplexCarry<F> {
        let mut carry = ComplexCarry::identity(at.columns.len());
        let inputs = self.inputs(at);
        dispatch!(level, simd => summarize(simd, at, inputs, &mut carry));
        carry
    }

    fn advance(&self, level: Level, at: &Stretch, state: [&mut [F]; 2], out: [RowsMut<'_, F>; 4]) {
        let ([re, im], mut out, [x, y]) = (state, out, self.before);
        for ((part, x), (_, y)) in x.parts(at, self.reset).zip(y.parts(at, self.reset)) {
            let [a, ai, dh, dhi] = self.inputs(&part);
            let out = out.each_mut().map(|rows| rows.reborrow(at.local(&part.rows)));
            let (state, inputs) = ([&mut *re, &mut *im], [a, ai, dh, dhi, x, y]);
            let back = Recurrence { step: Back, at: &part, inputs, state, out };
            dispatch!(suited(level), simd => lanes::advance(simd, back));
        }
    }
}

/// `g = dh + c`, `c = conj(a) g`; the gates' gradient is `g conj(h')`, the inputs' `g`.
#[derive(Clone, Copy)]
struct Back;

impl Step<6, 2, 4> for Back {
    #[inline(always)]
    fn step<S: Simd, F: Real, V>(
        self,
        [ar, ai, dr, di, x, y]: [V; 6],
        [cr, ci]: [V; 2],
    ) -> ([V; 2], [V; 4])
    where
        V: SimdFloat<S, Element = F>,
    {
        let [g, gi] = [dr + cr, di + ci];
        (
            [flush(ar * g + ai * gi), flush(ar * gi - ai * g)],
            [g * x + gi * y, gi * x - g * y, g, gi],
        )
    }
}

#[inline(always)]
fn summarize<S: Simd, F: Real>(
    _: S,
    at: &Stretch,
    inputs: [Rows<'_, F>; 4],
    carry: &mut ComplexCarry<F>,
) {
    let ComplexCarry { a: [pr, pi], b: [re, im] } = carry;
    walk(at.rows.len(), at.reverse, inputs, |_, [ar, ai, dr, di]| {
        for c in 0..re.len() {
            let product = times([ar[c].wide(), -ai[c].wide()], [pr[c], pi[c]]);
            [pr[c], pi[c]] = product.map(Real::flushed);
            let state = times([ar[c], -ai[c]], [dr[c] + re[c], di[c] + im[c]]);
            [re[c], im[c]] = state.map(Real::flushed);
        }
    });
}
