//! Stores that go past the caches: an output larger than the caches would only push the inputs out of
//! them, and an ordinary store first reads the line that it then overwrites. And the other way round: lines
//! that are asked for before they are read.
#![allow(unsafe_code, reason = "the intrinsics of these instructions are unsafe functions")]

use crate::Real;
use bytemuck::{Pod, Zeroable};

/// Whether this CPU has such stores; elsewhere [`copy`] is an ordinary one.
const IS_POSSIBLE: bool = cfg!(target_arch = "x86_64");

/// What one store writes.
#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C, align(16))]
struct Unit([u8; 16]);

/// Whether there are such stores, and rows of `width` elements begin and end where they do.
#[inline(always)]
pub fn is_apt<F: Real>(rows: &[F], width: usize) -> bool {
    IS_POSSIBLE
        && rows.as_ptr().cast::<Unit>().is_aligned()
        && (width * size_of::<F>()).is_multiple_of(size_of::<Unit>())
}

/// Copies `from` to `to`, past the caches; `to` begins and ends where units do. [`fence`] has to follow
/// before the end of the job.
#[inline(always)]
pub fn copy<F: Real>(from: &[F], to: &mut [F]) {
    let (lines, rest) = bytemuck::cast_slice_mut(to).as_chunks_mut::<4>();
    let (from, from_rest) = bytemuck::cast_slice(from).as_chunks::<16>().0.as_chunks::<4>();
    for (to, from) in lines.iter_mut().zip(from) {
        to.iter_mut().zip(from).for_each(|(to, from)| store_unit(from, to));
    }
    rest.iter_mut().zip(from_rest).for_each(|(to, from)| store_unit(from, to));
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

/// Asks for all cache lines of a row.
#[inline(always)]
pub fn prefetch_all<F: Real>(row: &[F]) {
    for element in (0..row.len()).step_by(64 / size_of::<F>()) {
        prefetch(row, element);
    }
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
