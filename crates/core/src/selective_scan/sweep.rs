//! One stretch of one sequence: tiles of a few steps and a block of channels, so that what a tile reads more than
//! once stays in a core's first cache.

use super::{
    SelectiveScan, complex, kernel,
    table::{BLOCK, Block, Table},
};
use crate::{
    Real,
    lanes::Home,
    layout::Stretch,
    math::{safe_power, silu, softplus},
    rows::RowsMut,
};
use fearless_simd::{Level, Simd, dispatch, prelude::*};

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

/// Moves `state` (`[columns, states]`) through a stretch. `out` is `y` and the planes of all states, or only `y`,
/// or nothing; `elapsed`, if not empty, gets the sums of `delta`.
pub(super) fn sweep<F: Real, const P: usize>(
    level: Level,
    call: &SelectiveScan<'_, F, P>,
    table: &Table<F>,
    at: &Stretch,
    state: [&mut [F]; P],
    out: &mut [RowsMut<'_, F>],
    elapsed: &mut [f64],
) {
    let own;
    let (table, blocks) = match table.blocks(&at.columns) {
        Some(blocks) => (table, blocks),
        None => {
            own = Table::new(call, at.columns.clone());
            (&own, &own.blocks[..])
        }
    };
    dispatch!(level, simd => tiles(simd, call, (table, blocks), at, state, out, elapsed));
}

#[inline(always)]
fn tiles<S: Simd, F: Real, const P: usize>(
    simd: S,
    call: &SelectiveScan<'_, F, P>,
    (table, blocks): (&Table<F>, &[Block]),
    at: &Stretch,
    mut state: [&mut [F]; P],
    out: &mut [RowsMut<'_, F>],
    elapsed: &mut [f64],
) {
    let states = call.states;
    let sizes = blocks.iter().map(|block| block.width * states);
    let mut homes = [(); P].map(|()| Home::zeros::<F>(sizes.clone().sum()));
    let mut now = homes.each_mut().map(Home::numbers);
    each_block(blocks, states, |block, first| {
        move_in(states, block, at, &state, first, &mut now);
    });
    let mut scratch = Home::zeros::<F>(3 * TILE * BLOCK);
    let [delta, input, y] = thirds(scratch.numbers());
    let most = if out.len() > 1 { 1 } else { TILE };
    let mut rows = [0; TILE];
    let mut done = 0;
    while done < at.rows.len() {
        let count = (most - (at.elapsed() + done) % most).min(at.rows.len() - done);
        for (k, row) in rows[..count].iter_mut().enumerate() {
            *row = at.rows.start + at.row(done + k);
        }
        let mut first = 0;
        for block in blocks {
            let mut tile = Tile {
                delta: &mut delta[..count * block.width],
                input: &mut input[..count * block.width],
                y: &mut y[..count * block.width],
                rows: &rows[..count],
            };
            let is_safe = prepare(simd, call, table, block, &mut tile);
            if !elapsed.is_empty() {
                add_up(at, block, &tile, elapsed);
            }
            let own = first..first + block.width * states;
            let planes = now.each_mut().map(|plane| &mut plane[own.clone()]);
            first = own.end;
            let has_fixed = call.spread.has_fixed_b || call.spread.has_fixed_c;
            let mut planes = planes.into_iter();
            match (planes.next(), planes.next()) {
                (Some(re), Some(im)) => {
                    complex::recur(simd, call, table, block, &mut tile, [re, im]);
                }
                (Some(state), None) if is_safe && !has_fixed => {
                    kernel::recur::<false, false, _, _, _>(
                        simd, call, table, block, &mut tile, state,
                    );
                }
                (Some(state), None) => {
                    kernel::recur::<true, true, _, _, _>(
                        simd, call, table, block, &mut tile, state,
                    );
                }
                _ => {}
            }
            if let [out, ..] = out {
                finish(simd, call, at, block, &tile, out);
            }
        }
        if let [_, all @ ..] = out {
            for (plane, all) in now.iter().zip(all) {
                let row = all.row(rows[0] - at.rows.start);
                each_block(blocks, states, |block, first| {
                    move_out(states, block, at, &plane[first..], row);
                });
            }
        }
        done += count;
    }
    each_block(blocks, states, |block, first| {
        for (plane, state) in now.iter().zip(&mut state) {
            move_out(states, block, at, &plane[first..], state);
        }
    });
}

/// Calls `f` with each block and where its states start.
#[inline(always)]
fn each_block(blocks: &[Block], states: usize, mut f: impl FnMut(&Block, usize)) {
    let mut first = 0;
    for block in blocks {
        f(block, first);
        first += block.width * states;
    }
}

fn thirds<F>(data: &mut [F]) -> [&mut [F]; 3] {
    let (x, rest) = data.split_at_mut(data.len() / 3);
    let (y, z) = rest.split_at_mut(rest.len() / 2);
    [x, y, z]
}

/// The states of a block, from `[columns, states]` to `[states, width]`.
fn move_in<F: Real, const P: usize>(
    states: usize,
    block: &Block,
    at: &Stretch,
    from: &[&mut [F]; P],
    first: usize,
    to: &mut [&mut [F]; P],
) {
    for (from, to) in from.iter().zip(to) {
        let to = &mut to[first..][..block.width * states];
        for (lane, c) in block.columns.clone().enumerate() {
            let own = &from[(c - at.columns.start) * states..][..states];
            to.iter_mut()
                .skip(lane)
                .step_by(block.width)
                .zip(own)
                .for_each(|(to, &from)| *to = from);
        }
    }
}

/// The states of a block, from `[states, width]` to `[columns, states]`.
fn move_out<F: Real>(states: usize, block: &Block, at: &Stretch, from: &[F], to: &mut [F]) {
    let from = &from[..block.width * states];
    for (lane, c) in block.columns.clone().enumerate() {
        let own = &mut to[(c - at.columns.start) * states..][..states];
        own.iter_mut()
            .zip(from.iter().skip(lane).step_by(block.width))
            .for_each(|(to, &from)| *to = from);
    }
}

/// A vector of a row that may end within it.
#[inline(always)]
pub(super) fn load<S: Simd, F: Real>(simd: S, row: &[F], first: usize) -> F::Vector<S> {
    let size = F::Vector::<S>::LEN;
    if let Some(whole) = row.get(first..first + size) {
        return F::Vector::from_slice(simd, whole);
    }
    let mut lanes = [F::zero(); 8];
    let rest = row.get(first..).unwrap_or(&[]);
    lanes[..rest.len()].copy_from_slice(rest);
    F::Vector::from_slice(simd, &lanes[..size])
}

/// Fills a tile with what does not depend on states. Whether every exponent is of a normal number.
#[inline(always)]
fn prepare<S: Simd, F: Real, const P: usize>(
    simd: S,
    call: &SelectiveScan<'_, F, P>,
    table: &Table<F>,
    block: &Block,
    tile: &mut Tile<'_, F>,
) -> bool {
    let [bias, skip, most] = [0, 1, 2].map(|k| table.row(block, k));
    let bound = F::Vector::splat(simd, safe_power::<F>());
    let mut is_safe = true;
    for (k, &row) in tile.rows.iter().enumerate() {
        let own = row * call.dims.channels + block.columns.start
            ..row * call.dims.channels + block.columns.end;
        let (dt, u) = (&call.inputs.dt[own.clone()], &call.inputs.u[own]);
        for first in (0..block.width).step_by(F::Vector::<S>::LEN) {
            let [bias, skip, most] = [bias, skip, most].map(|row| load::<S, F>(simd, row, first));
            let u = load::<S, F>(simd, u, first);
            let dt = load::<S, F>(simd, dt, first) + bias;
            let delta = if call.inputs.softplus { softplus(dt) } else { dt };
            is_safe &= (delta.abs() * most).simd_lt(bound).all_true();
            let i = k * block.width + first;
            delta.store_slice(&mut tile.delta[i..][..F::Vector::<S>::LEN]);
            crate::real::flush(delta * u).store_slice(&mut tile.input[i..][..F::Vector::<S>::LEN]);
            let y = if call.inputs.d.is_some() { skip * u } else { skip };
            y.store_slice(&mut tile.y[i..][..F::Vector::<S>::LEN]);
        }
    }
    is_safe
}

/// Adds a tile's `delta` to the sums of its columns.
fn add_up<F: Real>(at: &Stretch, block: &Block, tile: &Tile<'_, F>, elapsed: &mut [f64]) {
    let own = block.columns.start - at.columns.start..block.columns.end - at.columns.start;
    for row in tile.delta.chunks_exact(block.width) {
        elapsed[own.clone()].iter_mut().zip(row).for_each(|(sum, delta)| *sum += delta.wide());
    }
}

/// Gates a tile's outputs and writes them.
#[inline(always)]
fn finish<S: Simd, F: Real, const P: usize>(
    simd: S,
    call: &SelectiveScan<'_, F, P>,
    at: &Stretch,
    block: &Block,
    tile: &Tile<'_, F>,
    out: &mut RowsMut<'_, F>,
) {
    let size = F::Vector::<S>::LEN;
    let columns = block.columns.start - at.columns.start..block.columns.end - at.columns.start;
    for (&row, y) in tile.rows.iter().zip(tile.y.chunks_exact(block.width)) {
        let out = &mut out.row(row - at.rows.start)[columns.clone()];
        let z = call.inputs.z.map(|z| &z[row * call.dims.channels..][block.columns.clone()]);
        for first in (0..out.len()).step_by(size) {
            let mut y = F::Vector::from_slice(simd, &y[first..][..size]);
            if let Some(z) = z {
                y *= silu(load::<S, F>(simd, z, first));
            }
            match out.get_mut(first..first + size) {
                Some(whole) => y.store_slice(whole),
                None => {
                    let rest = &mut out[first..];
                    rest.copy_from_slice(&y.as_slice()[..rest.len()]);
                }
            }
        }
    }
}
