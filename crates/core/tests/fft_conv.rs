//! The long convolution against its definition.

mod numbers;

use numbers::numbers;
use ssm_scan_core::{
    Dims, Engine,
    fft_conv::{FftConv, Reach, Transformed, reference},
};

fn check<F: Transformed>(dims: Dims, taps: usize, bound: f64) {
    let u: Vec<F> = numbers(1, dims.signal(), 1.0);
    let kernel: Vec<F> = numbers(2, dims.channels * taps, 1.0);
    for (reverse, shifted, adds) in
        [(false, false, false), (true, false, true), (true, true, false), (true, true, true)]
    {
        let conv = FftConv::new(dims, &u, &kernel, taps, Reach { reverse, shifted }).unwrap();
        let before = if adds { 1.0 } else { 0.0 };
        let want: Vec<f64> = reference(&conv).iter().map(|y| y + before).collect();
        let scale = want.iter().fold(1.0, |max: f64, y| max.max(y.abs()));
        let conv = if adds { conv.adding() } else { conv };
        let run = |threads| {
            let mut y = vec![if adds { F::of(1.0) } else { F::of(f64::NAN) }; dims.signal()];
            conv.run(&Engine::new(threads, false).unwrap(), &mut y).unwrap();
            y
        };
        let y = run(1);
        for (i, (got, want)) in y.iter().zip(&want).enumerate() {
            let error = (got.wide() - want).abs() / scale;
            assert!(
                error < bound,
                "{dims:?}, {taps} taps, {reverse} {shifted} {adds}, element {i}: {error:e}"
            );
        }
        assert!(y == run(3), "the bits depend on the threads");
    }
}

#[test]
fn matches_the_definition() {
    for (batch, length, channels) in [
        (0, 3, 2),
        (2, 0, 3),
        (1, 1, 1),
        (2, 17, 3),
        (3, 64, 1),
        (1, 97, 20),
        (2, 2000, 2),
        (9, 700, 2),
    ] {
        for taps in [0, 1, 2, 16, length, length + 5] {
            check::<f32>(Dims { batch, length, channels }, taps, 2e-6);
            check::<f64>(Dims { batch, length, channels }, taps, 1e-13);
        }
    }
}

#[test]
fn many_channels_are_spread_over_threads() {
    check::<f32>(Dims { batch: 2, length: 1500, channels: 40 }, 300, 2e-6);
}

#[test]
fn lengths_that_do_not_fit_are_refused() {
    let dims = Dims { batch: 2, length: 3, channels: 2 };
    let refusal = |u: usize, kernel: usize| {
        let (u, kernel) = (vec![0_f32; u], vec![0_f32; kernel]);
        FftConv::new(dims, &u, &kernel, 4, Reach::default()).err().map(|error| error.to_string())
    };
    assert_eq!(refusal(11, 8).unwrap(), "`u` has 11 elements, expected 12");
    assert_eq!(refusal(12, 7).unwrap(), "`kernel` has 7 elements, expected 8");
    assert_eq!(refusal(12, 8), None);
}
