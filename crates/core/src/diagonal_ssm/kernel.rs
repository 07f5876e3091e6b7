//! One stretch of one sequence: project the input, scan, read out.

use super::{
    DiagonalSsm, Sampling, Transition, Weights,
    few::{self, FEW},
};
use crate::{
    Plan, Real,
    driver::Context,
    layout::Stretch,
    product::{Matrix, multiply},
    rows::RowsMut,
};
use fearless_simd::{Level, Simd, dispatch};
use std::ops::Range;

/// Projected inputs that a scan turns into states, `[rows, states]` in two planes.
pub(super) struct Projected<F> {
    re: Vec<F>,
    im: Vec<F>,
}

/// Steps of a chunk: many rows make a matrix product fast, few keep it in the cache.
pub(super) fn chunk(states: usize, channels: usize) -> usize {
    Plan::chunk(2 * states + channels).min(256)
}

/// `B u` of every row.
pub(super) fn project<F: Real>(
    ssm: &DiagonalSsm<'_, F>,
    level: Level,
    at: &Stretch,
) -> Projected<F> {
    let (channels, states) = (ssm.dims.channels, ssm.states);
    let zeros = || vec![F::zero(); at.rows.len() * states];
    let mut out = Projected { re: zeros(), im: zeros() };
    let data = &ssm.u[at.rows.start * channels..at.rows.end * channels];
    if at.rows.len() < FEW && channels > 0 && states > 0 {
        let planes = out.re.chunks_exact_mut(states).zip(out.im.chunks_exact_mut(states));
        for (u, (re, im)) in data.chunks_exact(channels).zip(planes) {
            let twice: Vec<F> = u.iter().flat_map(|&u| [u, u]).collect();
            dispatch!(level, simd => few::project(simd, ssm.weights.input, &twice, [re, im]));
        }
        return out;
    }
    let u = Matrix { data, rows: at.rows.len(), columns: channels, row: channels, column: 1 };
    multiply(F::one(), u, ssm.input(0), F::zero(), &mut out.re);
    multiply(F::one(), u, ssm.input(1), F::zero(), &mut out.im);
    out
}

/// Turns projected inputs into states, in place; `state` enters and leaves.
pub(super) fn scan<F: Real>(
    ssm: &DiagonalSsm<'_, F>,
    context: Context<'_>,
    at: &Stretch,
    mut state: [&mut [F]; 2],
    projected: &mut Projected<F>,
) {
    let states = ssm.states;
    let mut poles = Poles::new(ssm);
    let own = context.layout.rows(at.sequence);
    for (is_fresh, rows) in context.layout.runs(at) {
        if is_fresh {
            state.iter_mut().for_each(|plane| plane.fill(F::zero()));
        }
        for k in 0..rows.len() {
            let row = if at.reverse { rows.end - 1 - k } else { rows.start + k };
            let [ar, ai, gr, gi] = poles.at(row, &own, ssm.dims.rows());
            let local = (row - at.rows.start) * states..(row - at.rows.start + 1) * states;
            let (re, im) = (&mut projected.re[local.clone()], &mut projected.im[local]);
            let [x, y] = state.each_mut().map(|plane| &mut **plane);
            dispatch!(context.level, simd => step(simd, [ar, ai], [gr, gi], [x, y], [re, im]));
        }
    }
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

/// `scale Re(C x) + D u` of every row.
pub(super) fn read_out<F: Real>(
    ssm: &DiagonalSsm<'_, F>,
    level: Level,
    at: &Stretch,
    states: &Projected<F>,
    mut out: RowsMut<'_, F>,
) {
    let y = out.whole();
    if at.rows.len() < FEW {
        read_out_few(ssm, level, states, y);
    } else {
        let scale = ssm.weights.scale;
        let plane = |data| Matrix {
            data,
            rows: at.rows.len(),
            columns: ssm.states,
            row: ssm.states,
            column: 1,
        };
        let before = if ssm.adds { F::one() } else { F::zero() };
        multiply(scale, plane(&states.re), ssm.output(0), before, y);
        multiply(-scale, plane(&states.im), ssm.output(1), F::one(), y);
    }
    let channels = ssm.dims.channels;
    let Some(skip) = ssm.weights.skip.filter(|skip| !skip.is_empty()) else { return };
    let u = &ssm.u[at.rows.start * channels..at.rows.end * channels];
    for (y, u) in y.chunks_exact_mut(channels).zip(u.chunks_exact(channels)) {
        y.iter_mut().zip(u).zip(skip).for_each(|((y, &u), &d)| *y += d * u);
    }
}

fn read_out_few<F: Real>(
    ssm: &DiagonalSsm<'_, F>,
    level: Level,
    states: &Projected<F>,
    y: &mut [F],
) {
    let Weights { output, pitch, first, scale, .. } = ssm.weights;
    let weights = |channel: usize| &output[(channel * pitch + first) * 2..][..ssm.states * 2];
    let mut sums = vec![F::zero(); ssm.dims.channels];
    for (t, y) in y.chunks_exact_mut(ssm.dims.channels.max(1)).enumerate() {
        let own = t * ssm.states..(t + 1) * ssm.states;
        let pairs = states.re[own.clone()].iter().zip(&states.im[own]);
        let pairs: Vec<F> = pairs.flat_map(|(&re, &im)| [re, -im]).collect();
        dispatch!(level, simd => few::read_out(simd, weights, &pairs, &mut sums));
        for (y, &sum) in y.iter_mut().zip(&sums) {
            *y = scale * sum + if ssm.adds { *y } else { F::zero() };
        }
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
            Transition::Sampled(sampling) => {
                Self::Sampled { sampling, planes: [(); 4].map(|()| vec![F::zero(); ssm.states]) }
            }
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
