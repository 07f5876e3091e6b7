//! Whether numbers are still what they were: parameters are live, so what is computed from them has to look.

use crate::{Engine, Error, Real, dims::check};
use fearless_simd::{Simd, dispatch};

/// Words that are compared between two looks at the outcome.
const BLOCK: usize = 256;

/// Whether the arrays, one after the other, have the bits of `seen`.
pub fn same<F: Real>(engine: &Engine, arrays: &[&[F]], seen: &[F]) -> Result<bool, Error> {
    check("seen", arrays.iter().map(|array| array.len()).sum(), seen.len())?;
    let mut seen: &[u32] = bytemuck::cast_slice(seen);
    for array in arrays {
        let words: &[u32] = bytemuck::cast_slice(array);
        let (own, rest) = seen.split_at(words.len());
        if !dispatch!(engine.level(), simd => equal(simd, words, own)) {
            return Ok(false);
        }
        seen = rest;
    }
    Ok(true)
}

#[inline(always)]
fn equal<S: Simd>(_: S, x: &[u32], y: &[u32]) -> bool {
    x.chunks(BLOCK).zip(y.chunks(BLOCK)).all(|(x, y)| {
        // Without a branch, so that it is vectors that are compared.
        x.iter().zip(y).fold(0, |differ, (x, y)| differ | (x ^ y)) == 0
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bit_counts() {
        let engine = Engine::new(1, false).unwrap();
        let x: Vec<f32> = (0..700).map(|i| i as f32).collect();
        let [first, last] = [&x[..3], &x[3..]];
        assert!(same(&engine, &[first, &[], last], &x).unwrap());
        for i in [0, 2, 3, 258, 259, 699] {
            let mut seen = x.clone();
            seen[i] = f32::from_bits(seen[i].to_bits() ^ 1);
            assert!(!same(&engine, &[first, last], &seen).unwrap(), "{i}");
        }
        assert!(same(&engine, &[&[f64::NAN][..]], &[f64::NAN]).unwrap());
        assert!(same(&engine, &[first], &x).is_err());
    }
}
