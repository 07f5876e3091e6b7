//! The products with weights for a few rows, a step's above all: each row of weights is read once, as it
//! is stored, where a matrix product would first have to pack it.

use crate::Real;
use fearless_simd::Simd;

/// Below so many rows packing a matrix costs more than it gives.
pub(super) const FEW: usize = 6;

/// Partial sums: enough for the widest vectors, and always as many, so that bits do not depend on
/// the CPU. An even number, so that real parts stay in even places.
const SUMS: usize = 32;

/// `B u` of one row: `weights` is `[states, channels, 2]`, `twice` is `u` with every number doubled.
#[inline(always)]
pub(super) fn project<S: Simd, F: Real>(_: S, weights: &[F], twice: &[F], [re, im]: [&mut [F]; 2]) {
    let rows = weights.chunks_exact(twice.len().max(1));
    for ((re, im), row) in re.iter_mut().zip(im).zip(rows) {
        [*re, *im] = sums(row, twice);
    }
}

/// `Re(C x)` of one row: `state` is `x` as `re, -im` pairs, `row` gives the weights of a channel.
#[inline(always)]
pub(super) fn read_out<'a, S: Simd, F: Real>(
    _: S,
    row: impl Fn(usize) -> &'a [F],
    state: &[F],
    y: &mut [F],
) {
    for (channel, y) in y.iter_mut().enumerate() {
        let [even, odd] = sums(row(channel), state);
        *y = even + odd;
    }
}

/// The sums of the products in even places and in odd ones.
#[inline(always)]
fn sums<F: Real>(x: &[F], y: &[F]) -> [F; 2] {
    let mut sums = [F::zero(); SUMS];
    let (xs, ys) = (x.chunks_exact(SUMS), y.chunks_exact(SUMS));
    let rest = xs.remainder().iter().zip(ys.remainder());
    for (sum, (&x, &y)) in sums.iter_mut().zip(rest) {
        *sum = x * y;
    }
    for (x, y) in xs.zip(ys) {
        sums.iter_mut().zip(x.iter().zip(y)).for_each(|(sum, (&x, &y))| *sum += x * y);
    }
    let pairs = sums.as_chunks::<2>().0;
    pairs.iter().fold([F::zero(); 2], |[even, odd], &[x, y]| [even + x, odd + y])
}
