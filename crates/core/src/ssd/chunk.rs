//! A stretch of one sequence, chunk after chunk: by matrix products where that pays, else by steps.

use super::{Ssd, gates::Gates, matrix::Local, room::Room, step};
use crate::{
    Plan, Real,
    driver::Context,
    layout::Stretch,
    link::{Chained, Link},
    real::all_finite,
    rows::RowsMut,
};
use fearless_simd::{Level, dispatch};
use std::ops::Range;

/// A chunk of a stretch.
pub(super) struct Chunk<F> {
    pub(super) at: Stretch,
    pub(super) gates: Gates<F>,
}

/// Runs a stretch: the state that enters comes from `link`, the one that leaves goes there.
pub(super) fn run<F: Real>(
    ssd: &Ssd<'_, F>,
    context: Context<'_>,
    at: &Stretch,
    link: Link<'_, F, 1>,
    mut out: RowsMut<'_, F>,
) {
    let level = context.level;
    let chunks = at.parts(ssd.chunk()).map(|at| Chunk { gates: Gates::new(ssd, level, &at), at });
    let mut room = Room::default();
    match link {
        Link::Alone([state]) => {
            let mut local = Local::default();
            for chunk in chunks {
                let mut out = out.reborrow(at.local(&chunk.at.rows));
                if !is_by_matrices(ssd, &chunk.at) {
                    chunk.step(ssd, level, state, &mut out);
                    continue;
                }
                for heads in tiles(ssd, &at.columns) {
                    local.fill(ssd, level, &chunk, heads, &mut room);
                    local.finish(ssd, level, &chunk, state, (&mut room, &mut out));
                }
            }
        }
        Link::Chained(link) => chained(ssd, level, chunks.collect(), link, (&mut room, &mut out)),
    }
}

/// Chunks whose entering state is not known yet: all that does not depend on it is done before.
fn chained<F: Real>(
    ssd: &Ssd<'_, F>,
    level: Level,
    chunks: Vec<Chunk<F>>,
    mut link: Chained<'_, F, 1>,
    (room, out): (&mut Room<F>, &mut RowsMut<'_, F>),
) {
    let locals = |chunk: &Chunk<F>| -> Vec<Local<F>> {
        let fill = |heads| {
            let mut local = Local::default();
            local.fill(ssd, level, chunk, heads, room);
            local
        };
        let is_by_matrices = is_by_matrices(ssd, &chunk.at);
        tiles(ssd, &chunk.at.columns).filter(|_| is_by_matrices).map(fill).collect()
    };
    let mut locals: Vec<_> = chunks.iter().map(locals).collect();
    let mut state = link.enter();
    let mut is_known =
        locals.iter().all(|tiles| !tiles.is_empty() && tiles.iter().all(Local::is_sound));
    if is_known && all_finite(&state[0]) {
        let mut leaving = state.clone();
        for (chunk, tiles) in chunks.iter().zip(&locals) {
            tiles.iter().for_each(|local| local.leave(ssd, level, chunk, &mut leaving[0]));
        }
        is_known = all_finite(&leaving[0]);
        if is_known {
            link.leave(&leaving);
        }
    } else {
        is_known = false;
    }
    let first = chunks.iter().map(|chunk| chunk.at.rows.start).min().unwrap_or(0);
    for (chunk, tiles) in chunks.iter().zip(&mut locals) {
        let rows = chunk.at.rows.start - first..chunk.at.rows.end - first;
        let mut out = out.reborrow(rows);
        if tiles.is_empty() {
            chunk.step(ssd, level, &mut state[0], &mut out);
        }
        for local in tiles {
            local.finish(ssd, level, chunk, &mut state[0], (room, &mut out));
        }
    }
    if !is_known {
        link.leave(&state);
    }
}

/// Whether matrix products pay.
pub(super) fn is_by_matrices<F: Real>(ssd: &Ssd<'_, F>, at: &Stretch) -> bool {
    let area = ssd.sizes.head_dim * ssd.sizes.states;
    at.rows.len() >= Plan::SSD_STEPS && area >= Plan::SSD_AREA
}

/// Heads that are computed together: of one group, and the same ones however heads are cut.
pub(super) fn tiles<F: Real>(
    ssd: &Ssd<'_, F>,
    heads: &Range<usize>,
) -> impl Iterator<Item = Range<usize>> {
    let (tile, mut next, end) = (ssd.tile(), heads.start, heads.end);
    std::iter::from_fn(move || {
        let first = next;
        let last = ((first / tile + 1) * tile).min(end);
        while next < last && ssd.group(next) == ssd.group(first) {
            next += 1;
        }
        (first < end).then_some(first..next)
    })
}

impl<F: Real> Chunk<F> {
    /// Moves the state of a head on by steps; `state` and `out` are those of all heads of the chunk.
    pub(super) fn step_head(
        &self,
        ssd: &Ssd<'_, F>,
        level: Level,
        head: usize,
        state: &mut [F],
        out: &mut RowsMut<'_, F>,
    ) {
        let own = self.state(ssd, &(head..head + 1));
        let (at, gates) = (&self.at, &self.gates);
        dispatch!(level, simd => step::run(simd, ssd, (at, gates), head, &mut state[own], out));
    }

    fn step(&self, ssd: &Ssd<'_, F>, level: Level, state: &mut [F], out: &mut RowsMut<'_, F>) {
        for head in self.at.columns.clone() {
            self.step_head(ssd, level, head, state, out);
        }
    }

    /// Where the state of some heads stands among that of all heads of the chunk.
    pub(super) fn state(&self, ssd: &Ssd<'_, F>, heads: &Range<usize>) -> Range<usize> {
        let size = ssd.sizes.head_dim * ssd.sizes.states;
        let first = self.at.columns.start;
        (heads.start - first) * size..(heads.end - first) * size
    }
}
