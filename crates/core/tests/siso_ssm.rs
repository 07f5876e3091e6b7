//! Systems of single channels against their definition.

mod numbers;

use numbers::{error, numbers};
use ssm_scan_core::{
    Dims, Engine, Options, Real,
    siso_ssm::{Readout, SisoSsm, Systems, reference},
};

fn check<F: Real>(dims: Dims, states: usize, rank: usize, bound: f64) {
    let Dims { batch, length, channels } = dims;
    let own = channels * states;
    let small = 0.5 / (1.0 + states as f64).sqrt();
    let u: Vec<F> = numbers(1, dims.signal(), 1.0);
    let planes: Vec<Vec<F>> = (2..8).map(|seed| numbers(seed, own, 0.65)).collect();
    let low: Vec<Vec<F>> = (8..12).map(|seed| numbers(seed, own * rank, small)).collect();
    let skip: Vec<F> = numbers(12, channels, 1.0);
    let entering: [Vec<F>; 2] = [13, 14].map(|seed| numbers(seed, batch * own, 1.0));
    let systems = Systems {
        states,
        rank,
        a: [&planes[0], &planes[1]],
        b: [&planes[2], &planes[3]],
        c: [&planes[4], &planes[5]],
        p: [&low[0], &low[1]],
        q: [&low[2], &low[3]],
        scale: F::of(2.0),
        skip: Some(&skip),
    };
    let reset: Vec<u8> =
        numbers::<f64>(15, dims.rows(), 1.0).iter().map(|&x| (x < -0.8) as u8).collect();
    let lengths: Vec<i32> =
        (0..batch).map(|n| ((length + n) / (1 + n)).min(length) as i32).collect();
    for bits in 0..16 {
        let [reverse, shifted, is_cut, adds] = [1, 2, 4, 8].map(|bit| bits & bit != 0);
        let options = Options {
            reverse,
            reset: is_cut.then_some(&reset),
            lengths: is_cut.then_some(&lengths),
            ..Options::default()
        };
        let ssm = SisoSsm::new(dims, &u, systems, Readout { shifted, adds }, options).unwrap();
        let (y, state) = reference(&ssm, entering.each_ref().map(Vec::as_slice));
        let run = |threads| {
            let (mut y, mut state) = (vec![F::zero(); dims.signal()], entering.clone());
            let engine = Engine::new(threads, false).unwrap();
            ssm.run(&engine, state.each_mut().map(Vec::as_mut_slice), &mut y).unwrap();
            (y, state)
        };
        let got = run(1);
        let errors = [error(&got.0, &y), error(&got.1[0], &state[0]), error(&got.1[1], &state[1])];
        let worst = errors.into_iter().fold(0.0, f64::max);
        assert!(worst < bound, "{dims:?}, {states} states, rank {rank}, {options:?}: {errors:?}");
        assert!(got == run(3), "the bits depend on the threads");
    }
}

#[test]
fn matches_the_definition() {
    for (batch, length, channels) in
        [(0, 4, 2), (2, 0, 2), (1, 1, 1), (3, 23, 5), (1, 130, 300), (2, 40, 1)]
    {
        for (states, rank) in [(0, 0), (1, 0), (4, 1), (8, 2), (13, 0), (13, 3)] {
            let dims = Dims { batch, length, channels };
            check::<f32>(dims, states, rank, 1e-5);
            check::<f64>(dims, states, rank, 1e-13);
        }
    }
}

#[test]
fn channels_are_spread_over_threads() {
    check::<f32>(Dims { batch: 1, length: 1100, channels: 37 }, 80, 0, 1e-5);
}

#[test]
fn what_decays_leaves_no_subnormal_numbers() {
    let dims = Dims { batch: 1, length: 400, channels: 1 };
    let mut u = vec![0_f32; 400];
    u[0] = 1.0;
    let (a, one, zero, none) = ([0.6_f32], [1.0_f32], [0.0_f32], [0.0_f32; 0]);
    let systems = Systems {
        states: 1,
        rank: 0,
        a: [&a, &zero],
        b: [&one, &zero],
        c: [&one, &zero],
        p: [&none, &none],
        q: [&none, &none],
        scale: 1.0,
        skip: None,
    };
    let ssm = SisoSsm::new(dims, &u, systems, Readout::default(), Options::default()).unwrap();
    let (mut y, mut re, mut im) = (vec![0.0; 400], [0.0], [0.0]);
    ssm.run(&Engine::new(1, false).unwrap(), [&mut re, &mut im], &mut y).unwrap();
    assert_eq!(re, [0.0]);
    assert!((y[10] - 0.6_f32.powi(10)).abs() < 1e-8);
}
