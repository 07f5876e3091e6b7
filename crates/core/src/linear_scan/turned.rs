//! One step of the recurrence that runs the other way.

use super::LinearCarry;
use crate::{
    Real,
    lanes::Step,
    layout::Stretch,
    real::flush,
    rows::{Rows, walk},
};
use fearless_simd::{Simd, prelude::*};

/// `g = dh + c`, `c = a g`; the gates' gradient is `g h'`, the inputs' `g`.
#[derive(Clone, Copy)]
pub(super) struct Back;

impl Step<3, 1, 2> for Back {
    #[inline(always)]
    fn step<S: Simd, F: Real, V>(self, [a, dh, before]: [V; 3], [c]: [V; 1]) -> ([V; 1], [V; 2])
    where
        V: SimdFloat<S, Element = F>,
    {
        let g = dh + c;
        ([flush(a * g)], [g * before, g])
    }
}

/// The same, giving nothing.
#[derive(Clone, Copy)]
pub(super) struct Onward;

impl Step<2, 1, 0> for Onward {
    #[inline(always)]
    fn step<S: Simd, F: Real, V>(self, [a, dh]: [V; 2], [c]: [V; 1]) -> ([V; 1], [V; 0])
    where
        V: SimdFloat<S, Element = F>,
    {
        ([flush(a * (dh + c))], [])
    }
}

#[inline(always)]
pub(super) fn summarize<S: Simd, F: Real>(
    _: S,
    at: &Stretch,
    inputs: [Rows<'_, F>; 2],
    carry: &mut LinearCarry<F>,
) {
    walk(at.rows.len(), at.reverse, inputs, |_, [a, dh]| {
        for (((p, c), &a), &dh) in carry.a.iter_mut().zip(&mut carry.b).zip(a).zip(dh) {
            *p = (a.wide() * *p).flushed();
            *c = (a * (dh + *c)).flushed();
        }
    });
}
