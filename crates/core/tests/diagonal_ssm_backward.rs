//! The gradients of the multi-input multi-output layer against central differences, and what they must not depend on.

mod numbers;

use numbers::{between, lengths, resets};
use ssm_scan_core::{
    Dims, Engine, Options,
    diagonal_ssm::{Cotangents, DiagonalSsm, Gradients, Transition, Weights},
};

const BATCH: usize = 3;
const LENGTH: usize = 9;
const CHANNELS: usize = 3;
const STATES: usize = 4;
const PITCH: usize = STATES + 2;

/// Elements of `u`, `B`, `C`, `D`, the poles' planes, the gains' and the state's, in this order.
const SIZES: [usize; 10] = [
    BATCH * LENGTH * CHANNELS,
    STATES * CHANNELS * 2,
    CHANNELS * PITCH * 2,
    CHANNELS,
    STATES,
    STATES,
    STATES,
    STATES,
    BATCH * STATES,
    BATCH * STATES,
];

fn call<'a>(given: &'a [Vec<f64>], options: Options<'a>) -> DiagonalSsm<'a, f64> {
    let [u, input, output, skip, ar, ai, gr, gi, ..] = given else { panic!("ten inputs") };
    let weights = Weights { input, output, pitch: PITCH, first: 1, scale: 2.0, skip: Some(skip) };
    let dims = Dims { batch: BATCH, length: LENGTH, channels: CHANNELS };
    let transition = Transition::Fixed { a: [ar, ai], gain: [gr, gi] };
    DiagonalSsm::new(dims, STATES, u, weights, transition, options).unwrap()
}

/// What has the gradients `dy` and `dstate`.
fn loss(given: &[Vec<f64>], options: Options<'_>, dy: &[f64], dstate: &[Vec<f64>; 2]) -> f64 {
    let engine = Engine::new(1, false).unwrap();
    let mut y = vec![0.0; SIZES[0]];
    let mut state = [given[8].clone(), given[9].clone()];
    call(given, options).run(&engine, state.each_mut().map(Vec::as_mut_slice), &mut y).unwrap();
    let dot = |x: &[f64], y: &[f64]| x.iter().zip(y).map(|(x, y)| x * y).sum::<f64>();
    dot(&y, dy) + dot(&state[0], &dstate[0]) + dot(&state[1], &dstate[1])
}

fn gradients(
    given: &[Vec<f64>],
    options: Options<'_>,
    threads: usize,
    dy: &[f64],
    dstate: &[Vec<f64>; 2],
) -> Vec<Vec<f64>> {
    let engine = Engine::new(threads, false).unwrap();
    let mut found = SIZES.map(|size| vec![f64::NAN; size]);
    found[8].clone_from(&dstate[0]);
    found[9].clone_from(&dstate[1]);
    let [u, input, output, skip, ar, ai, gr, gi, re, im] = found.each_mut().map(Vec::as_mut_slice);
    let out = Gradients { u, input, output, skip, a: [ar, ai], gain: [gr, gi] };
    let cotangents = Cotangents { y: dy, entering: Some([&given[8], &given[9]]) };
    call(given, options).backward(&engine, cotangents, [re, im], out).unwrap();
    found.to_vec()
}

#[test]
fn gradients_are_central_differences_on_any_number_of_threads() {
    let seed = &mut 5;
    let given: Vec<Vec<f64>> = SIZES.map(|size| between(seed, size, -0.7, 0.7)).to_vec();
    let dy: Vec<f64> = between(seed, SIZES[0], -1.0, 1.0);
    let dstate = [(); 2].map(|()| between(seed, SIZES[8], -1.0, 1.0));
    let (reset, lengths) = (resets(seed, BATCH * LENGTH), lengths(seed, BATCH, LENGTH));
    for bits in 0..8 {
        let [reverse, with_reset, padded] = [1, 2, 4].map(|bit| bits & bit != 0);
        let options = Options {
            reverse,
            reset: with_reset.then_some(&reset),
            lengths: padded.then_some(&lengths),
            ..Options::default()
        };
        // What comes out in padding is nobody's, and so has no gradient.
        let mut seen = dy.clone();
        for (sequence, &count) in lengths.iter().enumerate().filter(|_| padded) {
            let end = (sequence + 1) * LENGTH * CHANNELS;
            seen[end - (LENGTH - count as usize) * CHANNELS..end].fill(0.0);
        }
        let found = gradients(&given, options, 1, &dy, &dstate);
        assert_eq!(found, gradients(&given, options, 3, &dy, &dstate));
        for (k, own) in found.iter().enumerate() {
            for (i, got) in own.iter().enumerate() {
                let at = |step: f64| {
                    let mut moved = given.clone();
                    moved[k][i] += step;
                    loss(&moved, options, &seen, &dstate)
                };
                let truth = (at(1e-5) - at(-1e-5)) / 2e-5;
                assert!(
                    (got - truth).abs() < 1e-7,
                    "{options:?}: input {k}, element {i}: {got}, not {truth}"
                );
            }
        }
    }
}
