//! The way back through a sequence, segment by segment, and through a segment block by block.

use super::{
    super::{
        SelectiveScan, sweep,
        table::{BLOCK, Block},
        tile::{Tile, prepare},
    },
    around::{Out, Signals, ask_for, begin, end},
    complex,
    job::Call,
    kernel::{MOST, States, walk},
    segments::{Kept, Segment, segments},
    sums::Ledger,
};
use crate::{Real, home::Home, layout::Stretch};
use fearless_simd::{Simd, prelude::*};
use std::ops::Range;

/// The way back through a sequence.
pub(super) struct Back<'b, 'c, F, const P: usize> {
    pub(super) call: &'b Call<'c, F, P>,
    pub(super) blocks: &'b [Block],
    pub(super) at: &'b Stretch,
    pub(super) kept: &'b Kept<F, P>,
    /// The first row of the job.
    pub(super) origin: usize,
}

impl<F: Real, const P: usize> Back<'_, '_, F, P> {
    #[inline(always)]
    pub(super) fn run<S: Simd>(
        &self,
        simd: S,
        mut state: [&mut [F]; P],
        out: &mut Out<'_, F>,
        ledger: &mut Ledger<F, P>,
    ) {
        let (scan, at, every) = (self.call.scan, self.at, self.call.every);
        let total = self.blocks.iter().map(|block| block.width * scan.states).sum();
        let mut homes = [(); P].map(|()| Home::zeros::<F>(total));
        let mut carry = homes.each_mut().map(Home::numbers);
        sweep::each_block(self.blocks, scan.states, |block, first| {
            sweep::move_in(scan.states, block, at, &state, first, &mut carry);
        });
        let mut scratch = Home::zeros::<F>(6 * every * BLOCK);
        let mut room = Home::zeros::<F>(every * 2 * P * MOST * F::Wide::<S>::LEN);
        let segments = segments(&scan.layout, at, every);
        for (i, &segment) in segments.iter().enumerate().rev() {
            let rows = self.rows(segment);
            let next = i.checked_sub(1).map_or(Vec::new(), |i| self.rows(segments[i]));
            let room = room.numbers();
            let rooms = (scratch.numbers(), room);
            self.segment(simd, segment, [&rows, &next], rooms, &mut carry, (out, ledger));
            if segment.is_fresh {
                carry.iter_mut().for_each(|plane| plane.fill(F::zero()));
            }
        }
        sweep::each_block(self.blocks, scan.states, |block, first| {
            for (carry, state) in carry.iter().zip(&mut state) {
                sweep::move_out(scan.states, block, at, &carry[first..], state);
            }
        });
    }

    /// The rows of a segment, in time order.
    fn rows(&self, segment: Segment) -> Vec<usize> {
        let Range { start, end } = self.at.all;
        let steps = segment.elapsed..segment.elapsed + segment.count;
        steps.map(|k| if self.at.reverse { end - 1 - k } else { start + k }).collect()
    }

    /// Walks all blocks back through a segment, given its rows and those of what comes next.
    #[inline(always)]
    fn segment<S: Simd>(
        &self,
        simd: S,
        segment: Segment,
        [rows, next]: [&[usize]; 2],
        (scratch, room): (&mut [F], &mut [F]),
        carry: &mut [&mut [F]; P],
        (out, ledger): (&mut Out<'_, F>, &mut Ledger<F, P>),
    ) {
        let Call { scan, table, dy: given, .. } = *self.call;
        let (states, inputs, spread) = (scan.states, &scan.inputs, scan.spread);
        let (groups, steps) = (self.call.groups(&self.at.columns), segment.count);
        let [mut b, mut c] = [Vec::new(), Vec::new()];
        let mut first = 0;
        for (i, block) in self.blocks.iter().enumerate() {
            if i == 0 || self.blocks[i - 1].group != block.group {
                let of_group = |planes, is_fixed| of_steps(scan, block, rows, planes, is_fixed);
                b = of_group(inputs.b, spread.has_fixed_b);
                c = of_group(inputs.c, spread.has_fixed_c);
                ledger.begin();
            }
            match self.blocks.get(i + 1) {
                Some(after) => ask_for(scan, rows, after, given),
                None => ask_for(scan, next, &self.blocks[0], given),
            }
            let size = steps * block.width;
            let mut parts = scratch.chunks_exact_mut(size.max(1));
            let mut part = || parts.next().unwrap_or(&mut []);
            let (delta, input, y) = (part(), part(), part());
            let mut tile = Tile { delta, input, y, rows };
            let is_safe = prepare(simd, scan, table, block, &mut tile);
            let Tile { delta, input, y, .. } = tile;
            let (dy, of_input, of_delta) = (part(), part(), part());
            let mut signals = Signals { delta, input, y, dy, of_input, of_delta, steps, first };
            begin(simd, scan, block, rows, given, &mut signals);
            let own = first * states..(first + block.width) * states;
            let start = (!segment.is_fresh)
                .then(|| self.kept.start(segment).map(|plane| &plane[own.clone()]));
            let carry = carry.each_mut().map(|plane| &mut plane[own.clone()]);
            let mut of_block = States { start, carry, rows: [&b, &c], room };
            let on = (table, block);
            match (P, is_safe && !spread.has_fixed_b && !spread.has_fixed_c) {
                (1, true) => walk::<false, false, _, _, _>(
                    simd,
                    scan,
                    on,
                    &mut signals,
                    &mut of_block,
                    ledger,
                ),
                (1, false) => {
                    walk::<true, true, _, _, _>(simd, scan, on, &mut signals, &mut of_block, ledger)
                }
                _ => complex::walk(simd, scan, on, &mut signals, &mut of_block, ledger),
            }
            end(
                simd,
                scan,
                on,
                (rows, given),
                &signals,
                (out, [self.origin, self.at.columns.start]),
                ledger,
            );
            first += block.width;
            if self.blocks.get(i + 1).is_none_or(|next| next.group != block.group) {
                let place = |k: usize| {
                    ((rows[k] - self.origin) * groups.len() + block.group - groups.start) * states
                };
                ledger.end(simd, [steps, states], place);
            }
        }
    }
}

/// The rows of `B` or `C` of some steps, of a block's group; none where it is the same at every step.
fn of_steps<'a, F: Real, const P: usize>(
    scan: &SelectiveScan<'_, F, P>,
    block: &Block,
    rows: &[usize],
    planes: [&'a [F]; P],
    is_fixed: bool,
) -> Vec<[&'a [F]; P]> {
    let own = |row: &usize| (row * scan.spread.groups + block.group) * scan.states;
    let cut = |row| planes.map(|plane| &plane[own(row)..][..scan.states]);
    rows.iter().filter(|_| !is_fixed).map(cut).collect()
}
