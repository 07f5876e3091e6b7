//! The oscillators alone, of steps that are given: what gradients go back through.

use crate::{
    Dims, Engine, Error, Options, Plan, Real,
    adjoint::Before,
    dims::check,
    driver::{self, Context, Operator, Shape},
    layout::{Layout, Stretch},
    link::{Link, planes},
    rows::RowsMut,
    signal::Signal,
};
use fearless_simd::{Simd, dispatch};

/// A checked call of `z = m z' + n y' + f w`, `y = o z' + p y' + g w` with real numbers.
#[derive(Clone, Copy, Debug)]
pub struct Oscillation<'a, F> {
    pub(super) dims: Dims,
    /// `m, n, o, p, f, g`, `[channels]` each.
    pub(super) steps: [&'a [F]; 6],
    pub(super) w: Signal<'a, F>,
    pub(super) layout: Layout<'a>,
}

/// The names of a step's coefficients.
pub(super) const STEPS: [&str; 6] = ["m", "n", "o", "p", "f", "g"];

impl<'a, F: Real> Oscillation<'a, F> {
    /// Borrows the coefficients `m, n, o, p, f, g` (`[channels]` each) and the forces `w`, `[batch, length, channels]`.
    pub fn new(
        dims: Dims,
        steps: [&'a [F]; 6],
        w: &'a [F],
        options: Options<'a>,
    ) -> Result<Self, Error> {
        for (argument, plane) in STEPS.into_iter().zip(steps) {
            check(argument, dims.channels, plane.len())?;
        }
        let w = Signal::full("w", w, dims, dims.channels)?;
        Ok(Self { dims, steps, w, layout: Layout::new(dims, options)? })
    }

    /// Fills velocities `z` and positions `y`, `[batch, length, channels]` each, of oscillators that begin at rest.
    pub fn run(self, engine: &Engine, [z, y]: [&mut [F]; 2]) -> Result<(), Error> {
        check("out.z", self.dims.signal(), z.len())?;
        check("out.y", self.dims.signal(), y.len())?;
        let mut state = [(); 2].map(|()| self.rest());
        let plan = driver::plan(&self, &self.layout, engine);
        driver::run(&self, &self.layout, engine, plan, planes(&mut state), [z, y]);
        Ok(())
    }

    /// A plane of the states that enter, `[sequences, channels]`.
    pub(super) fn rest(&self) -> Vec<F> {
        vec![F::zero(); self.layout.sequences().saturating_mul(self.dims.channels)]
    }

    /// The states before each step, of those that `run` found; `zeros` has as many elements as [`Self::rest`].
    pub(super) fn before<'b>(&self, h: &'b [F], zeros: &'b [F]) -> Before<'b, F> {
        Before { h, state: zeros, zeros: &zeros[..self.dims.channels.min(zeros.len())] }
    }

    #[inline(always)]
    fn rows<S: Simd>(
        &self,
        _: S,
        at: &Stretch,
        [z, y]: [&mut [F]; 2],
        [mut zs, mut ys]: [RowsMut<'_, F>; 2],
    ) {
        let steps = self.steps.map(|plane| &plane[at.columns.clone()]);
        let w = self.w.at(at, 1);
        let reset = self.layout.options().reset;
        for k in 0..at.rows.len() {
            let t = at.row(k);
            if reset.is_some_and(|reset| reset[at.rows.start + t] != 0) {
                z.fill(F::zero());
                y.fill(F::zero());
            }
            step(steps, w.row(t), [z, y]);
            zs.row(t).copy_from_slice(z);
            ys.row(t).copy_from_slice(y);
        }
    }
}

#[inline(always)]
fn step<F: Real>([m, n, o, p, f, g]: [&[F]; 6], w: &[F], [z, y]: [&mut [F]; 2]) {
    let matrices = m.iter().zip(n).zip(o.iter().zip(p)).zip(f.iter().zip(g));
    for (((z, y), &w), (((&m, &n), (&o, &p)), (&f, &g))) in z.iter_mut().zip(y).zip(w).zip(matrices)
    {
        let (velocity, position) = (m * *z + n * *y + f * w, o * *z + p * *y + g * w);
        (*z, *y) = (velocity.flushed(), position.flushed());
    }
}

impl<F: Real> Operator<F, 2, 2> for Oscillation<'_, F> {
    fn shape(&self) -> Shape<2> {
        let columns = self.dims.channels;
        let chunk = Plan::chunk(4 * columns);
        Shape { columns, depth: 1, widths: [1, 1], cost: 4, chunk, cut_from: usize::MAX }
    }

    /// Not looked for: time is not cut.
    fn reach(&self, _: &Stretch) -> Option<usize> {
        None
    }

    fn pass(
        &self,
        context: Context<'_>,
        at: &Stretch,
        link: Link<'_, F, 2>,
        out: [RowsMut<'_, F>; 2],
    ) {
        match link {
            Link::Alone(state) => {
                dispatch!(context.level, simd => self.rows(simd, at, state, out));
            }
            Link::Chained(mut link) => {
                let mut state = link.enter();
                dispatch!(context.level, simd => self.rows(simd, at, planes(&mut state), out));
                link.leave(&state);
            }
        }
    }
}
