//! The convolution of one stretch of one sequence.

use super::{Activation, CausalConv1d};
use crate::{
    Real,
    driver::Context,
    layout::Stretch,
    math::silu,
    pointwise::silu_slope,
    rows::{Rows, RowsMut},
};
use fearless_simd::{Simd, dispatch, prelude::*};

/// Columns computed at a time: the rows of all their taps stay in the first cache.
const COLUMNS: usize = 512;

/// Taps added in one go.
const TAPS: usize = 4;

/// Runs a stretch; `state` enters and leaves, `[columns, width - 1]`.
pub(super) fn run<'a, F: Real>(
    conv: &CausalConv1d<'a, F>,
    context: Context<'_>,
    at: &Stretch,
    state: &mut [F],
    mut out: RowsMut<'_, F>,
) {
    let (channels, width, before) = (conv.dims.channels, conv.width, conv.width - 1);
    let rows =
        |data: &'a [F]| Rows::new(&data[at.rows.start * channels..], channels, at.columns.clone());
    let (x, dy) = (rows(conv.x), conv.dy.map(rows));
    let runs = context.layout.runs(at);
    for first in (0..at.columns.len()).step_by(COLUMNS) {
        let columns = first..(first + COLUMNS).min(at.columns.len());
        let own = at.columns.start + columns.start..at.columns.start + columns.end;
        let state = &mut state[columns.start * before..columns.end * before];
        let mut tile = Tile {
            columns,
            bias: conv.bias.map_or_else(|| vec![F::zero(); own.len()], |b| b[own.clone()].to_vec()),
            weight: turned(&conv.weight[own.start * width..own.end * width], width),
            past: turned(state, before),
        };
        for (is_fresh, rows) in &runs {
            if *is_fresh {
                tile.past.fill(F::zero());
            }
            let rows = at.local(rows);
            let place = |k: usize| if at.reverse { rows.end - 1 - k } else { rows.start + k };
            let steps = Steps { x, dy, count: rows.len(), place };
            dispatch!(context.level, simd => tile.run(simd, conv.activation, &steps, &mut out));
            tile.past = tile.last(&steps);
        }
        let size = tile.columns.len();
        for (column, state) in state.chunks_exact_mut(before.max(1)).enumerate() {
            for (k, value) in state.iter_mut().enumerate() {
                *value = tile.past[k * size + column];
            }
        }
    }
}

/// `[columns, count]` as `[count, columns]`.
fn turned<F: Real>(x: &[F], count: usize) -> Vec<F> {
    let columns = x.len() / count.max(1);
    (0..x.len()).map(|i| x[i % columns * count + i / columns]).collect()
}

/// Steps without a reset between them, in time order.
struct Steps<'a, F, P> {
    x: Rows<'a, F>,
    /// See [`CausalConv1d::dy`].
    dy: Option<Rows<'a, F>>,
    count: usize,
    /// The row of a step.
    place: P,
}

/// Some columns of a stretch.
struct Tile<F> {
    columns: std::ops::Range<usize>,
    /// `[columns]`.
    bias: Vec<F>,
    /// `[width, columns]`.
    weight: Vec<F>,
    /// What came before the steps, `[width - 1, columns]`, oldest first.
    past: Vec<F>,
}

impl<F: Real> Tile<F> {
    /// The input `k` steps after the oldest that the first step sees.
    #[inline(always)]
    fn input<'b>(&'b self, steps: &Steps<'b, F, impl Fn(usize) -> usize>, k: usize) -> &'b [F] {
        let size = self.columns.len();
        match k.checked_sub(self.past.len() / size) {
            Some(step) => &steps.x.row((steps.place)(step))[self.columns.clone()],
            None => &self.past[k * size..(k + 1) * size],
        }
    }

    /// The inputs that the step after the last would see before its own.
    fn last(&self, steps: &Steps<'_, F, impl Fn(usize) -> usize>) -> Vec<F> {
        let before = self.past.len() / self.columns.len();
        (0..before).flat_map(|k| self.input(steps, steps.count + k)).copied().collect()
    }

    #[inline(always)]
    fn run<S: Simd>(
        &self,
        simd: S,
        activation: Activation,
        steps: &Steps<'_, F, impl Fn(usize) -> usize>,
        out: &mut RowsMut<'_, F>,
    ) {
        let size = self.columns.len();
        let width = self.weight.len() / size;
        for step in 0..steps.count {
            let out = &mut out.row((steps.place)(step))[self.columns.clone()];
            let dy = steps.dy.map(|dy| &dy.row((steps.place)(step))[self.columns.clone()]);
            for first in (0..width).step_by(TAPS) {
                let taps = TAPS.min(width - first);
                let tap = |k: usize| {
                    let k = (first + k).min(width - 1);
                    (self.input(steps, step + k), &self.weight[k * size..(k + 1) * size])
                };
                let is_last = first + taps == width;
                let part = Part {
                    bias: (first == 0).then_some(&self.bias[..]),
                    activation: if is_last { activation } else { Activation::None },
                    dy: dy.filter(|_| is_last),
                };
                match taps {
                    1 => part.add(simd, [0].map(tap), out),
                    2 => part.add(simd, [0, 1].map(tap), out),
                    3 => part.add(simd, [0, 1, 2].map(tap), out),
                    _ => part.add(simd, [0, 1, 2, 3].map(tap), out),
                }
            }
        }
    }
}

/// What else is done when some taps are added.
struct Part<'a, F> {
    /// What the first taps are added to; the others go to the sum so far.
    bias: Option<&'a [F]>,
    activation: Activation,
    dy: Option<&'a [F]>,
}

impl<F: Real> Part<'_, F> {
    /// Adds taps, each a row of inputs with a row of weights.
    #[inline(always)]
    fn add<S: Simd, const N: usize>(&self, simd: S, taps: [(&[F], &[F]); N], out: &mut [F]) {
        let size = F::Vector::<S>::LEN;
        let mut first = 0;
        while first + size <= out.len() {
            let load = |row: &[F]| F::Vector::<S>::from_slice(simd, &row[first..first + size]);
            let mut sum = load(self.bias.unwrap_or(out));
            for (x, w) in taps {
                sum += load(x) * load(w);
            }
            if let Some(dy) = self.dy {
                sum = silu_slope(sum) * load(dy);
            } else if self.activation == Activation::Silu {
                sum = silu(sum);
            }
            sum.store_slice(&mut out[first..first + size]);
            first += size;
        }
        for i in first..out.len() {
            let mut sum = self.bias.map_or(out[i], |bias| bias[i]);
            for (x, w) in taps {
                sum += x[i] * w[i];
            }
            if let Some(dy) = self.dy {
                sum = silu_slope(F::Block::<S>::splat(simd, sum))[0] * dy[i];
            } else if self.activation == Activation::Silu {
                sum = silu(F::Block::<S>::splat(simd, sum))[0];
            }
            out[i] = sum;
        }
    }
}
