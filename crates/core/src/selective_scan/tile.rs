//! A few steps of a block of channels: what is done around the recurrence.

use super::{
    SelectiveScan,
    table::{BLOCK, Block, Table},
};
use crate::{
    Real,
    layout::Stretch,
    math::{Silu, Softplus, kept, safe_power},
    real::flush,
    rows::RowsMut,
    stream::prefetch,
};
use fearless_simd::{Simd, prelude::*};

/// Steps of a tile. Tiles end at multiples of it, counted from the start of the sequence, so that bits do not
/// depend on where a stretch starts.
pub(super) const TILE: usize = 16;

/// What a tile has of a block of channels, in time order: `delta`, `delta u` and `y`, `[steps, width]` each.
pub(super) struct Tile<'t, F> {
    pub(super) delta: &'t mut [F],
    pub(super) input: &'t mut [F],
    pub(super) y: &'t mut [F],
    /// The rows of the signals.
    pub(super) rows: &'t [usize],
}

/// Bytes that the caches may hold.
pub(super) const HELD: usize = 1 << 20;

/// Asks for the signals of a tile that comes next, if the caches do not hold them all; lines come in pairs.
#[inline(always)]
pub(super) fn ask_for<F: Real, const P: usize>(
    call: &SelectiveScan<'_, F, P>,
    rows: &[usize],
    block: &Block,
) {
    if size_of_val(call.inputs.u) < HELD {
        return;
    }
    for row in rows {
        for c in block.columns.clone().step_by(128 / size_of::<F>()) {
            let i = row * call.dims.channels + c;
            prefetch(call.inputs.u, i);
            prefetch(call.inputs.dt, i);
            prefetch(call.inputs.z.unwrap_or(&[]), i);
        }
    }
}

/// A row filled up with zeros to `width`.
#[inline(always)]
pub(super) fn filled<'t, F: Real>(row: &'t [F], width: usize, room: &'t mut [F; BLOCK]) -> &'t [F] {
    if row.len() == width {
        return row;
    }
    room[..row.len()].copy_from_slice(row);
    &room[..width]
}

/// Fills a tile with what does not depend on states. Whether every exponent is of a normal number.
#[inline(always)]
pub(super) fn prepare<S: Simd, F: Real, const P: usize>(
    simd: S,
    call: &SelectiveScan<'_, F, P>,
    table: &Table<F>,
    block: &Block,
    tile: &mut Tile<'_, F>,
) -> bool {
    let (size, width) = (F::Wide::<S>::LEN, block.width);
    let [bias, skip, most] = [0, 1, 2].map(|k| table.row(block, k));
    let bound = F::Wide::splat(simd, safe_power::<F>());
    let mut is_safe = F::Wide::splat(simd, F::zero()).simd_lt(bound);
    let softplus = Softplus::<F::Wide<S>>::with(kept(simd));
    let mut rooms = [[F::zero(); BLOCK]; 2];
    for (k, &row) in tile.rows.iter().enumerate() {
        let first = row * call.dims.channels;
        let own = first + block.columns.start..first + block.columns.end;
        let [dt_room, u_room] = &mut rooms;
        let dt = filled(&call.inputs.dt[own.clone()], width, dt_room);
        let u = filled(&call.inputs.u[own], width, u_room);
        let out = k * width..(k + 1) * width;
        let signals = dt.chunks_exact(size).zip(u.chunks_exact(size));
        let weights =
            bias.chunks_exact(size).zip(skip.chunks_exact(size)).zip(most.chunks_exact(size));
        let deltas = tile.delta[out.clone()].chunks_exact_mut(size);
        let inputs = tile.input[out.clone()].chunks_exact_mut(size);
        let outputs = deltas.zip(inputs).zip(tile.y[out].chunks_exact_mut(size));
        for (((dt, u), ((bias, skip), most)), ((delta_out, input), y)) in
            signals.zip(weights).zip(outputs)
        {
            let u = F::Wide::from_slice(simd, u);
            let dt = F::Wide::from_slice(simd, dt) + F::Wide::from_slice(simd, bias);
            let delta = if call.inputs.softplus { softplus.of(dt) } else { dt };
            is_safe &= (delta.abs() * F::Wide::from_slice(simd, most)).simd_lt(bound);
            delta.store_slice(delta_out);
            flush(delta * u).store_slice(input);
            let skip = F::Wide::from_slice(simd, skip);
            (if call.inputs.d.is_some() { skip * u } else { skip }).store_slice(y);
        }
    }
    is_safe.all_true()
}

/// Adds a tile's `delta` to the sums of its columns.
pub(super) fn add_up<F: Real>(
    at: &Stretch,
    block: &Block,
    tile: &Tile<'_, F>,
    elapsed: &mut [f64],
) {
    let own = block.columns.start - at.columns.start..block.columns.end - at.columns.start;
    for row in tile.delta.chunks_exact(block.width) {
        elapsed[own.clone()].iter_mut().zip(row).for_each(|(sum, delta)| *sum += delta.wide());
    }
}

/// Gates a tile's outputs and writes them.
#[inline(always)]
pub(super) fn finish<S: Simd, F: Real, const P: usize>(
    simd: S,
    call: &SelectiveScan<'_, F, P>,
    at: &Stretch,
    block: &Block,
    tile: &Tile<'_, F>,
    out: &mut RowsMut<'_, F>,
) {
    let (size, width) = (F::Wide::<S>::LEN, block.width);
    let columns = block.columns.start - at.columns.start..block.columns.end - at.columns.start;
    let silu = Silu::<F::Wide<S>>::with(kept(simd));
    let (mut room, mut last) = ([F::zero(); BLOCK], [F::zero(); BLOCK]);
    for (&row, y) in tile.rows.iter().zip(tile.y.chunks_exact(width)) {
        let out = &mut out.row(row - at.rows.start)[columns.clone()];
        let Some(z) = call.inputs.z else {
            out.copy_from_slice(&y[..out.len()]);
            continue;
        };
        let z = filled(&z[row * call.dims.channels..][block.columns.clone()], width, &mut room);
        let is_whole = out.len() == width;
        let gated = if is_whole { &mut *out } else { &mut last[..width] };
        let rows = y.chunks_exact(size).zip(z.chunks_exact(size));
        for ((y, z), out) in rows.zip(gated.chunks_exact_mut(size)) {
            let gate = silu.of(F::Wide::from_slice(simd, z));
            (F::Wide::from_slice(simd, y) * gate).store_slice(out);
        }
        if !is_whole {
            out.copy_from_slice(&last[..out.len()]);
        }
    }
}
