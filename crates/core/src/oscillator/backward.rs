//! The gradients of the oscillators: the transposed step, run the other way, and sums over all steps.

use super::oscillation::Oscillation;
use crate::{
    Engine, Error, Plan, Real,
    adjoint::{Before, turned, turned_resets},
    dims::check,
    driver::{self, Context, Operator, Shape},
    layout::Stretch,
    link::{Link, planes},
    rows::RowsMut,
    signal::Signal,
};
use fearless_simd::{Simd, dispatch};

const OUT: [&str; 6] = ["out.m", "out.n", "out.o", "out.p", "out.f", "out.g"];

/// Planes of the backward state: what the next step makes of the gradients of z and y, and the sums of the six
/// coefficients.
const PLANES: usize = 8;

impl<F: Real> Oscillation<'_, F> {
    /// Fills the gradients `w` of the forces and `steps` (`[channels]` each) of the coefficients, given that of the
    /// positions, `dy`, and what [`Oscillation::run`] found.
    pub fn backward(
        self,
        engine: &Engine,
        [z, y]: [&[F]; 2],
        dy: &[F],
        steps: [&mut [F]; 6],
        w: &mut [F],
    ) -> Result<(), Error> {
        let (dims, layout) = (self.dims, self.layout);
        check("z", dims.signal(), z.len())?;
        check("y", dims.signal(), y.len())?;
        check("out.w", dims.signal(), w.len())?;
        for (argument, plane) in OUT.into_iter().zip(&steps) {
            check(argument, dims.channels, plane.len())?;
        }
        let zeros = self.rest();
        let resets = turned_resets(&layout);
        let turned = turned(dims, &layout, resets.as_deref())?;
        let backward = Backward {
            oscillation: &self,
            dy: Signal::full("gradients.y", dy, dims, dims.channels)?,
            before: [self.before(z, &zeros), self.before(y, &zeros)],
            reset: layout.options().reset,
            turned: resets.as_deref(),
        };
        let mut state = [(); PLANES].map(|()| self.rest());
        let plan = driver::plan(&backward, &turned, engine);
        driver::run(&backward, &turned, engine, plan, planes(&mut state), [w]);
        for (out, sums) in steps.into_iter().zip(&state[2..]) {
            for (c, out) in out.iter_mut().enumerate() {
                *out = F::of(sums.iter().skip(c).step_by(dims.channels).map(|x| x.wide()).sum());
            }
        }
        Ok(())
    }
}

/// The recurrence of the gradients.
struct Backward<'a, F> {
    oscillation: &'a Oscillation<'a, F>,
    dy: Signal<'a, F>,
    before: [Before<'a, F>; 2],
    /// That of the oscillators.
    reset: Option<&'a [u8]>,
    /// That of this recurrence.
    turned: Option<&'a [u8]>,
}

impl<F: Real> Backward<'_, F> {
    #[inline(always)]
    fn rows<S: Simd>(
        &self,
        _: S,
        at: &Stretch,
        state: [&mut [F]; PLANES],
        [mut out]: [RowsMut<'_, F>; 1],
    ) {
        let width = at.columns.len();
        let steps = self.oscillation.steps.map(|plane| &plane[at.columns.clone()]);
        let [w, dy] = [self.oscillation.w.at(at, 1), self.dy.at(at, 1)];
        let [cz, cy, sums @ ..] = state;
        // All steps of a sequence are here, and their sum is rounded once.
        let mut exact = [(); 6].map(|()| vec![0.0; width]);
        for k in 0..at.rows.len() {
            let t = at.row(k);
            if self.turned.is_some_and(|reset| reset[at.rows.start + t] != 0) {
                cz.fill(F::zero());
                cy.fill(F::zero());
            }
            let [zb, yb] =
                self.before.map(|before| &before.row(at, self.reset, t)[at.columns.clone()]);
            let inputs = [w.row(t), dy.row(t), zb, yb];
            step(steps, inputs, [cz, cy], out.row(t), exact.each_mut().map(Vec::as_mut_slice));
        }
        for (sums, exact) in sums.into_iter().zip(&exact) {
            sums.iter_mut().zip(exact).for_each(|(sum, &exact)| *sum += F::of(exact));
        }
    }
}

/// One step of all channels; `dw` is filled.
#[inline(always)]
fn step<F: Real>(
    steps: [&[F]; 6],
    [w, dy, zb, yb]: [&[F]; 4],
    [cz, cy]: [&mut [F]; 2],
    dw: &mut [F],
    sums: [&mut [f64]; 6],
) {
    let width = dw.len();
    let [m, n, o, p, f, g] = steps.map(|plane| &plane[..width]);
    let [w, dy, zb, yb] = [&w[..width], &dy[..width], &zb[..width], &yb[..width]];
    let [cz, cy] = [&mut cz[..width], &mut cy[..width]];
    let [sm, sn, so, sp, sf, sg] = sums.map(|plane| &mut plane[..width]);
    for c in 0..width {
        let (gz, gy) = (cz[c], dy[c] + cy[c]);
        dw[c] = f[c] * gz + g[c] * gy;
        cz[c] = (m[c] * gz + o[c] * gy).flushed();
        cy[c] = (n[c] * gz + p[c] * gy).flushed();
        sm[c] += (gz * zb[c]).wide();
        sn[c] += (gz * yb[c]).wide();
        so[c] += (gy * zb[c]).wide();
        sp[c] += (gy * yb[c]).wide();
        sf[c] += (gz * w[c]).wide();
        sg[c] += (gy * w[c]).wide();
    }
}

impl<F: Real> Operator<F, PLANES, 1> for Backward<'_, F> {
    fn shape(&self) -> Shape<1> {
        let columns = self.oscillation.dims.channels;
        let chunk = Plan::chunk(6 * columns);
        Shape { columns, depth: 1, widths: [1], cost: 8, chunk, cut_from: usize::MAX }
    }

    /// Not looked for: time is not cut.
    fn reach(&self, _: &Stretch) -> Option<usize> {
        None
    }

    fn pass(
        &self,
        context: Context<'_>,
        at: &Stretch,
        link: Link<'_, F, PLANES>,
        out: [RowsMut<'_, F>; 1],
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
