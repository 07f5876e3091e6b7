//! Gradients of recurrences against central differences of their definitions, in `f64`; those in `f32` against them.

mod numbers;

use numbers::{error, numbers};
use ssm_scan_core::{
    Dims, Engine, Options, Real,
    oscillator::Oscillation,
    rnn,
    siso_ssm::{Cotangents, Gradients, Readout, SisoSsm, Systems, reference},
};

const STEP: f64 = 1e-6;

/// How `loss` changes with every number.
fn differences(planes: &mut [Vec<f64>], loss: impl Fn(&[Vec<f64>]) -> f64) -> Vec<Vec<f64>> {
    let sizes: Vec<_> = planes.iter().map(Vec::len).enumerate().collect();
    let mut slope = |plane: usize, i: usize| {
        let own = planes[plane][i];
        planes[plane][i] = own + STEP;
        let above = loss(planes);
        planes[plane][i] = own - STEP;
        let below = loss(planes);
        planes[plane][i] = own;
        (above - below) / (2.0 * STEP)
    };
    sizes.into_iter().map(|(plane, size)| (0..size).map(|i| slope(plane, i)).collect()).collect()
}

fn dot(x: &[f64], y: &[f64]) -> f64 {
    x.iter().zip(y).map(|(x, y)| x * y).sum()
}

fn rounded<F: Real>(planes: &[Vec<f64>]) -> Vec<Vec<F>> {
    planes.iter().map(|plane| plane.iter().map(|&x| F::of(x)).collect()).collect()
}

fn reset(dims: Dims) -> Vec<u8> {
    numbers::<f64>(15, dims.rows(), 1.0).iter().map(|&x| (x < -0.7) as u8).collect()
}

/// Planes: u, a, b, c, p, q, the state; complex ones are two.
fn systems<F: Real>(planes: &[Vec<F>], states: usize, rank: usize) -> Systems<'_, F> {
    let pair = |k: usize| [&planes[k][..], &planes[k + 1][..]];
    let [a, b, c, p, q] = [1, 3, 5, 7, 9].map(pair);
    Systems { states, rank, a, b, c, p, q, scale: F::of(2.0), skip: None }
}

