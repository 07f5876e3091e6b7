//! The response to a single one: `k[t] = Re(sum of c b a^t)`.

use crate::{number::Number, threads::Threads};
use fearless_simd::{Level, Simd, dispatch};
use ssm_scan_core::Real;

/// Steps of a block: the powers of 64 states fit a first cache.
const BLOCK: usize = 64;

/// A complex number.
type Pair = [f64; 2];

fn times([ar, ai]: Pair, [br, bi]: Pair) -> Pair {
    [ar * br - ai * bi, ar * bi + ai * br]
}

/// Fills `kernel` block after block, each a product of `c b a^start` by `a^0 ... a^63`.
pub(crate) fn fill<F: Number>(
    level: Level,
    threads: &Threads,
    weights: [&[F]; 6],
    kernel: &mut [F],
) {
    let [a, b, c] = [0, 2, 4].map(|i| {
        let pair = |s: usize| [weights[i][s].wide(), weights[i + 1][s].wide()];
        (0..weights[i].len()).map(pair).collect::<Vec<_>>()
    });
    let mut powers = vec![[[F::zero(); BLOCK]; 2]; a.len()];
    let mut leaps = vec![[1.0, 0.0]; a.len()];
    for ((powers, leap), &a) in powers.iter_mut().zip(&mut leaps).zip(&a) {
        let [re, im] = powers;
        for (re, im) in re.iter_mut().zip(im) {
            (*re, *im) = (F::of(leap[0]), F::of(leap[1]));
            *leap = times(*leap, a);
        }
    }
    let piece = threads.piece(kernel.len());
    threads.each(kernel.chunks_mut(piece).enumerate(), |(number, kernel)| {
        let begin = |((&b, &c), &leap)| times(times(c, b), power(leap, number * piece / BLOCK));
        let mut now: Vec<Pair> = b.iter().zip(&c).zip(&leaps).map(begin).collect();
        for block in kernel.chunks_mut(BLOCK) {
            let sums = dispatch!(level, simd => product(simd, &now, &powers));
            block.copy_from_slice(&sums[..block.len()]);
            for (now, &leap) in now.iter_mut().zip(&leaps) {
                *now = times(*now, leap).map(Real::flushed);
            }
        }
    });
}

fn power(mut base: Pair, mut exponent: usize) -> Pair {
    let mut result = [1.0, 0.0];
    while exponent > 0 {
        if exponent % 2 == 1 {
            result = times(result, base);
        }
        (base, exponent) = (times(base, base), exponent / 2);
    }
    result
}

/// `Re(sum of now power)` at every step of a block.
#[inline(always)]
fn product<S: Simd, F: Number>(_: S, now: &[Pair], powers: &[[[F; BLOCK]; 2]]) -> [F; BLOCK] {
    let mut sums = [F::zero(); BLOCK];
    for (&[re, im], powers) in now.iter().zip(powers) {
        let (re, im) = (F::of(re).flushed(), F::of(im).flushed());
        for t in 0..BLOCK {
            sums[t] += re * powers[0][t] - im * powers[1][t];
        }
    }
    sums
}
