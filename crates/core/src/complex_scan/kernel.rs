//! One stretch of one sequence.

use super::ComplexCarry;
use crate::{
    Real,
    layout::Stretch,
    rows::{Rows, RowsMut, walk},
};
use fearless_simd::Simd;

/// Advances `state` through a stretch, writing every state it passes to the outputs.
#[inline(always)]
pub(crate) fn advance<S: Simd, F: Real>(
    _: S,
    at: &Stretch,
    inputs: [Rows<'_, F>; 4],
    [re, im]: [&mut [F]; 2],
    out: [RowsMut<'_, F>; 2],
) {
    walk(at.rows.len(), at.reverse, inputs, out, |[ar, ai, br, bi], [hr, hi]| {
        step([ar, ai], [br, bi], re, im);
        hr.copy_from_slice(re);
        hi.copy_from_slice(im);
    });
}

/// Reduces a stretch to its carry.
#[inline(always)]
pub(super) fn summarize<S: Simd, F: Real>(
    _: S,
    at: &Stretch,
    inputs: [Rows<'_, F>; 4],
    carry: &mut ComplexCarry<F>,
) {
    let ComplexCarry { a: [pr, pi], b: [re, im] } = carry;
    walk(at.rows.len(), at.reverse, inputs, [], |[ar, ai, br, bi], []| {
        turn([ar, ai], pr, pi);
        step([ar, ai], [br, bi], re, im);
    });
}

/// `h = a h + b`.
#[inline(always)]
fn step<F: Real>([ar, ai]: [&[F]; 2], [br, bi]: [&[F]; 2], re: &mut [F], im: &mut [F]) {
    let gates = ar.iter().zip(ai);
    let inputs = br.iter().zip(bi);
    for (((x, y), (&ar, &ai)), (&br, &bi)) in re.iter_mut().zip(im).zip(gates).zip(inputs) {
        let (next, turned) = (ar * *x - ai * *y + br, ar * *y + ai * *x + bi);
        (*x, *y) = (next.flushed(), turned.flushed());
    }
}

/// `p = a p`.
#[inline(always)]
fn turn<F: Real>([ar, ai]: [&[F]; 2], re: &mut [f64], im: &mut [f64]) {
    for ((x, y), (&ar, &ai)) in re.iter_mut().zip(im).zip(ar.iter().zip(ai)) {
        let (ar, ai) = (ar.wide(), ai.wide());
        let (next, turned) = (ar * *x - ai * *y, ar * *y + ai * *x);
        (*x, *y) = (next.flushed(), turned.flushed());
    }
}
