//! The obvious loops, one step after the other.

use crate::{
    contestants::Compute,
    number::Number,
    problem::{Gates, Operator, Problem},
};

/// Of "linear", "complex" and "matrix".
pub(crate) fn compute<F: Number>(problem: &Problem) -> Compute<F> {
    let problem = *problem;
    match problem.operator {
        Operator::Linear => Box::new(move |buffers| {
            let ([a, b], [h]) = buffers.planes();
            linear(&problem, a, b, h);
            Ok(())
        }),
        Operator::Complex => Box::new(move |buffers| {
            let ([ar, ai, br, bi], h) = buffers.planes();
            complex(&problem, [ar, ai], [br, bi], h);
            Ok(())
        }),
        Operator::Matrix | Operator::Ssm => Box::new(move |buffers| {
            let ([a, b], [h]) = buffers.planes();
            matrix(&problem, a, b, h);
            Ok(())
        }),
    }
}

/// Rows in the order of time, and whether a sequence begins.
fn rows(problem: &Problem) -> impl Iterator<Item = (usize, bool)> + use<> {
    let Problem { batch, length, reverse, .. } = *problem;
    (0..batch).flat_map(move |sequence| {
        let time = move |t| if reverse { length - 1 - t } else { t };
        (0..length).map(move |t| (sequence * length + time(t), t == 0))
    })
}

/// Where the gates of a row begin.
fn gates(problem: &Problem, row: usize) -> usize {
    if problem.gates == Gates::Full { row * problem.dims().channels } else { 0 }
}

fn linear<F: Number>(problem: &Problem, a: &[F], b: &[F], h: &mut [F]) {
    let channels = problem.dims().channels;
    if channels == 1 && problem.gates == Gates::Full {
        return one_channel(problem, a, b, h);
    }
    let mut state = vec![F::zero(); channels];
    for (row, begins) in rows(problem) {
        if begins {
            state.fill(F::zero());
        }
        let a = &a[gates(problem, row)..][..channels];
        let b = &b[row * channels..][..channels];
        let h = &mut h[row * channels..][..channels];
        for c in 0..channels {
            state[c] = a[c] * state[c] + b[c];
            h[c] = state[c];
        }
    }
}

/// With nothing but the recurrence in the loop.
fn one_channel<F: Number>(problem: &Problem, a: &[F], b: &[F], h: &mut [F]) {
    let length = problem.length.max(1);
    let sequences = a.chunks(length).zip(b.chunks(length)).zip(h.chunks_mut(length));
    for ((a, b), h) in sequences {
        let mut state = F::zero();
        let steps = h.iter_mut().zip(a).zip(b);
        let step = |((h, &a), &b): ((&mut F, &F), &F)| {
            state = a * state + b;
            *h = state;
        };
        if problem.reverse { steps.rev().for_each(step) } else { steps.for_each(step) }
    }
}

fn complex<F: Number>(problem: &Problem, a: [&[F]; 2], b: [&[F]; 2], [re, im]: [&mut [F]; 2]) {
    let channels = problem.dims().channels;
    let (mut x, mut y) = (vec![F::zero(); channels], vec![F::zero(); channels]);
    for (row, begins) in rows(problem) {
        if begins {
            x.fill(F::zero());
            y.fill(F::zero());
        }
        let [ar, ai] = a.map(|plane| &plane[gates(problem, row)..][..channels]);
        let [br, bi] = b.map(|plane| &plane[row * channels..][..channels]);
        let re = &mut re[row * channels..][..channels];
        let im = &mut im[row * channels..][..channels];
        for c in 0..channels {
            let before = x[c];
            x[c] = ar[c] * before - ai[c] * y[c] + br[c];
            y[c] = ar[c] * y[c] + ai[c] * before + bi[c];
            re[c] = x[c];
            im[c] = y[c];
        }
    }
}

fn matrix<F: Number>(problem: &Problem, a: &[F], b: &[F], h: &mut [F]) {
    let n = problem.dims().channels;
    let (mut state, mut next) = (vec![F::zero(); n], vec![F::zero(); n]);
    for (row, begins) in rows(problem) {
        if begins {
            state.fill(F::zero());
        }
        for i in 0..n {
            let a = &a[(row * n + i) * n..][..n];
            let mut sum = b[row * n + i];
            for j in 0..n {
                sum += a[j] * state[j];
            }
            next[i] = sum;
        }
        h[row * n..][..n].copy_from_slice(&next);
        std::mem::swap(&mut state, &mut next);
    }
}
