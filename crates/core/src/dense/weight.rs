//! Weights as they are kept: as numbers, or in 16 bits, which are widened where they are used.

use crate::{Real, dots::Stored};
use bytemuck::{Pod, Zeroable};
use std::ops::Range;

/// How weights are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// As the numbers that they are multiplied with.
    Full,
    /// As the upper halves of `f32` (bfloat16).
    Brain,
    /// As IEEE 754 halves; all of them have to be finite.
    Half,
}

/// All formats, in the order of the numbers that JavaScript calls them by.
pub const FORMATS: [Format; 3] = [Format::Full, Format::Brain, Format::Half];

/// A matrix of weights.
#[derive(Clone, Copy, Debug)]
pub enum Weight<'a, F> {
    /// [`Format::Full`].
    Full(&'a [F]),
    /// [`Format::Brain`].
    Brain(&'a [u16]),
    /// [`Format::Half`].
    Half(&'a [u16]),
}

impl<F: Real> Weight<'_, F> {
    /// How many weights there are.
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Full(weights) => weights.len(),
            Self::Brain(words) | Self::Half(words) => words.len(),
        }
    }

    /// Bytes of one.
    pub(super) fn size(&self) -> usize {
        match self {
            Self::Full(_) => size_of::<F>(),
            Self::Brain(_) | Self::Half(_) => size_of::<u16>(),
        }
    }
}

/// The upper half of an `f32`.
#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(transparent)]
pub(super) struct Brain(u16);

impl<F: Real> Stored<F> for Brain {
    #[inline(always)]
    fn widen(self) -> F {
        F::of(f32::from_bits(u32::from(self.0) << 16).into())
    }
}

/// A finite half.
#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(transparent)]
pub(super) struct Half(u16);

impl<F: Real> Stored<F> for Half {
    /// By selection, and without arithmetic on subnormal numbers, which takes a hundred times as long.
    #[inline(always)]
    fn widen(self) -> F {
        /// What the exponents of the two types differ by, and the smallest normal half.
        const APART: u32 = 112 << 23;
        const LEAST: f32 = 1.0 / 16_384.0;
        let [sign, size] = [0x8000, 0x7fff].map(|mask| u32::from(self.0) & mask);
        let normal = (size << 13) + APART;
        let subnormal = (f32::from_bits((size << 13) + LEAST.to_bits()) - LEAST).to_bits();
        let bits = if size < 0x400 { subnormal } else { normal };
        F::of(f32::from_bits(bits | sign << 16).into())
    }
}

/// Copies `rows` of `pitch` elements, of which `columns`, one after the other.
#[inline(always)]
pub(super) fn widen<F: Real, W: Stored<F>>(
    weight: &[W],
    pitch: usize,
    rows: Range<usize>,
    columns: Range<usize>,
    panel: &mut [F],
) {
    let width = columns.len().max(1);
    for (row, out) in rows.zip(panel.chunks_exact_mut(width)) {
        let kept = &weight[row * pitch..][columns.clone()];
        out.iter_mut().zip(kept).for_each(|(out, kept)| *out = kept.widen());
    }
}
