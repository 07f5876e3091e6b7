//! `exp` of vectors, over numbers that a core's first cache holds: bound by arithmetic alone.

use crate::{array::Array, contestants::Run, refusal::Refusal, threads::Threads};
use fearless_simd::{Level, Simd, dispatch, f32x16, prelude::*};
use std::hint::black_box;

/// Numbers of a block; it and its results, which follow it, take half of a first cache. Were they a
/// little nearer to each other in the lowest bits of their addresses, a load would seem to depend on
/// the stores before it.
const BLOCK: usize = 2048;

/// As many blocks as `count` elements take.
pub(crate) fn run(count: usize, threads: usize) -> Result<Run, Refusal> {
    let (level, threads) = (Level::new(), Threads::new(threads)?);
    let blocks = (0..threads.count()).map(|_| Array::<f32>::unwritten(2 * BLOCK));
    let mut blocks = blocks.collect::<Result<Vec<_>, _>>()?;
    for block in &mut blocks {
        let x = (0..BLOCK).map(|i| i as f32 / 64.0 - 16.0);
        block.iter_mut().zip(x).for_each(|(slot, x)| *slot = x);
    }
    let piece = threads.piece(count);
    Ok(Box::new(move || {
        let starts = (0..count).step_by(piece);
        threads.each(starts.zip(&mut blocks), |(start, block)| {
            let mut left = piece.min(count - start);
            while left > 0 {
                let now = left.min(BLOCK);
                let (input, output) = black_box(&mut **block).split_at_mut(BLOCK);
                exps(level, &input[..now], &mut output[..now]);
                left -= now;
            }
            black_box(&**block);
        });
        Ok(())
    }))
}

/// `y = exp(x)`.
fn exps(level: Level, x: &[f32], y: &mut [f32]) {
    dispatch!(level, simd => vectors(simd, x, y));
}

#[inline(always)]
fn vectors<S: Simd>(simd: S, x: &[f32], y: &mut [f32]) {
    let (groups, rest) = x.as_chunks::<16>();
    let (outputs, last) = y.as_chunks_mut::<16>();
    for (y, x) in outputs.iter_mut().zip(groups) {
        exp(f32x16::from_slice(simd, x)).store_slice(y);
    }
    let mut lanes = [0.0; 16];
    lanes[..rest.len()].copy_from_slice(rest);
    last.copy_from_slice(&exp(f32x16::from_slice(simd, &lanes)).as_slice()[..last.len()]);
}

/// Within 2 units in the last place; results outside of normal numbers are those at the range's ends.
#[inline(always)]
fn exp<S: Simd, V: SimdFloat<S, Element = f32>>(x: V) -> V {
    // Adding this leaves, in the lowest bits, the nearest integer plus the bias of exponents.
    const SHIFT: f32 = 12_582_912.0 + 127.0;
    // The logarithm of 2 in two parts, the first short enough to multiply exactly.
    const LN2: [f32; 2] = [0.693_359_4, -2.121_944_4e-4];
    let simd = x.token();
    let v = |x: f32| V::simd_from(simd, x);
    let x = x.max(v(-87.3)).min(v(88.3));
    let shifted = x.mul_add(v(std::f32::consts::LOG2_E), v(SHIFT));
    let n = shifted - v(SHIFT);
    let r = n.mul_add(v(-LN2[1]), n.mul_add(v(-LN2[0]), x));
    // Of Cephes: exp(r) = 1 + r + r^2 p(r).
    let p = v(1.987_569_2e-4)
        .mul_add(r, v(1.398_199_9e-3))
        .mul_add(r, v(8.333_452e-3))
        .mul_add(r, v(4.166_579_6e-2))
        .mul_add(r, v(1.666_666_5e-1))
        .mul_add(r, v(0.5));
    let power = V::from_bits(shifted.to_bits() << 23);
    p.mul_add(r * r, r + 1.0) * power
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exponential_is_right() {
        let x: Vec<f32> = (0..40_007).map(|i| (i as f32 - 20_000.0) * 0.0043).collect();
        let mut y = vec![f32::NAN; x.len()];
        exps(Level::new(), &x, &mut y);
        for (x, y) in x.into_iter().zip(y) {
            let truth = f64::from(x).exp();
            assert!((f64::from(y) - truth).abs() <= 2e-7 * truth, "exp({x}) is {truth}, not {y}");
        }
    }
}
