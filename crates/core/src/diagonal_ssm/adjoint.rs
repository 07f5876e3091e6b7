//! The backward pass of single sequences: their states are computed once more, and then walked back in chunks.

use super::{kernel, sums::Sums};
use crate::{
    Real,
    layout::Stretch,
    mimo::{Mimo, Planes},
    product::{Matrix, multiply, multiply_rows},
};
use fearless_simd::{Level, Simd, dispatch};
use std::ops::Range;

/// What all sequences share.
pub(super) struct Sequence<'a, F> {
    /// With weights that have the gains in them.
    pub(super) mimo: &'a Mimo<'a, F>,
    pub(super) planes: &'a Planes<F>,
    /// The poles.
    pub(super) a: [&'a [F]; 2],
    pub(super) level: Level,
    /// The states that entered, or nothing.
    pub(super) entering: [&'a [F]; 2],
    /// The gradient of the output.
    pub(super) dy: &'a [F],
}

impl<F: Real> Sequence<'_, F> {
    pub(super) fn sums(&self) -> Sums<F> {
        Sums::new(self.mimo.states, self.mimo.dims.channels)
    }

    /// The sums of some sequences; fills their part of the input's gradient, and turns the gradients of the states that
    /// leave into those of the states that enter.
    pub(super) fn all(
        &self,
        sequences: Range<usize>,
        du: &mut [F],
        [re, im]: [&mut [F]; 2],
    ) -> Sums<F> {
        let (layout, states, channels) =
            (&self.mimo.layout, self.mimo.states, self.mimo.dims.channels);
        let mut sums = self.sums();
        let origin = layout.padded(sequences.start).start;
        du.fill(F::zero());
        for (k, sequence) in sequences.enumerate() {
            let rows = layout.rows(sequence);
            let at = layout.stretch(sequence, rows.clone(), 0..1);
            let x = self.states(&at);
            let own = k * states..(k + 1) * states;
            let mut c = [&mut re[own.clone()], &mut im[own]];
            let parts: Vec<_> = at.parts(self.mimo.shape().chunk).collect();
            for part in parts.iter().rev() {
                let du = &mut du
                    [(part.rows.start - origin) * channels..(part.rows.end - origin) * channels];
                self.chunk(part, &x, &mut c, du, &mut sums);
            }
        }
        sums
    }

    fn entering(&self, sequence: usize) -> [Vec<F>; 2] {
        let states = self.mimo.states;
        self.entering.map(|plane| {
            plane
                .get(sequence * states..(sequence + 1) * states)
                .map_or_else(|| vec![F::zero(); states], <[F]>::to_vec)
        })
    }

    /// Every state of a sequence, `[rows, 2, states]`.
    fn states(&self, at: &Stretch) -> Vec<F> {
        let Mimo { u, dims, states, .. } = *self.mimo;
        let (width, channels) = (2 * states, dims.channels);
        let mut x = vec![F::zero(); at.rows.len() * width];
        let mut state = self.entering(at.sequence);
        for part in at.parts(self.mimo.shape().chunk) {
            let local = at.local(&part.rows);
            let own = &mut x[local.start * width..local.end * width];
            let u = &u[part.rows.start * channels..part.rows.end * channels];
            multiply_rows(self.level, u, channels, self.planes.input(), F::zero(), own);
            self.mimo.walk(&part, |row, is_fresh| {
                if is_fresh {
                    state.iter_mut().for_each(|plane| plane.fill(F::zero()));
                }
                let (re, im) = own[(row - part.rows.start) * width..][..width].split_at_mut(states);
                let [x, y] = state.each_mut().map(Vec::as_mut_slice);
                dispatch!(self.level, simd => kernel::advance(simd, self.a, [x, y], [re, im]));
            });
        }
        x
    }

    /// Walks a chunk back; `c` is what comes from the steps after it, and then what goes to those before.
    fn chunk(
        &self,
        part: &Stretch,
        x: &[F],
        c: &mut [&mut [F]; 2],
        du: &mut [F],
        sums: &mut Sums<F>,
    ) {
        let Mimo { u, dims, states, weights, layout, .. } = *self.mimo;
        let (width, channels, count) = (2 * states, dims.channels, part.rows.len());
        let signal = part.rows.start * channels..part.rows.end * channels;
        let (u, dy) = (&u[signal.clone()], &self.dy[signal]);
        let mut g = vec![F::zero(); count * width];
        multiply_rows(self.level, dy, channels, self.planes.output_back(), F::zero(), &mut g);
        let zeros = vec![F::zero(); width];
        let entering = self.entering(part.sequence).concat();
        let x_of = |row: usize| &x[(row - part.all.start) * width..][..width];
        for k in (0..count).rev() {
            let local = part.row(k);
            let row = part.rows.start + local;
            let is_fresh = layout.options().reset.is_some_and(|reset| reset[row] != 0);
            let is_first = row == if part.reverse { part.all.end - 1 } else { part.all.start };
            let before = if is_fresh {
                &zeros[..]
            } else if is_first {
                &entering[..]
            } else {
                x_of(if part.reverse { row + 1 } else { row - 1 })
            };
            let g = &mut g[local * width..][..width];
            let own = c.each_mut().map(|plane| &mut **plane);
            let da = sums.a.each_mut().map(Vec::as_mut_slice);
            dispatch!(self.level, simd => back(simd, self.a, before, own, g, da));
            if is_fresh {
                c.iter_mut().for_each(|plane| plane.fill(F::zero()));
            }
        }
        let turned =
            |data, rows: usize| Matrix { data, rows, columns: count, row: 1, column: rows };
        let x = &x[(part.rows.start - part.all.start) * width..][..count * width];
        multiply(F::one(), turned(&g, width), turned(u, channels), F::one(), &mut sums.input);
        multiply(F::one(), turned(dy, channels), turned(x, width), F::one(), &mut sums.output);
        multiply_rows(self.level, &g, width, self.planes.input_back(), F::zero(), du);
        let one = channels.max(1);
        let rows = du.chunks_exact_mut(one).zip(u.chunks_exact(one)).zip(dy.chunks_exact(one));
        for ((du, u), dy) in rows {
            sums.skip.iter_mut().zip(u).zip(dy).for_each(|((sum, &u), &dy)| *sum += u * dy);
            if let Some(skip) = weights.skip {
                du.iter_mut().zip(dy).zip(skip).for_each(|((du, &dy), &d)| *du += d * dy);
            }
        }
    }
}

/// `g = dx + c`, `c = conj(a) g`, and `da += g conj(x')`; `g` holds `dx` first.
#[inline(always)]
fn back<S: Simd, F: Real>(
    _: S,
    [ar, ai]: [&[F]; 2],
    before: &[F],
    [cr, ci]: [&mut [F]; 2],
    g: &mut [F],
    [dr, di]: [&mut [F]; 2],
) {
    let (gr, gi) = g.split_at_mut(ar.len());
    let (xr, xi) = before.split_at(ar.len());
    let states = gr.iter_mut().zip(gi).zip(cr.iter_mut().zip(ci)).zip(dr.iter_mut().zip(di));
    let given = ar.iter().zip(ai).zip(xr.iter().zip(xi));
    for ((((gr, gi), (cr, ci)), (dr, di)), ((&ar, &ai), (&xr, &xi))) in states.zip(given) {
        let (re, im) = (*gr + *cr, *gi + *ci);
        (*gr, *gi) = (re, im);
        (*cr, *ci) = ((ar * re + ai * im).flushed(), (ar * im - ai * re).flushed());
        *dr += re * xr + im * xi;
        *di += im * xr - re * xi;
    }
}
