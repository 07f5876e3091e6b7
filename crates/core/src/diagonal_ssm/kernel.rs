//! The scan of one stretch of one sequence.

use super::{DiagonalSsm, Sampling, Transition};
use crate::{Real, driver::Context, layout::Stretch, mimo::Projected};
use fearless_simd::{Simd, dispatch};
use std::ops::Range;

/// Turns projected inputs into states, in place; `state` enters and leaves.
pub(super) fn scan<F: Real>(
    ssm: &DiagonalSsm<'_, F>,
    context: Context<'_>,
    at: &Stretch,
    mut state: [&mut [F]; 2],
    projected: &mut Projected<F>,
) {
    let mut poles = Poles::new(ssm);
    let own = context.layout.rows(at.sequence);
    ssm.mimo.walk(at, |row, is_fresh| {
        if is_fresh {
            state.iter_mut().for_each(|plane| plane.fill(F::zero()));
        }
        let [ar, ai, gr, gi] = poles.at(row, &own, ssm.mimo.dims.rows());
        let own = projected.row(row - at.rows.start, ssm.mimo.states);
        let [x, y] = state.each_mut().map(|plane| &mut **plane);
        dispatch!(context.level, simd => step(simd, [ar, ai], [gr, gi], [x, y], own));
    });
}

/// `x = a x + gain w`; `w` becomes `x`.
#[inline(always)]
fn step<S: Simd, F: Real>(
    _: S,
    [ar, ai]: [&[F]; 2],
    [gr, gi]: [&[F]; 2],
    [x, y]: [&mut [F]; 2],
    [re, im]: [&mut [F]; 2],
) {
    let poles = ar.iter().zip(ai).zip(gr.iter().zip(gi));
    let states = x.iter_mut().zip(y).zip(re.iter_mut().zip(im));
    for (((x, y), (re, im)), ((&ar, &ai), (&gr, &gi))) in states.zip(poles) {
        let (br, bi) = (gr * *re - gi * *im, gr * *im + gi * *re);
        let (next, turned) = (ar * *x - ai * *y + br, ar * *y + ai * *x + bi);
        (*x, *y) = (next.flushed(), turned.flushed());
        (*re, *im) = (*x, *y);
    }
}

/// `x = a x + w`; `w` becomes `x`.
#[inline(always)]
pub(super) fn advance<S: Simd, F: Real>(
    _: S,
    [ar, ai]: [&[F]; 2],
    [x, y]: [&mut [F]; 2],
    [re, im]: [&mut [F]; 2],
) {
    let states = x.iter_mut().zip(y).zip(re.iter_mut().zip(im));
    for (((x, y), (re, im)), (&ar, &ai)) in states.zip(ar.iter().zip(ai)) {
        let (next, turned) = (ar * *x - ai * *y + *re, ar * *y + ai * *x + *im);
        (*x, *y) = (next.flushed(), turned.flushed());
        (*re, *im) = (*x, *y);
    }
}

/// The poles and gains of one step after the other.
enum Poles<'a, F> {
    Fixed([&'a [F]; 4]),
    Sampled { sampling: Sampling<'a, F>, planes: [Vec<F>; 4] },
}

impl<'a, F: Real> Poles<'a, F> {
    fn new(ssm: &DiagonalSsm<'a, F>) -> Self {
        match ssm.transition {
            Transition::Fixed { a, gain } => Self::Fixed([a[0], a[1], gain[0], gain[1]]),
            Transition::Sampled(sampling) => Self::Sampled {
                sampling,
                planes: [(); 4].map(|()| vec![F::zero(); ssm.mimo.states]),
            },
        }
    }

    fn at(&mut self, row: usize, own: &Range<usize>, all: usize) -> [&[F]; 4] {
        match self {
            Self::Fixed(planes) => *planes,
            Self::Sampled { sampling, planes } => {
                let multiplier = sampling.multiplier(row, own, all);
                sampling.at(multiplier, planes.each_mut().map(Vec::as_mut_slice));
                planes.each_ref().map(Vec::as_slice)
            }
        }
    }
}
