//! The weights of a call, with channels innermost, in blocks of channels.

use super::SelectiveScan;
use crate::{Real, home::Home, math::split_rate};
use std::ops::Range;

/// Channels of a block: a tile of its signals, its states and its weights share a core's first cache.
pub(super) const BLOCK: usize = 64;

/// Rows are filled up to a multiple of so many channels, as many as the widest vector has.
const LANES: usize = 16;

/// The blocks of some columns.
pub(super) struct Table<F> {
    pub(super) blocks: Vec<Block>,
    /// All rows of all blocks.
    rows: Home,
    marker: std::marker::PhantomData<F>,
}

/// Channels of one group.
#[derive(Clone, Debug)]
pub(super) struct Block {
    pub(super) columns: Range<usize>,
    pub(super) group: usize,
    /// Channels of a row, those included that fill it up.
    pub(super) width: usize,
    /// Where its rows start.
    start: usize,
    /// The rows of a state: `A log2(e)` in two parts, then the imaginary part of a complex `A`, then `B` and `C` where
    /// they are the same at every step.
    pub(super) depth: usize,
}

/// Rows before those of the states: `dtBias`, `D`, and the largest magnitude of `A log2(e)`.
pub(super) const FIRST: usize = 3;

impl<F: Real> Table<F> {
    pub(super) fn new<const P: usize>(
        call: &SelectiveScan<'_, F, P>,
        columns: Range<usize>,
    ) -> Self {
        let fixed = [call.spread.has_fixed_b, call.spread.has_fixed_c];
        let depth = P + 1 + P * fixed.into_iter().filter(|is| *is).count();
        let (channels, groups) = (call.dims.channels, call.spread.groups);
        let mut blocks: Vec<Block> = Vec::new();
        let mut start = 0;
        let mut first = columns.start;
        while first < columns.end {
            let group = (first as u128 * groups as u128 / channels as u128) as usize;
            // The first channel of the next group.
            let next = ((group + 1) as u128 * channels as u128).div_ceil(groups as u128) as usize;
            let last = next.min(columns.end).min((first / BLOCK + 1) * BLOCK);
            let width = (last - first).next_multiple_of(LANES);
            blocks.push(Block { columns: first..last, group, width, start, depth });
            start += width * (FIRST + depth * call.states);
            first = last;
        }
        let mut table =
            Self { rows: Home::zeros::<F>(start), blocks, marker: std::marker::PhantomData };
        for block in table.blocks.clone() {
            let size = block.width * (FIRST + depth * call.states);
            fill(call, &block, &mut table.rows.numbers()[block.start..block.start + size]);
        }
        table
    }

    /// The blocks of some columns, if they end where these do.
    pub(super) fn blocks(&self, columns: &Range<usize>) -> Option<&[Block]> {
        let first = self.blocks.partition_point(|block| block.columns.start < columns.start);
        let last = self.blocks.partition_point(|block| block.columns.end <= columns.end);
        let own = self.blocks.get(first..last)?;
        let (start, end) = (own.first()?.columns.start, own.last()?.columns.end);
        (start == columns.start && end == columns.end).then_some(own)
    }

    /// Row `k` of a block.
    #[inline(always)]
    pub(super) fn row(&self, block: &Block, k: usize) -> &[F] {
        &self.rows.read()[block.start + k * block.width..][..block.width]
    }

    /// The rows of all states, one state after the other.
    #[inline(always)]
    pub(super) fn of_states(&self, block: &Block, states: usize) -> &[F] {
        &self.rows.read()[block.start + FIRST * block.width..][..states * block.depth * block.width]
    }

    /// Row `k` of those of state `n`.
    #[inline(always)]
    pub(super) fn of_state(&self, block: &Block, n: usize, k: usize) -> &[F] {
        self.row(block, FIRST + n * block.depth + k)
    }
}

fn fill<F: Real, const P: usize>(call: &SelectiveScan<'_, F, P>, block: &Block, rows: &mut [F]) {
    let mut rows = rows.chunks_exact_mut(block.width).collect::<Vec<_>>();
    let inputs = &call.inputs;
    for (lane, c) in block.columns.clone().enumerate() {
        rows[0][lane] = inputs.dt_bias.map_or(F::zero(), |bias| bias[c]);
        rows[1][lane] = inputs.d.map_or(F::zero(), |d| d[c]);
        let mut most = F::zero();
        for n in 0..call.states {
            let i = c * call.states + n;
            let first = FIRST + n * block.depth;
            let [high, low] = split_rate(inputs.a[0][i]);
            (rows[first][lane], rows[first + 1][lane]) = (high, low);
            // NaN stays, and is not below any bound.
            most = if most.is_nan() || high.abs() <= most { most } else { high.abs() };
            let imaginary = inputs.a.iter().skip(1);
            let b = inputs.b.iter().filter(|_| call.spread.has_fixed_b);
            let c = inputs.c.iter().filter(|_| call.spread.has_fixed_c);
            for (k, plane) in imaginary.chain(b).chain(c).enumerate() {
                rows[first + 2 + k][lane] = plane[i];
            }
        }
        rows[2][lane] = most;
    }
}
