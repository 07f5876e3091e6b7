//! What is done around the recurrence of a segment: gates, skips and step sizes.

use super::super::{
    SelectiveScan,
    kernel::vector,
    table::{BLOCK, Block, Table},
    tile::{self, filled},
};
use super::sums::Ledger;
use crate::{
    Real,
    math::{sigmoid, silu},
    rows::RowsMut,
    stream::prefetch,
};
use fearless_simd::{Simd, prelude::*};

/// What a segment has of a block of channels, in time order, `[steps, width]` each.
pub(super) struct Signals<'t, F> {
    pub(super) delta: &'t mut [F],
    /// `delta u`.
    pub(super) input: &'t mut [F],
    /// What is read, before the gate.
    pub(super) y: &'t mut [F],
    /// The gradient of that.
    pub(super) dy: &'t mut [F],
    /// The gradient of `delta u`.
    pub(super) of_input: &'t mut [F],
    /// The gradient of `delta` where it decays, times `log2(e)`.
    pub(super) of_delta: &'t mut [F],
    pub(super) steps: usize,
    /// Channels of the blocks before, those included that fill them up.
    pub(super) first: usize,
}

/// The gradients of signals, rows of a job's sequences; `z` is empty where there is none.
pub(super) struct Out<'o, F> {
    pub(super) u: RowsMut<'o, F>,
    pub(super) dt: RowsMut<'o, F>,
    pub(super) z: RowsMut<'o, F>,
}

/// Asks for the signals of a block that comes next.
#[inline(always)]
pub(super) fn ask_for<F: Real, const P: usize>(
    call: &SelectiveScan<'_, F, P>,
    rows: &[usize],
    block: &Block,
    given: &[F],
) {
    tile::ask_for(call, rows, block);
    for row in rows.iter().filter(|_| size_of_val(given) >= tile::HELD) {
        for c in block.columns.clone().step_by(128 / size_of::<F>()) {
            prefetch(given, row * call.dims.channels + c);
        }
    }
}

/// Fills `dy`, given the gradient of the outputs, `[rows, channels]`, and clears the others.
#[inline(always)]
pub(super) fn begin<S: Simd, F: Real, const P: usize>(
    simd: S,
    call: &SelectiveScan<'_, F, P>,
    block: &Block,
    rows: &[usize],
    given: &[F],
    signals: &mut Signals<'_, F>,
) {
    let (size, width) = (F::Wide::<S>::LEN, block.width);
    let mut rooms = [[F::zero(); BLOCK]; 2];
    for (&row, out) in rows.iter().zip(signals.dy.chunks_exact_mut(width)) {
        let own = row * call.dims.channels;
        let own = own + block.columns.start..own + block.columns.end;
        let [dy_room, z_room] = &mut rooms;
        let dy = filled(&given[own.clone()], width, dy_room);
        let Some(z) = call.inputs.z else {
            out.copy_from_slice(dy);
            continue;
        };
        let z = filled(&z[own], width, z_room);
        let rows = dy.chunks_exact(size).zip(z.chunks_exact(size));
        for ((dy, z), out) in rows.zip(out.chunks_exact_mut(size)) {
            let gate = silu(F::Wide::from_slice(simd, z));
            (F::Wide::from_slice(simd, dy) * gate).store_slice(out);
        }
    }
    signals.of_input.fill(F::zero());
    signals.of_delta.fill(F::zero());
}

/// Writes the gradients of the signals of `rows`, `local` of a job's first, and adds to those of `D` and `dtBias`.
#[inline(always)]
pub(super) fn end<S: Simd, F: Real, const P: usize>(
    simd: S,
    call: &SelectiveScan<'_, F, P>,
    (table, block): (&Table<F>, &Block),
    (rows, given): (&[usize], &[F]),
    signals: &Signals<'_, F>,
    (out, origin): (&mut Out<'_, F>, [usize; 2]),
    ledger: &mut Ledger<F, P>,
) {
    let (size, width, inputs) = (F::Wide::<S>::LEN, block.width, &call.inputs);
    let [one, ln2] = [1.0, std::f64::consts::LN_2].map(|x| F::Wide::<S>::splat(simd, F::of(x)));
    let [bias, skip] = [0, 1].map(|k| table.row(block, k));
    let columns = block.columns.start - origin[1]..block.columns.end - origin[1];
    let mut rooms = [[F::zero(); BLOCK]; 4];
    let mut made = [[F::zero(); BLOCK]; 3];
    let mut sums = [[F::zero(); BLOCK]; 2];
    for (k, &row) in rows.iter().enumerate() {
        let own = row * call.dims.channels;
        let own = own + block.columns.start..own + block.columns.end;
        let [u_room, dt_room, z_room, dy_room] = &mut rooms;
        let u_row = filled(&inputs.u[own.clone()], width, u_room);
        let dt_row = filled(&inputs.dt[own.clone()], width, dt_room);
        let dy_row = filled(&given[own.clone()], width, dy_room);
        let z_row = inputs.z.map(|z| filled(&z[own], width, z_room));
        for first in (0..width).step_by(size) {
            let at = k * width + first;
            let u = vector(simd, u_row, first);
            let dy = vector(simd, signals.dy, at);
            let of_input = vector(simd, signals.of_input, at);
            let through = of_input * vector(simd, signals.delta, at);
            let of_u = if inputs.d.is_some() {
                dy.mul_add(vector(simd, skip, first), through)
            } else {
                through
            };
            let mut of_dt = of_input.mul_add(u, vector(simd, signals.of_delta, at) * ln2);
            if inputs.softplus {
                of_dt *= sigmoid(vector(simd, dt_row, first) + vector(simd, bias, first));
            }
            of_u.store_slice(&mut made[0][first..first + size]);
            of_dt.store_slice(&mut made[1][first..first + size]);
            if let Some(z) = z_row {
                let z = vector(simd, z, first);
                let share = sigmoid(z);
                let slope = share * z.mul_add(one - share, one);
                let of_z = vector(simd, dy_row, first) * vector(simd, signals.y, at) * slope;
                of_z.store_slice(&mut made[2][first..first + size]);
            }
            let of_d = dy.mul_add(u, vector(simd, &sums[0], first));
            of_d.store_slice(&mut sums[0][first..first + size]);
            (of_dt + vector(simd, &sums[1], first)).store_slice(&mut sums[1][first..first + size]);
        }
        let local = row - origin[0];
        out.u.row(local)[columns.clone()].copy_from_slice(&made[0][..columns.len()]);
        out.dt.row(local)[columns.clone()].copy_from_slice(&made[1][..columns.len()]);
        if z_row.is_some() {
            out.z.row(local)[columns.clone()].copy_from_slice(&made[2][..columns.len()]);
        }
    }
    for (total, sums) in ledger.of_channels.iter_mut().zip(&sums) {
        let total = &mut total[signals.first..signals.first + width];
        total.iter_mut().zip(sums).for_each(|(total, sum)| *total += sum.wide());
    }
}
