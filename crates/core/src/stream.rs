//! Stores that go past the caches: an output larger than the caches would only push the inputs out of
//! them, and an ordinary store first reads the line that it then overwrites. And the other way round: lines
//! that are asked for before they are read.
#![allow(unsafe_code, reason = "the intrinsics of these instructions are unsafe functions")]

use crate::Real;
use bytemuck::{Pod, Zeroable};
use fearless_simd::Simd;

/// Whether this CPU has such stores; elsewhere a [`Target`] takes ordinary ones.
pub const IS_POSSIBLE: bool = cfg!(target_arch = "x86_64");

/// What one store writes.
#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C, align(16))]
pub struct Unit([u8; 16]);

/// What one store writes where vectors have 256 bits.
#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C, align(32))]
pub struct Pair([u8; 32]);

/// Whether there are such stores, and rows of `width` elements begin and end where they do.
#[inline(always)]
pub fn is_apt<F: Real>(rows: &[F], width: usize) -> bool {
    IS_POSSIBLE
        && rows.as_ptr().cast::<Unit>().is_aligned()
        && (width * size_of::<F>()).is_multiple_of(size_of::<Unit>())
}

/// Elements before the first cache line, where rows of `width` elements are whole lines.
#[inline(always)]
pub fn skew<F: Real>(rows: &[F], width: usize) -> Option<usize> {
    /// Bytes of a cache line.
    const LINE: usize = 64;
    let fits = IS_POSSIBLE && (width * size_of::<F>()).is_multiple_of(LINE);
    fits.then(|| rows.as_ptr().align_offset(LINE))
}

/// A row to write past the caches; [`fence`] has to follow before the end of the job.
pub enum Target<'a> {
    /// By units.
    Units(&'a mut [Unit]),
    /// By pairs of them.
    Pairs(&'a mut [Pair]),
}

impl<'a> Target<'a> {
    /// A row that begins and ends where units do.
    #[inline(always)]
    pub fn new<F: Real>(simd: impl Simd, row: &'a mut [F]) -> Self {
        let is_aligned = row.as_ptr().cast::<Pair>().is_aligned();
        if has_pairs(simd) && is_aligned && size_of_val(row).is_multiple_of(size_of::<Pair>()) {
            Self::Pairs(bytemuck::cast_slice_mut(row))
        } else {
            Self::Units(bytemuck::cast_slice_mut(row))
        }
    }

    /// Writes the `k`th of as many equal parts as the row has vectors.
    #[inline(always)]
    pub fn write<F: Real>(&mut self, k: usize, vector: &[F]) {
        let bytes: &[u8] = bytemuck::cast_slice(vector);
        match self {
            Self::Pairs(pairs) => {
                let from = bytes.as_chunks().0;
                let to = &mut pairs[k * from.len()..];
                to.iter_mut().zip(from).for_each(|(to, from)| store_pair(from, to));
            }
            Self::Units(units) => {
                let from = bytes.as_chunks().0;
                let to = &mut units[k * from.len()..];
                to.iter_mut().zip(from).for_each(|(to, from)| store_unit(from, to));
            }
        }
    }
}

/// Whether one store can write a pair.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn has_pairs(simd: impl Simd) -> bool {
    simd.level().as_avx2().is_some()
}

#[cfg(not(target_arch = "x86_64"))]
#[inline(always)]
fn has_pairs(_: impl Simd) -> bool {
    false
}

#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn store_pair(from: &[u8; 32], to: &mut Pair) {
    use std::arch::x86_64::{_mm256_loadu_si256, _mm256_stream_si256};
    // SAFETY: there are pairs where there is AVX2. `from` points to 32 bytes, which `loadu` takes at any
    // alignment; `to` to 32 aligned ones that nobody else borrows.
    unsafe { _mm256_stream_si256((&raw mut *to).cast(), _mm256_loadu_si256(from.as_ptr().cast())) };
}

#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn store_unit(from: &[u8; 16], to: &mut Unit) {
    use std::arch::x86_64::{_mm_loadu_si128, _mm_stream_si128};
    // SAFETY: SSE2 is part of x86_64. `from` points to 16 bytes, which `loadu` takes at any
    // alignment; `to` to 16 aligned ones that nobody else borrows.
    unsafe { _mm_stream_si128((&raw mut *to).cast(), _mm_loadu_si128(from.as_ptr().cast())) };
}

#[cfg(not(target_arch = "x86_64"))]
#[inline(always)]
fn store_pair(from: &[u8; 32], to: &mut Pair) {
    to.0 = *from;
}

#[cfg(not(target_arch = "x86_64"))]
#[inline(always)]
fn store_unit(from: &[u8; 16], to: &mut Unit) {
    to.0 = *from;
}

/// Asks for the cache line of an element that will be read soon; where rows are far apart, the CPU does not guess it.
#[inline(always)]
pub fn prefetch<F: Real>(data: &[F], element: usize) {
    #[cfg(target_arch = "x86_64")]
    if let Some(element) = data.get(element) {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: SSE is part of x86_64; the instruction reads nothing, and the element exists.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(std::ptr::from_ref(element).cast()) };
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = (data, element);
}

/// Orders what was stored past the caches before all later stores, such as those that tell another
/// thread of it.
#[inline(always)]
pub fn fence() {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: SSE is part of x86_64, and the instruction touches no memory.
    unsafe {
        std::arch::x86_64::_mm_sfence();
    }
}
