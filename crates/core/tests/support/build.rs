//! Calls that a test spells out.

use super::{Call, Operator, Planes, Random};
use ssm_scan_core::{Dims, Real};

/// Gates that multiply each channel by its factor: a row of them, or a diagonal matrix.
pub(crate) fn scaling<O: Operator>(factors: &[f64]) -> Planes<f64> {
    let (channels, width) = (factors.len(), O::gate(factors.len()));
    let stride = if width == channels { 1 } else { channels + 1 };
    let mut planes = vec![vec![0.0; width]; O::PLANES];
    planes[0].iter_mut().step_by(stride).zip(factors).for_each(|(a, factor)| *a = *factor);
    planes
}

/// One sequence whose gates at step `t` are `gates(t)`; inputs and state are 0.
pub(crate) fn quiet<O: Operator, F: Real>(
    length: usize,
    channels: usize,
    mut gates: impl FnMut(usize) -> Planes<f64>,
) -> Call<F> {
    let mut a: Planes<F> = vec![vec![]; O::PLANES];
    for row in (0..length).map(&mut gates) {
        a.iter_mut().zip(row).for_each(|(a, row)| a.extend(row.into_iter().map(F::of)));
    }
    Call {
        dims: Dims { batch: 1, length, channels },
        a,
        b: vec![vec![F::zero(); length * channels]; O::PLANES],
        state: vec![vec![F::zero(); channels]; O::PLANES],
        reverse: false,
        reset: None,
        cu_seqlens: None,
        lengths: None,
        deterministic: None,
    }
}

/// The call with random inputs and a random state.
pub(crate) fn noisy<F: Real>(mut call: Call<F>, random: &mut Random) -> Call<F> {
    for x in call.b.iter_mut().chain(&mut call.state).flatten() {
        *x = F::of(random.normal());
    }
    call
}

/// A random call of one sequence of the given length, every step with gates of its own.
pub(crate) fn random<O: Operator, F: Real>(
    length: usize,
    channels: usize,
    mut gates: impl FnMut(&mut Random) -> Planes<f64>,
) -> Call<F> {
    let random = &mut Random(length as u64);
    let call = quiet::<O, F>(length, channels, |_| gates(random));
    noisy(call, random)
}

/// The same where all steps share a row of gates.
pub(crate) fn constant<O: Operator, F: Real>(
    length: usize,
    channels: usize,
    gates: impl FnOnce(&mut Random) -> Planes<f64>,
) -> Call<F> {
    let random = &mut Random(length as u64);
    let mut call = quiet::<O, F>(length, channels, |_| vec![vec![]; O::PLANES]);
    let row = gates(random);
    call.a = row.into_iter().map(|row| row.into_iter().map(F::of).collect()).collect();
    noisy(call, random)
}
