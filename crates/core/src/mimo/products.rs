//! The products with weights of a stretch of one sequence.

use super::{
    Mimo, Weights,
    few::{self, FEW},
};
use crate::{
    Plan, Real,
    layout::Stretch,
    product::{Matrix, multiply},
    rows::RowsMut,
};
use fearless_simd::{Level, dispatch};

/// Projected inputs that a scan turns into what is read out, `[rows, states]` in two planes.
pub(crate) struct Projected<F> {
    re: Vec<F>,
    im: Vec<F>,
}

impl<F> Projected<F> {
    /// The planes of a row, counted from the stretch's first.
    pub(crate) fn row(&mut self, row: usize, states: usize) -> [&mut [F]; 2] {
        let own = row * states..(row + 1) * states;
        [&mut self.re[own.clone()], &mut self.im[own]]
    }
}

/// Steps of a chunk: many rows make a matrix product fast, few keep it in the cache.
pub(super) fn chunk(states: usize, channels: usize) -> usize {
    Plan::chunk(2 * states + channels).min(256)
}

/// `B u` of every row.
pub(super) fn project<F: Real>(mimo: &Mimo<'_, F>, level: Level, at: &Stretch) -> Projected<F> {
    let (channels, states) = (mimo.dims.channels, mimo.states);
    let zeros = || vec![F::zero(); at.rows.len() * states];
    let mut out = Projected { re: zeros(), im: zeros() };
    let data = &mimo.u[at.rows.start * channels..at.rows.end * channels];
    if at.rows.len() < FEW && channels > 0 && states > 0 {
        let planes = out.re.chunks_exact_mut(states).zip(out.im.chunks_exact_mut(states));
        for (u, (re, im)) in data.chunks_exact(channels).zip(planes) {
            let twice: Vec<F> = u.iter().flat_map(|&u| [u, u]).collect();
            dispatch!(level, simd => few::project(simd, mimo.weights.input, &twice, [re, im]));
        }
        return out;
    }
    let u = Matrix { data, rows: at.rows.len(), columns: channels, row: channels, column: 1 };
    multiply(F::one(), u, mimo.input(0), F::zero(), &mut out.re);
    multiply(F::one(), u, mimo.input(1), F::zero(), &mut out.im);
    out
}

/// `scale Re(C x) + D u` of every row.
pub(super) fn read_out<F: Real>(
    mimo: &Mimo<'_, F>,
    level: Level,
    at: &Stretch,
    states: &Projected<F>,
    mut out: RowsMut<'_, F>,
) {
    let y = out.whole();
    if at.rows.len() < FEW {
        read_out_few(mimo, level, states, y);
    } else {
        let scale = mimo.weights.scale;
        let plane = |data| Matrix {
            data,
            rows: at.rows.len(),
            columns: mimo.states,
            row: mimo.states,
            column: 1,
        };
        let before = if mimo.adds { F::one() } else { F::zero() };
        multiply(scale, plane(&states.re), mimo.output(0), before, y);
        multiply(-scale, plane(&states.im), mimo.output(1), F::one(), y);
    }
    let channels = mimo.dims.channels;
    let Some(skip) = mimo.weights.skip.filter(|skip| !skip.is_empty()) else { return };
    let u = &mimo.u[at.rows.start * channels..at.rows.end * channels];
    for (y, u) in y.chunks_exact_mut(channels).zip(u.chunks_exact(channels)) {
        y.iter_mut().zip(u).zip(skip).for_each(|((y, &u), &d)| *y += d * u);
    }
}

fn read_out_few<F: Real>(mimo: &Mimo<'_, F>, level: Level, states: &Projected<F>, y: &mut [F]) {
    let Weights { output, pitch, first, scale, .. } = mimo.weights;
    let weights = |channel: usize| &output[(channel * pitch + first) * 2..][..mimo.states * 2];
    let mut sums = vec![F::zero(); mimo.dims.channels];
    for (t, y) in y.chunks_exact_mut(mimo.dims.channels.max(1)).enumerate() {
        let own = t * mimo.states..(t + 1) * mimo.states;
        let pairs = states.re[own.clone()].iter().zip(&states.im[own]);
        let pairs: Vec<F> = pairs.flat_map(|(&re, &im)| [re, -im]).collect();
        dispatch!(level, simd => few::read_out(simd, weights, &pairs, &mut sums));
        for (y, &sum) in y.iter_mut().zip(&sums) {
            *y = scale * sum + if mimo.adds { *y } else { F::zero() };
        }
    }
}
