//! The gradients of Mamba-2's recurrence against their definition, and that against differences.

mod support;

use ssm_scan_core::{
    Options, Real,
    ssd::{Steps, reference, reference_backward},
};
use support::{
    Random,
    ssd::{Arrays, SOFT, sizes},
    ssd_backward::listed,
};

fn shapes<F: Real>() {
    for shape in [
        [0, 3, 2, 4, 4, 1],
        [2, 0, 3, 4, 4, 1],
        [2, 3, 0, 4, 4, 1],
        [2, 3, 2, 0, 4, 1],
        [2, 3, 2, 4, 0, 1],
        [1, 1, 1, 1, 1, 1],
        [2, 70, 3, 5, 3, 2],
        [1, 33, 4, 16, 16, 4],
        [2, 100, 5, 17, 19, 1],
        [1, 200, 6, 32, 24, 2],
    ] {
        let arrays = Arrays::<F>::new(sizes(shape), shape[0]);
        for (is_full, reverse) in [(false, false), (true, true)] {
            for chunk in [0, 1, 64] {
                let options = Options { reverse, ..Options::default() };
                arrays.check_backward(is_full, Steps { chunk, ..SOFT }, options);
            }
        }
    }
}

#[test]
fn gradients_match_the_definition() {
    shapes::<f32>();
    shapes::<f64>();
}

#[test]
fn gradients_of_resets_sequences_padding_and_limits_match_the_definition() {
    let mut random = Random(11);
    let reset: Vec<u8> = (0..150).map(|_| u8::from(random.is_so(0.03))).collect();
    for reverse in [false, true] {
        let options = Options { reverse, reset: Some(&reset), ..Options::default() };
        let one = Arrays::<f32>::new(sizes([1, 150, 3, 16, 16, 1]), 1);
        one.check_backward(true, SOFT, options);
        let options = Options { cu_seqlens: Some(&[0, 0, 1, 20, 130, 150]), ..options };
        for area in [4, 16] {
            let many = Arrays::<f64>::new(sizes([1, 150, 3, area, area, 1]), 5);
            many.check_backward(false, SOFT, options);
        }
    }
    let options = Options { lengths: Some(&[70, 0, 2, 40]), ..Options::default() };
    let padded = Arrays::<f32>::new(sizes([4, 70, 2, 16, 16, 1]), 4);
    padded.check_backward(true, SOFT, options);
    for softplus in [false, true] {
        let steps = Steps { softplus, limit: [0.1, 0.9], chunk: 0 };
        padded.check_backward(true, steps, Options::default());
    }
}

#[test]
fn gradients_of_what_grows_match_the_definition() {
    for head_dim in [2, 16] {
        let mut arrays = Arrays::<f64>::new(sizes([1, 40, 3, head_dim, 16, 1]), 1);
        arrays.a[1] = 0.05;
        arrays.check_backward(true, SOFT, Options::default());
    }
}

#[test]
fn what_is_not_finite_passes_no_reset() {
    let mut reset = vec![0; 40];
    reset[20] = 1;
    for head_dim in [2, 16] {
        let mut arrays = Arrays::<f32>::new(sizes([1, 40, 1, head_dim, 16, 1]), 1);
        arrays.x[3 * head_dim] = f32::NAN;
        let options = Options { reset: Some(&reset), ..Options::default() };
        let found = arrays.backward(Some(1), true, SOFT, options);
        assert!(found.dt[20..].iter().all(|x| x.is_finite()) && found.dt[3].is_nan());
        assert!(found.c[20 * 16..].iter().all(|x| x.is_finite()));
    }
}

#[test]
fn the_definition_of_gradients_is_that_of_differences() {
    let mut arrays = Arrays::<f64>::new(sizes([1, 9, 2, 2, 3, 1]), 3);
    let reset = [0, 0, 0, 0, 0, 1, 0, 0, 0];
    let bounds = [0, 2, 3, 9];
    let options = Options { reset: Some(&reset), cu_seqlens: Some(&bounds), ..Options::default() };
    let steps = Steps { limit: [0.4, 1.4], ..SOFT };
    let [y, state] = arrays.cotangents();
    let loss = |arrays: &Arrays<f64>| {
        let [out, leaving] = reference(&arrays.call(true, steps, options), &arrays.state);
        let dot = |x: &[f64], y: &[f64]| x.iter().zip(y).map(|(x, y)| x * y).sum::<f64>();
        dot(&out, &y) + dot(&leaving, &state)
    };
    let call = arrays.call(true, steps, options);
    let truth = reference_backward(&call, &arrays.state, [&y, &state]);
    fn part(arrays: &mut Arrays<f64>, which: usize) -> &mut Vec<f64> {
        let Arrays { x, dt, a, b, c, d, z, dt_bias, state, .. } = arrays;
        [x, dt, a, b, c, d, z, dt_bias, state].into_iter().nth(which).unwrap()
    }
    for (which, (name, found)) in listed(&truth).into_iter().enumerate() {
        for (i, found) in found.iter().enumerate() {
            let own = part(&mut arrays, which)[i];
            part(&mut arrays, which)[i] = own + 1e-6;
            let above = loss(&arrays);
            part(&mut arrays, which)[i] = own - 1e-6;
            let slope = (above - loss(&arrays)) / 2e-6;
            part(&mut arrays, which)[i] = own;
            assert!((slope - found).abs() < 1e-7, "{name}[{i}]: {found}, not {slope}");
        }
    }
}
