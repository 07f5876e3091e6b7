//! The gradients of a scan with dense matrices: the recurrence `c = A^T (dh + c)`, run the other way.

use super::MatrixScan;
use crate::{
    Engine, Error, Plan, Real,
    adjoint::{Before, Cotangents, clear_unseen, entered, turned, turned_resets},
    dims::check,
    driver::{self, Context, Operator, Shape},
    layout::{Layout, Stretch},
    link::{Link, planes},
    matmul::{Matmul, Operand},
    rows::RowsMut,
    signal::Signal,
};
use fearless_simd::{Simd, dispatch};

impl<F: Real> MatrixScan<'_, F> {
    /// Fills `a` (as long as the matrices) and `b` with the gradients of the matrices and of the inputs. `state`
    /// holds the gradient of the states that leave, and then that of those that enter.
    pub fn backward(
        self,
        engine: &Engine,
        cotangents: Cotangents<'_, F>,
        state: &mut [F],
        [a, b]: [&mut [F]; 2],
    ) -> Result<(), Error> {
        let Self { dims, layout, .. } = self;
        let (signal, n) = (dims.signal(), dims.channels);
        check("gradients.h", signal, cotangents.h.len())?;
        check("gradients.state", self.state(), state.len())?;
        check("out.A", self.a.len(), a.len())?;
        check("out.b", signal, b.len())?;
        let entering = entered(cotangents.entering, self.state());
        let mut again = vec![F::zero(); if cotangents.states.is_none() { signal } else { 0 }];
        if cotangents.states.is_none() {
            self.run(engine, &mut entering.clone(), &mut again)?;
        }
        let h = cotangents.states.unwrap_or(&again);
        check("h", signal, h.len())?;
        let resets = turned_resets(&layout);
        let zeros = vec![F::zero(); n];
        let backward = Backward {
            matrices: self.a,
            is_shared: self.a.is_shared(),
            dh: Signal::full("gradients.h", cotangents.h, dims, n)?,
            before: Before { h, state: &entering, zeros: &zeros },
            reset: layout.options().reset,
            n,
        };
        let turned = turned(dims, &layout, resets.as_deref())?;
        let run = |state: &mut [F], out: [&mut [F]; 2]| {
            let plan = driver::plan(&backward, &turned, engine);
            driver::run(&backward, &turned, engine, plan, [state], out);
        };
        if backward.is_shared {
            run(state, [&mut [], &mut *b]);
            backward.sum(engine, &turned, b, a)?;
        } else {
            let full = dims.rows().saturating_mul(n * n);
            self.a.gather(engine, full, a, |a| run(state, [a, b]));
        }
        clear_unseen(&layout, n, state);
        Ok(())
    }
}

/// The recurrence of a scan's gradients. The product of matrices that a summary takes costs more than it gains, so
/// time is not cut.
struct Backward<'a, F> {
    matrices: Signal<'a, F>,
    /// Whether one matrix serves all steps: the gradients of those are too many to keep.
    is_shared: bool,
    dh: Signal<'a, F>,
    before: Before<'a, F>,
    /// That of the scan.
    reset: Option<&'a [u8]>,
    n: usize,
}

impl<F: Real> Backward<'_, F> {
    /// The sum of `g h'^T` over all steps, a product of matrices.
    fn sum(&self, engine: &Engine, turned: &Layout<'_>, g: &[F], a: &mut [F]) -> Result<(), Error> {
        let n = self.n;
        let mut before = vec![F::zero(); g.len()];
        for sequence in 0..turned.sequences() {
            let at = turned.stretch(sequence, turned.rows(sequence), 0..1);
            for t in 0..at.rows.len() {
                let row = self.before.row(&at, self.reset, t);
                before[(at.rows.start + t) * n..][..n].copy_from_slice(row);
            }
        }
        let rows = g.len().checked_div(n).unwrap_or(0);
        let first = Operand { data: g, transposed: true };
        Matmul::new([n, rows, n], first, Operand { data: &before, transposed: false })?
            .run(engine, a)
    }

    fn advance(
        &self,
        context: Context<'_>,
        at: &Stretch,
        state: &mut [F],
        out: [RowsMut<'_, F>; 2],
    ) {
        let Context { level, layout } = context;
        dispatch!(level, simd => self.rows(simd, layout, at, state, out));
    }

    #[inline(always)]
    fn rows<S: Simd>(
        &self,
        _: S,
        layout: &Layout<'_>,
        at: &Stretch,
        state: &mut [F],
        [mut a, mut b]: [RowsMut<'_, F>; 2],
    ) {
        let n = self.n;
        let [matrices, dh] = [self.matrices.at(at, n * n), self.dh.at(at, n)];
        let mut next = vec![F::zero(); n];
        for k in 0..at.rows.len() {
            let t = at.row(k);
            if layout.options().reset.is_some_and(|reset| reset[at.rows.start + t] != 0) {
                state.fill(F::zero());
            }
            let g = b.row(t);
            for ((g, &dh), &c) in g.iter_mut().zip(dh.row(t)).zip(&*state) {
                *g = dh + c;
            }
            let before = self.before.row(at, self.reset, t);
            next.fill(F::zero());
            for (matrix, &g) in matrices.row(t).chunks_exact(n).zip(&*g) {
                next.iter_mut().zip(matrix).for_each(|(next, &a)| *next += a * g);
            }
            for (gradient, &g) in a.row(t).chunks_exact_mut(n).zip(&*g) {
                gradient
                    .iter_mut()
                    .zip(before)
                    .for_each(|(gradient, &before)| *gradient = g * before);
            }
            state.iter_mut().zip(&next).for_each(|(state, next)| *state = next.flushed());
        }
    }
}

impl<F: Real> Operator<F, 1, 2> for Backward<'_, F> {
    fn shape(&self) -> Shape<2> {
        let n = self.n;
        let chunk = Plan::chunk(2 * n * n);
        Shape {
            columns: 1,
            depth: n,
            widths: [if self.is_shared { 0 } else { n * n }, n],
            cost: 2 * n * n,
            chunk,
            cut_from: usize::MAX,
        }
    }

    fn reach(&self, _: &Stretch) -> Option<usize> {
        None
    }

    fn pass(
        &self,
        context: Context<'_>,
        at: &Stretch,
        link: Link<'_, F, 1>,
        out: [RowsMut<'_, F>; 2],
    ) {
        match link {
            Link::Alone([state]) => self.advance(context, at, state, out),
            Link::Chained(mut link) => {
                let mut state = link.enter();
                let [plane] = planes(&mut state);
                self.advance(context, at, plane, out);
                link.leave(&state);
            }
        }
    }
}
