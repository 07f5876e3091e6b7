//! The products with weights of a stretch of one sequence.

use super::{Mimo, Weights, few};
use crate::{Plan, Real, dots::FEW, layout::Stretch, product::multiply_rows, rows::RowsMut};
use fearless_simd::{Level, dispatch};

/// Projected inputs that a scan turns into what is read out, `[rows, 2, states]`: real parts, then imaginary
/// ones.
pub(crate) struct Projected<F> {
    data: Vec<F>,
}

impl<F> Projected<F> {
    /// The planes of a row, counted from the stretch's first.
    pub(crate) fn row(&mut self, row: usize, states: usize) -> [&mut [F]; 2] {
        let (re, im) = self.data[2 * row * states..][..2 * states].split_at_mut(states);
        [re, im]
    }
}

/// Steps of a chunk: many rows make a matrix product fast, few keep it in the cache; a multiple of what
/// products take at a time.
pub(super) fn chunk(states: usize, channels: usize) -> usize {
    (4 * Plan::CHUNK / (2 * states + channels).max(1)).clamp(16, 256) / 16 * 16
}

/// `B u` of every row.
pub(super) fn project<F: Real>(mimo: &Mimo<'_, F>, level: Level, at: &Stretch) -> Projected<F> {
    let (channels, states, rows) = (mimo.dims.channels, mimo.states, at.rows.len());
    let mut out = Projected { data: vec![F::zero(); 2 * rows * states] };
    let data = &mimo.u[at.rows.start * channels..at.rows.end * channels];
    if let Some(planes) = mimo.planes.filter(|_| rows >= FEW) {
        multiply_rows(level, data, channels, planes.input(), F::zero(), &mut out.data);
    } else if channels > 0 && states > 0 {
        for (t, u) in data.chunks_exact(channels).enumerate() {
            let twice: Vec<F> = u.iter().flat_map(|&u| [u, u]).collect();
            let planes = out.row(t, states);
            dispatch!(level, simd => few::project(simd, mimo.weights.input, &twice, planes));
        }
    }
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
    if let Some(planes) = mimo.planes.filter(|_| at.rows.len() >= FEW) {
        let before = if mimo.adds { F::one() } else { F::zero() };
        multiply_rows(level, &states.data, 2 * mimo.states, planes.output(), before, y);
    } else {
        read_out_few(mimo, level, states, y);
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
        let (re, im) = states.data[2 * t * mimo.states..][..2 * mimo.states].split_at(mimo.states);
        let pairs: Vec<F> = re.iter().zip(im).flat_map(|(&re, &im)| [re, -im]).collect();
        dispatch!(level, simd => few::read_out(simd, weights, &pairs, &mut sums));
        for (y, &sum) in y.iter_mut().zip(&sums) {
            *y = scale * sum + if mimo.adds { *y } else { F::zero() };
        }
    }
}
