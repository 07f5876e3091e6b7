//! The loop over elements.

use super::Others;
use crate::Real;
use fearless_simd::{Simd, prelude::*};

/// Vector by vector. The last one ends where the arrays end, so a part of it may be computed twice; arrays shorter than a
/// vector are filled up.
#[inline(always)]
pub(super) fn run<S: Simd, F: Real>(
    simd: S,
    x: &[F],
    others: Others<'_, F>,
    y: &mut [F],
    f: &impl Fn(F::Vector<S>) -> F::Vector<S>,
) {
    let (count, size) = (y.len(), F::Vector::<S>::LEN);
    if count == 0 {
        return;
    }
    let one = |other: &[F]| (other.len() < count).then(|| F::Vector::<S>::splat(simd, other[0]));
    let ones = others.map(|other| other.and_then(one));
    let is_short = count < size;
    let mut lanes = [[F::zero(); 16]; 4];
    if is_short {
        let arrays = [Some(x), others[0], others[1]];
        for (lanes, array) in lanes.iter_mut().zip(arrays) {
            let array = array.unwrap_or_default();
            lanes[..array.len()].copy_from_slice(array);
        }
    }
    let [own, times, plus, out] = &mut lanes;
    let whole = |array, lanes| if is_short { lanes } else { array };
    let x = whole(x, &own[..size]);
    let times = others[0].map(|array| whole(array, &times[..size]));
    let plus = others[1].map(|array| whole(array, &plus[..size]));
    let target = if is_short { &mut out[..size] } else { &mut *y };
    let last = target.len() - size;
    for start in (0..=last.next_multiple_of(size)).step_by(size) {
        let start = start.min(last);
        let vector = |data: &[F]| F::Vector::<S>::from_slice(simd, &data[start..start + size]);
        let mut value = f(vector(x));
        if let Some(times) = times {
            value *= ones[0].unwrap_or_else(|| vector(times));
        }
        if let Some(plus) = plus {
            value += ones[1].unwrap_or_else(|| vector(plus));
        }
        value.store_slice(&mut target[start..start + size]);
    }
    if is_short {
        y.copy_from_slice(&out[..count]);
    }
}
