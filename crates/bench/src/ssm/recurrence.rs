//! Step by step, all states of a step at once.

use crate::{
    contestants::Compute, number::Number, problem::Problem, refusal::Refusal, threads::Threads,
};
use fearless_simd::{Level, Simd, dispatch};

/// States of a thread at the least: a cache line of them.
const FEWEST: usize = 16;

/// Sums that are kept apart, so that they can be lanes of a vector.
const LANES: usize = 16;

/// Threads share the states; each sums up the outputs of its own.
pub(crate) fn compute<F: Number>(problem: &Problem, threads: usize) -> Result<Compute<F>, Refusal> {
    let (states, length) = (problem.states(), problem.dims().signal());
    if threads > 1 && states < 2 * FEWEST {
        return Err(Refusal::Unsupported("too few states to share"));
    }
    let threads = Threads::new(threads)?;
    let piece = states.div_ceil(threads.count()).next_multiple_of(FEWEST);
    let others = states.div_ceil(piece) - 1;
    let mut partial = vec![F::zero(); others * length];
    let level = Level::new();
    Ok(Box::new(move |buffers| {
        let ([ar, ai, br, bi, cr, ci, u], [y]) = buffers.planes();
        let weights = [ar, ai, br, bi, cr, ci];
        let outputs = [&mut *y].into_iter().chain(partial.chunks_exact_mut(length));
        threads.each((0..states).step_by(piece).zip(outputs), |(first, y)| {
            let own = first..(first + piece).min(states);
            let weights = weights.map(|plane| &plane[own.clone()]);
            dispatch!(level, simd => recur(simd, weights, u, y));
        });
        for partial in partial.chunks_exact(length) {
            y.iter_mut().zip(partial).for_each(|(y, &partial)| *y += partial);
        }
        Ok(())
    }))
}

/// The part of `y` that comes from some states, whose weights are `[a, b, c]` as planes.
#[inline(always)]
fn recur<S: Simd, F: Number>(_: S, weights: [&[F]; 6], u: &[F], y: &mut [F]) {
    let states = weights[0].len();
    let [ar, ai, br, bi, cr, ci] = weights.map(|plane| &plane[..states]);
    let [mut re, mut im, mut read] = [(); 3].map(|()| vec![F::zero(); states]);
    let (re, im, read) = (&mut re[..states], &mut im[..states], &mut read[..states]);
    for (&u, y) in u.iter().zip(y) {
        for s in 0..states {
            let before = re[s];
            re[s] = ar[s] * before - ai[s] * im[s] + br[s] * u;
            im[s] = ar[s] * im[s] + ai[s] * before + bi[s] * u;
            read[s] = cr[s] * re[s] - ci[s] * im[s];
        }
        *y = sum(read);
    }
}

#[inline(always)]
fn sum<F: Number>(numbers: &[F]) -> F {
    let (groups, rest) = numbers.as_chunks::<LANES>();
    let mut sums = [F::zero(); LANES];
    for group in groups {
        sums.iter_mut().zip(group).for_each(|(sum, &x)| *sum += x);
    }
    sums.iter().chain(rest).fold(F::zero(), |sum, &x| sum + x)
}
