//! The scan of one stretch of one sequence.

use super::{Motion, Oscillator};
use crate::{Real, driver::Context, layout::Stretch, mimo::Projected};
use fearless_simd::{Simd, dispatch};

/// Turns projected inputs into positions, in place; `state` enters and leaves.
pub(super) fn scan<F: Real>(
    oscillator: &Oscillator<'_, F>,
    context: Context<'_>,
    at: &Stretch,
    mut state: [&mut [F]; 4],
    projected: &mut Projected<F>,
) {
    let Oscillator { mimo, motion } = oscillator;
    let mut steps = Steps::new(motion, mimo.states);
    let own = context.layout.rows(at.sequence);
    mimo.walk(at, |row, is_fresh| {
        if is_fresh {
            state.iter_mut().for_each(|plane| plane.fill(F::zero()));
        }
        if motion.dt.is_some() {
            steps.fill(motion, motion.multiplier(row, &own, mimo.dims.rows()));
        }
        let [m, n, o, p, f, g] = steps.planes.each_ref().map(Vec::as_slice);
        let [z_re, z_im, y_re, y_im] = state.each_mut().map(|plane| &mut **plane);
        let [re, im] = projected.row(row - at.rows.start, mimo.states);
        // Real and imaginary parts move alike, and do not know of each other.
        dispatch!(context.level, simd => {
            step(simd, [m, n, o, p], [f, g], [z_re, y_re], re);
            step(simd, [m, n, o, p], [f, g], [z_im, y_im], im);
        });
    });
}

/// `[z, y] = M [z, y] + F w`; `w` becomes `y`.
#[inline(always)]
fn step<S: Simd, F: Real>(
    _: S,
    [m, n, o, p]: [&[F]; 4],
    [f, g]: [&[F]; 2],
    [z, y]: [&mut [F]; 2],
    w: &mut [F],
) {
    let matrices = m.iter().zip(n).zip(o.iter().zip(p)).zip(f.iter().zip(g));
    for (((z, y), w), (((&m, &n), (&o, &p)), (&f, &g))) in z.iter_mut().zip(y).zip(w).zip(matrices)
    {
        let (velocity, position) = (m * *z + n * *y + f * *w, o * *z + p * *y + g * *w);
        (*z, *y) = (velocity.flushed(), position.flushed());
        *w = *y;
    }
}

/// The coefficients of a step, `[states]` each: the four of the matrix, the two of the input.
struct Steps<F> {
    planes: [Vec<F>; 6],
}

impl<F: Real> Steps<F> {
    fn new(motion: &Motion<'_, F>, states: usize) -> Self {
        let mut steps = Self { planes: [(); 6].map(|()| vec![F::zero(); states]) };
        if motion.dt.is_none() {
            steps.fill(motion, 1.0);
        }
        steps
    }

    fn fill(&mut self, motion: &Motion<'_, F>, multiplier: f64) {
        for state in 0..self.planes[0].len() {
            let step = motion.step(state, multiplier);
            for (plane, x) in self.planes.iter_mut().zip(step.m.into_iter().chain(step.f)) {
                plane[state] = F::of(x);
            }
        }
    }
}
