//! Gradients of scans whose states are computed again are those from states that are given.

mod support;

use ssm_scan_core::{
    Dims, Engine, Options,
    linear_scan::{Cotangents, LinearScan},
};
use support::Random;

/// The gradients of gates, inputs and entering states.
fn gradients(
    engine: &Engine,
    dims: Dims,
    options: Options<'_>,
    given: bool,
    least: f64,
) -> [Vec<f64>; 3] {
    let mut random = Random(dims.length as u64);
    let mut numbers = |count: usize| (0..count).map(|_| random.normal()).collect::<Vec<f64>>();
    let (rows, width) = (dims.batch * dims.length, dims.channels);
    let [b, dh] = [0; 2].map(|_| numbers(rows * width));
    let a: Vec<f64> =
        numbers(rows * width).iter().map(|x| least + (1.0 - least) / (1.0 + x.exp())).collect();
    let [entering, mut leaving] = [0; 2].map(|_| numbers(dims.batch * width));
    let call = LinearScan::new(dims, &a, &b, options).unwrap();
    let (mut h, mut state) = (vec![0.0; rows * width], entering.clone());
    call.run(engine, &mut state, &mut h).unwrap();
    let [mut da, mut db] = [0; 2].map(|_| vec![f64::NAN; rows * width]);
    let cotangents =
        Cotangents { h: &dh, entering: Some(&entering), states: given.then_some(&h[..]) };
    call.backward(engine, cotangents, &mut leaving, [&mut da, &mut db]).unwrap();
    [da, db, leaving]
}

#[test]
fn states_that_are_computed_again_are_the_same() {
    let engines = [1, 3].map(|threads| Engine::new(threads, false).unwrap());
    for channels in [7, 16, 20, 32, 64, 130] {
        for (batch, length) in [(1, 1), (3, 15), (2, 64), (1, 1000), (2, 0), (0, 5)] {
            let dims = Dims { batch, length, channels };
            let reset: Vec<u8> = (0..batch * length).map(|i| u8::from(i % 37 == 5)).collect();
            for reverse in [false, true] {
                for reset in [None, Some(&reset[..])] {
                    let options = Options { reverse, reset, ..Options::default() };
                    let all = engines.each_ref().map(|engine| {
                        [true, false].map(|given| gradients(engine, dims, options, given, 0.0))
                    });
                    assert!(
                        all.iter().flatten().all(|found| *found == all[0][0]),
                        "{dims:?}, {reverse}"
                    );
                }
            }
        }
    }
}

#[test]
fn so_they_are_where_time_is_cut() {
    let dims = Dims { batch: 1, length: 40_000, channels: 64 };
    for least in [0.5, 0.9999] {
        for reverse in [false, true] {
            let options = Options { reverse, deterministic: Some(true), ..Options::default() };
            let truth = gradients(&Engine::new(1, false).unwrap(), dims, options, true, least);
            let found = gradients(&Engine::new(2, false).unwrap(), dims, options, false, least);
            assert!(found == truth, "gates from {least}, {reverse}");
        }
    }
}
