//! The gradients of the short convolution against their definition, and that against differences.

mod support;

use ssm_scan_core::{
    Dims, Options, Real,
    causal_conv1d::{Activation, Cotangents, Gradients, reference, reference_backward},
};
use support::{
    Random,
    convolution::{Arrays, random},
    engines,
};

fn check<F: Real>(arrays: &Arrays<F>, activation: Activation, options: Options<'_>) {
    let call = arrays.call(activation, options);
    let wide = |data: &[F]| data.iter().map(|x| x.wide()).collect::<Vec<_>>();
    let mut numbers = Random(17);
    let dy: Vec<F> = random(&mut numbers, arrays.x.len());
    let leaving: Vec<F> = random(&mut numbers, arrays.state.len());
    let want = reference_backward(&call, &wide(&arrays.state), [&wide(&dy), &wide(&leaving)]);
    let mut bits: Option<[Vec<F>; 4]> = None;
    for engine in engines() {
        let [mut x, mut weight, mut bias] =
            [&want[0], &want[1], &want[2]].map(|truth| vec![F::nan(); truth.len()]);
        let mut state = leaving.clone();
        let out = Gradients { x: &mut x, weight: &mut weight, bias: &mut bias };
        let of = Cotangents { y: &dy, entering: Some(&arrays.state) };
        call.backward(engine, of, &mut state, out).unwrap();
        let got = [x, weight, bias, state];
        for (k, (got, want)) in got.iter().zip(&want).enumerate() {
            let scale = want.iter().fold(1e-30, |max: f64, y| max.max(y.abs()));
            for (i, (got, want)) in got.iter().zip(want).enumerate() {
                let error = (got.wide() - want).abs() / scale;
                let place = format!("{k}[{i}] of {:?} {}", arrays.dims, arrays.width);
                assert!(error <= 32.0 * F::epsilon().wide(), "{place} is {error:e} off");
            }
        }
        bits = Some(bits.map_or(got.clone(), |bits| {
            // Exponentials may be fused or not.
            assert!(activation == Activation::Silu || bits == got, "{:?}", arrays.dims);
            got
        }));
    }
}

fn gradients<F: Real>() {
    for [batch, length, channels] in [
        [0, 3, 2],
        [2, 0, 3],
        [2, 3, 0],
        [1, 1, 1],
        [2, 2, 7],
        [2, 40, 33],
        [1, 30, 530],
        [1, 600, 5],
    ] {
        let dims = Dims { batch, length, channels };
        let mut numbers = Random(3);
        let reset: Vec<u8> = (0..dims.rows()).map(|_| u8::from(numbers.is_so(0.1))).collect();
        for width in [1, 2, 4, 5, 9] {
            let arrays = Arrays::<F>::new(dims, width, batch, width % 2 == 0);
            for reverse in [false, true] {
                let options = Options { reverse, ..Options::default() };
                check(&arrays, Activation::Silu, options);
                let options = Options { reset: Some(&reset), ..options };
                check(&arrays, Activation::None, options);
            }
        }
    }
}

#[test]
fn gradients_match_the_definition() {
    gradients::<f32>();
    gradients::<f64>();
}

#[test]
fn gradients_of_packed_sequences_match_the_definition() {
    let mut numbers = Random(7);
    let dims = Dims { batch: 1, length: 60, channels: 19 };
    let reset: Vec<u8> = (0..60).map(|_| u8::from(numbers.is_so(0.2))).collect();
    let bounds = [0, 0, 1, 3, 20, 59, 60];
    for width in [1, 2, 4, 7] {
        for reset in [None, Some(&reset[..])] {
            let options = Options { reset, cu_seqlens: Some(&bounds), ..Options::default() };
            let arrays = Arrays::<f64>::new(dims, width, 6, true);
            check(&arrays, Activation::Silu, options);
        }
    }
}

#[test]
fn the_definition_of_gradients_is_that_of_differences() {
    let dims = Dims { batch: 1, length: 9, channels: 2 };
    let mut arrays = Arrays::<f64>::new(dims, 4, 3, true);
    let mut numbers = Random(9);
    let [dy, leaving] = [18, 18].map(|count| random::<f64>(&mut numbers, count));
    let reset = [0, 0, 0, 0, 0, 1, 0, 0, 0];
    let bounds = [0, 2, 3, 9];
    let options = Options { reset: Some(&reset), cu_seqlens: Some(&bounds), ..Options::default() };
    let loss = |arrays: &Arrays<f64>| {
        let [y, state] = reference(&arrays.call(Activation::Silu, options), &arrays.state);
        let dot = |x: &[f64], y: &[f64]| x.iter().zip(y).map(|(x, y)| x * y).sum::<f64>();
        dot(&y, &dy) + dot(&state, &leaving)
    };
    let call = arrays.call(Activation::Silu, options);
    let found = reference_backward(&call, &arrays.state, [&dy, &leaving]);
    fn part(arrays: &mut Arrays<f64>, which: usize) -> &mut Vec<f64> {
        match which {
            0 => &mut arrays.x,
            1 => &mut arrays.weight,
            2 => arrays.bias.as_mut().unwrap(),
            _ => &mut arrays.state,
        }
    }
    for (which, found) in found.iter().enumerate() {
        for (i, found) in found.iter().enumerate() {
            let own = part(&mut arrays, which)[i];
            part(&mut arrays, which)[i] = own + 1e-6;
            let above = loss(&arrays);
            part(&mut arrays, which)[i] = own - 1e-6;
            let slope = (above - loss(&arrays)) / 2e-6;
            part(&mut arrays, which)[i] = own;
            assert!((slope - found).abs() < 1e-8, "{which}[{i}]: {found}, not {slope}");
        }
    }
}
