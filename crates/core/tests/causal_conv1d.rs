//! The short convolution against its definition, on every engine.

mod support;

use ssm_scan_core::{
    Dims, Options, Real,
    causal_conv1d::{Activation, CausalConv1d, reference},
};
use support::{Random, convolution::Arrays, engines};

impl<F: Real> Arrays<F> {
    fn check(&self, activation: Activation, options: Options<'_>) {
        let call = self.call(activation, options);
        let entering: Vec<f64> = self.state.iter().map(|x| x.wide()).collect();
        let [want, leaving] = reference(&call, &entering);
        let scale = want.iter().fold(1.0, |max: f64, y| max.max(y.abs()));
        for engine in engines() {
            let mut y = vec![F::nan(); want.len()];
            let mut state = self.state.clone();
            call.run(engine, &mut state, &mut y).unwrap();
            for (i, (got, want)) in y.iter().zip(&want).enumerate() {
                let error = (got.wide() - want).abs() / scale;
                let bound = 16.0 * F::epsilon().wide();
                assert!(error <= bound, "{:?} {}: y[{i}] is {error:e} off", self.dims, self.width);
            }
            assert!(state.iter().map(|x| x.wide()).eq(leaving.iter().copied()), "{:?}", self.dims);
        }
    }
}

fn shapes<F: Real>() {
    for [batch, length, channels] in [
        [0, 3, 2],
        [2, 0, 3],
        [2, 3, 0],
        [1, 1, 1],
        [2, 2, 7],
        [3, 17, 8],
        [2, 40, 33],
        [1, 25, 700],
        [3, 9, 1100],
    ] {
        let dims = Dims { batch, length, channels };
        for width in [1, 2, 3, 4, 5, 9] {
            let arrays = Arrays::<F>::new(dims, width, batch, width % 2 == 0);
            for activation in [Activation::None, Activation::Silu] {
                arrays.check(activation, Options::default());
            }
            arrays.check(Activation::None, Options { reverse: true, ..Options::default() });
        }
    }
}

#[test]
fn matches_the_definition() {
    shapes::<f32>();
    shapes::<f64>();
}

#[test]
fn resets_sequences_and_padding_are_those_of_the_definition() {
    let mut numbers = Random(7);
    let dims = Dims { batch: 1, length: 60, channels: 19 };
    let reset: Vec<u8> = (0..60).map(|_| u8::from(numbers.is_so(0.2))).collect();
    let bounds = [0, 0, 1, 3, 20, 59, 60];
    for width in [1, 2, 4, 7] {
        for reverse in [false, true] {
            let options = Options { reverse, reset: Some(&reset), ..Options::default() };
            Arrays::<f32>::new(dims, width, 1, true).check(Activation::Silu, options);
            let options = Options { cu_seqlens: Some(&bounds), ..options };
            Arrays::<f32>::new(dims, width, 6, true).check(Activation::Silu, options);
        }
    }
    let dims = Dims { batch: 4, length: 15, channels: 19 };
    for width in [1, 4, 17] {
        let options = Options { lengths: Some(&[15, 0, 2, 9]), ..Options::default() };
        Arrays::<f64>::new(dims, width, 4, true).check(Activation::None, options);
    }
}

#[test]
fn long_ones_are_spread_over_threads() {
    for (length, channels) in [(200_003, 3), (3_001, 700)] {
        let dims = Dims { batch: 1, length, channels };
        let arrays = Arrays::<f32>::new(dims, 4, 1, true);
        arrays.check(Activation::Silu, Options::default());
        let mut reset = vec![0; length];
        reset[length / 2 + 2] = 1;
        let options = Options { reset: Some(&reset), ..Options::default() };
        arrays.check(Activation::None, options);
    }
}

#[test]
fn a_reset_stops_what_is_not_finite() {
    let dims = Dims { batch: 1, length: 6, channels: 1 };
    let mut arrays = Arrays::<f32>::new(dims, 3, 1, false);
    arrays.x[2] = f32::NAN;
    let options = Options { reset: Some(&[0, 0, 0, 1, 0, 0]), ..Options::default() };
    let mut y = [0.0; 6];
    arrays.call(Activation::None, options).run(&engines()[0], &mut [0.0; 2], &mut y).unwrap();
    assert_eq!(y.map(f32::is_nan), [false, false, true, false, false, false]);
}

#[test]
fn arrays_that_do_not_fit_are_refused() {
    let dims = Dims { batch: 2, length: 3, channels: 4 };
    let refusal = |width, counts: [usize; 3]| {
        let [x, weight, bias] = counts.map(|count| vec![0_f32; count]);
        let (bias, options) = (Some(&bias[..]), Options::default());
        CausalConv1d::new(dims, width, &x, &weight, bias, Activation::None, options)
            .err()
            .map(|error| error.to_string())
    };
    assert_eq!(refusal(2, [24, 8, 4]), None);
    assert_eq!(refusal(2, [23, 8, 4]).unwrap(), "`x` has 23 elements, expected 24");
    assert_eq!(refusal(2, [24, 9, 4]).unwrap(), "`weight` has 9 elements, expected 8");
    assert_eq!(refusal(2, [24, 8, 3]).unwrap(), "`bias` has 3 elements, expected 4");
    assert_eq!(refusal(0, [24, 0, 4]).unwrap(), "`width` must be at least 1, got 0");
}
