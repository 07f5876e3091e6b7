//! `h = a + s b`: two arrays are read and one is written, as by a scan with gates for each step.

use super::narrow;
use crate::{
    array::Array, contestants::Run, number::Number, ours::Stores, refusal::Refusal,
    threads::Threads,
};
use fearless_simd::{Level, Simd, dispatch, prelude::*};
use ssm_scan_core::stream::{self, Target};

/// A triad over `count` elements of each array.
pub(crate) fn run<F: Number>(count: usize, stores: Stores, threads: usize) -> Result<Run, Refusal> {
    let [a, b] = [Array::filled(count, F::of(1.0))?, Array::filled(count, F::of(2.0))?];
    let mut h = Array::unwritten(count)?;
    let (level, threads, s) = (narrow(), Threads::new(threads)?, F::of(3.0));
    let piece = threads.piece(count);
    Ok(Box::new(move || {
        let pieces = h.chunks_mut(piece).zip(a.chunks(piece).zip(b.chunks(piece)));
        threads.each(pieces, |(h, inputs)| compute(level, stores, s, inputs, h));
        Ok(())
    }))
}

fn compute<F: Number>(level: Level, stores: Stores, s: F, inputs: (&[F], &[F]), h: &mut [F]) {
    match stores {
        Stores::Ordinary => dispatch!(level, simd => ordinary(simd, s, inputs, h)),
        Stores::Streaming => dispatch!(level, simd => streaming(simd, s, inputs, h)),
    }
}

/// By vectors of 128 bits: wider ones were a tenth slower.
#[inline(always)]
fn ordinary<S: Simd, F: Number>(simd: S, s: F, inputs: (&[F], &[F]), h: &mut [F]) {
    triad::<S, F, F::Block<S>, 4, false>(simd, s, inputs, h);
}

/// `h` begins where a cache line does.
#[inline(always)]
fn streaming<S: Simd, F: Number>(simd: S, s: F, inputs: (&[F], &[F]), h: &mut [F]) {
    triad::<S, F, F::Vector<S>, 8, true>(simd, s, inputs, h);
    stream::fence();
}

/// Computes `GROUP` vectors in one go.
#[inline(always)]
fn triad<
    S: Simd,
    F: Number,
    V: SimdFloat<S, Element = F>,
    const GROUP: usize,
    const STREAMS: bool,
>(
    simd: S,
    s: F,
    (a, b): (&[F], &[F]),
    h: &mut [F],
) {
    let factor = V::simd_from(simd, s);
    let size = GROUP * V::LEN;
    let mut groups = h.chunks_exact_mut(size);
    let mut inputs = [a, b].map(|x| x.chunks_exact(size));
    let [a, b] = inputs.each_mut();
    for ((h, a), b) in groups.by_ref().zip(a).zip(b) {
        for k in 0..GROUP {
            let lanes = k * V::LEN..(k + 1) * V::LEN;
            let [a, b] = [a, b].map(|x| V::from_slice(simd, &x[lanes.clone()]));
            let (sum, h) = (a + factor * b, &mut h[lanes]);
            if STREAMS {
                Target::new(simd, h).write(0, sum.as_slice());
            } else {
                sum.store_slice(h);
            }
        }
    }
    let [a, b] = inputs.map(|x| x.remainder());
    for ((h, &a), &b) in groups.into_remainder().iter_mut().zip(a).zip(b) {
        *h = a + s * b;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_element_is_written() {
        for count in [1, 31, 64, 200] {
            let numbers = |from: f64| (0..count).map(move |i| (from + f64::from(i)) as f32);
            let (a, b): (Vec<_>, Vec<_>) = (numbers(0.0).collect(), numbers(7.0).collect());
            let truth: Vec<f32> = a.iter().zip(&b).map(|(a, b)| a + 3.0 * b).collect();
            for stores in [Stores::Ordinary, Stores::Streaming] {
                let mut h = Array::unwritten(a.len()).expect("memory");
                compute(narrow(), stores, 3.0, (&a, &b), &mut h);
                assert_eq!(*h, truth, "{stores:?}");
            }
        }
    }
}