fn siso_gradients<F: Real>(
    (dims, states, rank, threads): (Dims, usize, usize, usize),
    planes: &[Vec<F>],
    [dy, re, im]: [&[F]; 3],
    (readout, options): (Readout, Options<'_>),
) -> Vec<Vec<F>> {
    let mut out: Vec<Vec<F>> = planes.iter().map(|plane| vec![F::nan(); plane.len()]).collect();
    out[11].copy_from_slice(re);
    out[12].copy_from_slice(im);
    let ssm = SisoSsm::new(dims, &planes[0], systems(planes, states, rank), readout, options);
    let [u, ar, ai, br, bi, cr, ci, pr, pi, qr, qi, sr, si] = &mut out[..] else { panic!() };
    let gradients =
        Gradients { u, a: [ar, ai], b: [br, bi], c: [cr, ci], p: [pr, pi], q: [qr, qi] };
    let cotangents = Cotangents { y: dy, entering: Some([&planes[11], &planes[12]]) };
    let engine = Engine::new(threads, false).unwrap();
    ssm.unwrap().backward(&engine, cotangents, [sr, si], gradients).unwrap();
    out
}

fn siso(dims: Dims, states: usize, rank: usize) {
    let own = dims.channels * states;
    let sizes = [&[dims.signal()][..], &[own; 6], &[own * rank; 4], &[dims.batch * own; 2]];
    let mut planes: Vec<Vec<f64>> = sizes
        .concat()
        .into_iter()
        .enumerate()
        .map(|(seed, count)| numbers(seed as u64, count, if seed < 7 { 0.65 } else { 0.3 }))
        .collect();
    let dy = numbers::<f64>(20, dims.signal(), 1.0);
    let [re, im] = [21, 22].map(|seed| numbers::<f64>(seed, dims.batch * own, 1.0));
    let marks = reset(dims);
    for bits in 0..8 {
        let [reverse, shifted, is_cut] = [1, 2, 4].map(|bit| bits & bit != 0);
        let options =
            Options { reverse, reset: is_cut.then_some(&marks[..]), ..Options::default() };
        let readout = Readout { shifted, adds: false };
        let loss = |planes: &[Vec<f64>]| {
            let ssm =
                SisoSsm::new(dims, &planes[0], systems(planes, states, rank), readout, options);
            let (y, [sr, si]) = reference(&ssm.unwrap(), [&planes[11], &planes[12]]);
            dot(&y, &dy) + dot(&sr, &re) + dot(&si, &im)
        };
        let sizes = (dims, states, rank, 1);
        let got = siso_gradients(sizes, &planes, [&dy, &re, &im], (readout, options));
        let narrow: Vec<Vec<f32>> = rounded(&planes);
        let given: Vec<Vec<f32>> = rounded(&[dy.clone(), re.clone(), im.clone()]);
        let given = [&given[0][..], &given[1], &given[2]];
        let single = siso_gradients(sizes, &narrow, given, (readout, options));
        let spread = siso_gradients((dims, states, rank, 3), &narrow, given, (readout, options));
        assert!(single == spread, "the bits depend on the threads");
        let truth = differences(&mut planes, loss);
        for (k, truth) in truth.iter().enumerate() {
            let call = format!("plane {k} of {dims:?}, {states} states, rank {rank}, {options:?}");
            assert!(error(&got[k], truth) < 1e-7, "{call}: {}", error(&got[k], truth));
            assert!(error(&single[k], truth) < 1e-5, "{call}: {}", error(&single[k], truth));
        }
    }
}

#[test]
fn systems_have_the_gradients_of_their_definition() {
    for (batch, length, channels) in [(0, 3, 2), (2, 0, 2), (1, 1, 1), (2, 37, 2)] {
        for (states, rank) in [(0, 0), (1, 0), (3, 1), (9, 2)] {
            siso(Dims { batch, length, channels }, states, rank);
        }
    }
}

fn oscillation<F: Real>(dims: Dims, options: Options<'_>, planes: &[Vec<F>]) -> [Vec<F>; 2] {
    let steps = [0, 1, 2, 3, 4, 5].map(|k| &planes[k][..]);
    let mut found = [(); 2].map(|()| vec![F::nan(); dims.signal()]);
    let call = Oscillation::new(dims, steps, &planes[6], options).unwrap();
    call.run(&Engine::new(1, false).unwrap(), found.each_mut().map(Vec::as_mut_slice)).unwrap();
    found
}

fn oscillation_gradients<F: Real>(
    dims: Dims,
    options: Options<'_>,
    planes: &[Vec<F>],
    dy: &[F],
) -> Vec<Vec<F>> {
    let [z, y] = oscillation(dims, options, planes);
    let mut out: Vec<Vec<F>> = planes.iter().map(|plane| vec![F::nan(); plane.len()]).collect();
    let steps = [0, 1, 2, 3, 4, 5].map(|k| &planes[k][..]);
    let call = Oscillation::new(dims, steps, &planes[6], options).unwrap();
    let [m, n, o, p, f, g, w] = &mut out[..] else { panic!() };
    let engine = Engine::new(1, false).unwrap();
    call.backward(&engine, [&z, &y], dy, [m, n, o, p, f, g], w).unwrap();
    out
}

#[test]
fn oscillations_have_the_gradients_of_their_definition() {
    for [batch, length, channels] in [[0, 3, 2], [2, 0, 3], [2, 3, 0], [1, 1, 1], [3, 21, 5]] {
        let dims = Dims { batch, length, channels };
        let mut planes: Vec<Vec<f64>> = (0..6).map(|k| numbers(k, channels, 0.6)).collect();
        planes.push(numbers(6, dims.signal(), 1.0));
        let dy = numbers::<f64>(20, dims.signal(), 1.0);
        let marks = reset(dims);
        for bits in 0..4 {
            let reset = (bits & 1 != 0).then_some(&marks[..]);
            let options = Options { reset, reverse: bits & 2 != 0, ..Options::default() };
            let got = oscillation_gradients(dims, options, &planes, &dy);
            let [narrow, given] = [&planes[..], std::slice::from_ref(&dy)].map(rounded::<f32>);
            let single = oscillation_gradients(dims, options, &narrow, &given[0]);
            let truth =
                differences(&mut planes, |planes| dot(&oscillation(dims, options, planes)[1], &dy));
            for (k, truth) in truth.iter().enumerate() {
                let call = format!("plane {k} of {dims:?}, {options:?}");
                assert!(error(&got[k], truth) < 1e-7, "{call}: {}", error(&got[k], truth));
                assert!(error(&single[k], truth) < 1e-5, "{call}: {}", error(&single[k], truth));
            }
        }
    }
}

#[test]
fn an_oscillation_is_its_recurrence() {
    let dims = Dims { batch: 1, length: 2, channels: 1 };
    let planes: Vec<Vec<f64>> = [0.5, -0.2, 0.1, 0.9, 2.0, 3.0]
        .map(|x| vec![x])
        .into_iter()
        .chain([vec![1.0, -1.0]])
        .collect();
    let [z, y] = oscillation(dims, Options::default(), &planes);
    assert_eq!(z, [2.0, 0.5 * 2.0 - 0.2 * 3.0 - 2.0]);
    assert_eq!(y, [3.0, 0.1 * 2.0 + 0.9 * 3.0 - 3.0]);
}

#[test]
fn an_rnn_has_the_gradients_of_its_definition() {
    for [batch, length, n] in [[0, 3, 2], [2, 0, 3], [2, 3, 0], [1, 1, 1], [3, 13, 5]] {
        let dims = Dims { batch, length, channels: n };
        let mut planes: Vec<Vec<f64>> = vec![numbers(1, dims.signal(), 1.0)];
        let (weight, dh) = (numbers::<f64>(2, n * n, 0.7), numbers::<f64>(3, dims.signal(), 1.0));
        let (bias, marks, engine) = (vec![0.0; n], reset(dims), Engine::new(1, false).unwrap());
        let states = |x: &[f64]| {
            let mut h = vec![f64::NAN; dims.signal()];
            let call = rnn::Rnn::new(dims, x, [&weight, &bias], Some(&marks)).unwrap();
            call.run(&engine, &mut vec![0.0; batch * n], &mut h).unwrap();
            h
        };
        let (h, mut g) = (states(&planes[0]), vec![f64::NAN; dims.signal()]);
        rnn::Backward::new(dims, [&h, &dh], &weight, Some(&marks))
            .unwrap()
            .run(&engine, &mut g)
            .unwrap();
        let truth = differences(&mut planes, |planes| dot(&states(&planes[0]), &dh));
        assert!(error(&g, &truth[0]) < 1e-7, "{dims:?}: {}", error(&g, &truth[0]));
    }
}
