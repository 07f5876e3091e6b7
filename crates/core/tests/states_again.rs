//! Gradients of scans whose states are computed again are those from states that are given.

mod support;

use ssm_scan_core::{
    Dims, Engine, Options,
    linear_scan::{Cotangents, LinearScan},
};
use support::Random;

/// The gradients of gates, inputs and entering states. Gates of a row are between the `least` one and 1.
fn gradients(
    engine: &Engine,
    dims: Dims,
    options: Options<'_>,
    given: bool,
    least: impl Fn(usize) -> f64,
) -> [Vec<f64>; 3] {
    let mut random = Random(dims.length as u64);
    let mut numbers = |count: usize| (0..count).map(|_| random.normal()).collect::<Vec<f64>>();
    let (rows, width) = (dims.batch * dims.length, dims.channels);
    let [b, dh] = [0; 2].map(|_| numbers(rows * width));
    let gate = |(i, x): (usize, &f64)| {
        let least = least(i / width);
        least + (1.0 - least) / (1.0 + x.exp())
    };
    let a: Vec<f64> = numbers(rows * width).iter().enumerate().map(gate).collect();
    let call = LinearScan::new(dims, &a, &b, options).unwrap();
    let [entering, mut leaving] = [0; 2].map(|_| numbers(call.state()));
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
                        [true, false].map(|given| gradients(engine, dims, options, given, |_| 0.0))
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

/// Whether they are the same from states that are given, on one thread, and from those computed again, on some.
fn agree(dims: Dims, options: Options<'_>, least: impl Fn(usize) -> f64, name: &str) {
    for reverse in [false, true] {
        let options = Options { reverse, deterministic: Some(true), ..options };
        let truth = gradients(&Engine::new(1, false).unwrap(), dims, options, true, &least);
        for threads in [1, 2, 5] {
            let engine = Engine::new(threads, false).unwrap();
            let found = gradients(&engine, dims, options, false, &least);
            assert!(found == truth, "{name}: {dims:?}, {reverse}, {threads} threads");
        }
    }
}

#[test]
fn so_they_are_where_time_is_cut() {
    let dims = Dims { batch: 1, length: 40_000, channels: 64 };
    for least in [0.5, 0.9999] {
        agree(dims, Options::default(), |_| least, &format!("gates from {least}"));
    }
}

#[test]
fn so_they_are_where_guesses_are_wrong() {
    let dims = Dims { batch: 2, length: 20_000, channels: 64 };
    let forgets = |row: usize, at: [usize; 2]| (at[0]..at[1]).contains(&(row % 20_000));
    for at in [[9_000, 12_000], [0, 12_000], [8_000, 20_000]] {
        let least = |row| if forgets(row, at) { 0.5 } else { 0.999_999 };
        agree(dims, Options::default(), least, &format!("rows {at:?} forget"));
    }
}

#[test]
fn so_they_are_for_sequences_of_any_length_and_many_channels() {
    let bounds = [0, 5000, 5000, 5003, 29_000, 30_000];
    let packed = Options { cu_seqlens: Some(&bounds), ..Options::default() };
    agree(Dims { batch: 1, length: 30_000, channels: 32 }, packed, |_| 0.5, "packed");
    let lengths = [9000, 17, 0];
    let padded = Options { lengths: Some(&lengths), ..Options::default() };
    agree(Dims { batch: 3, length: 9500, channels: 64 }, padded, |_| 0.5, "padded");
    let reset: Vec<u8> = (0..9000).map(|row| u8::from(row % 1300 == 7)).collect();
    let cut = Options { reset: Some(&reset), ..Options::default() };
    for (length, channels) in [(9000, 40), (3000, 600)] {
        let reset = cut.reset.map(|reset| &reset[..length]);
        agree(Dims { batch: 1, length, channels }, Options { reset, ..cut }, |_| 0.5, "resets");
    }
}
