//! One stretch of one sequence: tiles of a few steps and a block of channels, so that what a tile reads more than
//! once stays in a core's first cache.

use super::{
    SelectiveScan,
    backward::Kept,
    complex, kernel,
    table::{BLOCK, Block, Table},
    tile::{TILE, Tile, add_up, ask_for, finish, prepare},
};
use crate::{Real, home::Home, layout::Stretch, rows::RowsMut};
use fearless_simd::{Level, Simd, dispatch};

/// Moves `state` (`[columns, states]`) through a stretch. `out` is `y` and the planes of all states, or only `y`,
/// or nothing; `elapsed`, if not empty, gets the sums of `delta`, and `kept` the states on the way.
pub(super) fn sweep<F: Real, const P: usize>(
    level: Level,
    call: &SelectiveScan<'_, F, P>,
    table: &Table<F>,
    at: &Stretch,
    state: [&mut [F]; P],
    out: &mut [RowsMut<'_, F>],
    (elapsed, kept): (&mut [f64], Option<&mut Kept<F, P>>),
) {
    let own;
    let (table, blocks) = match table.blocks(&at.columns) {
        Some(blocks) => (table, blocks),
        None => {
            own = Table::new(call, at.columns.clone());
            (&own, &own.blocks[..])
        }
    };
    dispatch!(level, simd => tiles(simd, call, (table, blocks), at, state, out, (elapsed, kept)));
}

#[inline(always)]
fn tiles<S: Simd, F: Real, const P: usize>(
    simd: S,
    call: &SelectiveScan<'_, F, P>,
    (table, blocks): (&Table<F>, &[Block]),
    at: &Stretch,
    mut state: [&mut [F]; P],
    out: &mut [RowsMut<'_, F>],
    (elapsed, mut kept): (&mut [f64], Option<&mut Kept<F, P>>),
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
        if let Some(kept) = &mut kept {
            kept.pass(at.elapsed() + done, &now);
        }
        let count = (most - (at.elapsed() + done) % most).min(at.rows.len() - done);
        for (k, row) in rows[..count].iter_mut().enumerate() {
            *row = at.rows.start + at.row(done + k);
        }
        let mut first = 0;
        for (k, block) in blocks.iter().enumerate() {
            match blocks.get(k + 1) {
                Some(next) => ask_for(call, &rows[..count], next),
                None => {
                    let left = done + count..at.rows.len().min(done + count + most);
                    let mut next = [0; TILE];
                    let coming = left.map(|k| at.rows.start + at.row(k));
                    let coming = next.iter_mut().zip(coming).map(|(next, row)| *next = row).count();
                    ask_for(call, &next[..coming], &blocks[0]);
                }
            }
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
pub(super) fn each_block(blocks: &[Block], states: usize, mut f: impl FnMut(&Block, usize)) {
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
pub(super) fn move_in<F: Real, const P: usize>(
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
pub(super) fn move_out<F: Real>(
    states: usize,
    block: &Block,
    at: &Stretch,
    from: &[F],
    to: &mut [F],
) {
    let from = &from[..block.width * states];
    for (lane, c) in block.columns.clone().enumerate() {
        let own = &mut to[(c - at.columns.start) * states..][..states];
        own.iter_mut()
            .zip(from.iter().skip(lane).step_by(block.width))
            .for_each(|(to, &from)| *to = from);
    }
}
