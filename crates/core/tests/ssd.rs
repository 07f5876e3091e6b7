//! Mamba-2's recurrence against its definition, on every engine and by every plan.

mod support;

use ssm_scan_core::{
    Options, Real,
    ssd::{Inputs, Sizes, Ssd, Steps},
};
use support::{
    Random,
    ssd::{Arrays, SOFT, sizes},
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
            for chunk in [0, 1, 4, 64, 256] {
                let options = Options { reverse, ..Options::default() };
                arrays.check(is_full, Steps { chunk, ..SOFT }, options);
            }
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
    let mut random = Random(11);
    let reset: Vec<u8> = (0..150).map(|_| u8::from(random.is_so(0.03))).collect();
    for reverse in [false, true] {
        let options = Options { reverse, reset: Some(&reset), ..Options::default() };
        Arrays::<f32>::new(sizes([1, 150, 3, 16, 16, 1]), 1).check(true, SOFT, options);
        let options = Options { cu_seqlens: Some(&[0, 0, 1, 20, 130, 150]), ..options };
        Arrays::<f64>::new(sizes([1, 150, 3, 16, 16, 1]), 5).check(false, SOFT, options);
    }
    let options = Options { lengths: Some(&[70, 0, 2, 40]), ..Options::default() };
    Arrays::<f32>::new(sizes([4, 70, 2, 16, 16, 1]), 4).check(true, SOFT, options);
}

#[test]
fn long_ones_are_spread_over_threads() {
    for shape in [[1, 20_000, 1, 16, 16, 1], [1, 700, 9, 32, 32, 3], [9, 200, 2, 32, 32, 1]] {
        Arrays::<f32>::new(sizes(shape), shape[0]).check(true, SOFT, Options::default());
    }
}

#[test]
fn steps_of_any_size_and_limits() {
    let mut arrays = Arrays::<f32>::new(sizes([1, 90, 3, 16, 16, 1]), 1);
    for (t, dt) in arrays.dt.iter_mut().enumerate() {
        *dt = [0.0, 1e4, 1e-4, 0.3, 1e9, 0.0][t % 6];
    }
    let plain = Steps { softplus: false, ..SOFT };
    arrays.check(true, plain, Options::default());
    arrays.check(false, Steps { limit: [0.01, 0.5], ..plain }, Options::default());
    arrays.check(true, Steps { limit: [0.001, 0.1], ..SOFT }, Options::default());
    arrays.a.fill(-1e9);
    arrays.check(false, plain, Options::default());
}

#[test]
fn states_that_grow_are_computed_by_steps() {
    let mut arrays = Arrays::<f32>::new(sizes([1, 90, 3, 16, 16, 1]), 1);
    arrays.a[1] = 0.1;
    arrays.check(true, SOFT, Options::default());
}

#[test]
fn what_is_not_finite_goes_where_the_definition_lets_it() {
    let clean = Arrays::<f32>::new(sizes([1, 90, 3, 16, 16, 1]), 1);
    let mut reset = [0; 90];
    reset[60] = 1;
    let options = Options { reset: Some(&reset), ..Options::default() };
    let poison: [fn(&mut Arrays<f32>); 5] = [
        |arrays| arrays.x[30 * 48 + 20] = f32::NAN,
        |arrays| arrays.b[30 * 16 + 3] = f32::INFINITY,
        |arrays| arrays.c[30 * 16 + 3] = f32::NAN,
        |arrays| arrays.dt[30 * 3 + 1] = f32::NAN,
        |arrays| arrays.state[300] = f32::NAN,
    ];
    for poison in poison {
        let mut arrays = Arrays { state: clean.state.clone(), ..Arrays::new(clean.sizes, 1) };
        poison(&mut arrays);
        arrays.check(true, SOFT, options);
    }
}

/// What is wrong with inputs.
type Change = fn(&mut Inputs<'_, f32>);

#[test]
fn arrays_that_do_not_fit_are_refused() {
    let arrays = Arrays::<f32>::new(sizes([2, 3, 2, 4, 5, 1]), 2);
    let refusal = |change: Change, steps, sizes| {
        let mut inputs = arrays.inputs(true);
        change(&mut inputs);
        Ssd::new(sizes, inputs, steps, Options::default()).err().map(|error| error.to_string())
    };
    let cases: [(Change, &str); 8] = [
        (|inputs| inputs.x = &inputs.x[1..], "`x` has 47 elements, expected 48"),
        (|inputs| inputs.dt = &inputs.dt[1..], "`dt` has 11 elements, expected 12"),
        (|inputs| inputs.a = &inputs.a[1..], "`A` has 1 elements, expected 2"),
        (|inputs| inputs.b = &inputs.b[1..], "`B` has 29 elements, expected 30"),
        (|inputs| inputs.c = &inputs.c[1..], "`C` has 29 elements, expected 30"),
        (
            |inputs| inputs.d = Some(&inputs.a[..1]),
            "`D` has 1 elements, expected 2 (one for each head) or 8 (one for each channel)",
        ),
        (|inputs| inputs.z = Some(&inputs.x[1..]), "`z` has 47 elements, expected 48"),
        (|inputs| inputs.dt_bias = Some(inputs.x), "`dtBias` has 48 elements, expected 2"),
    ];
    for (change, want) in cases {
        assert_eq!(refusal(change, SOFT, arrays.sizes).unwrap(), want);
    }
    let wrong = Steps { limit: [2.0, 1.0], ..SOFT };
    let refused = refusal(|_| (), wrong, arrays.sizes).unwrap();
    assert_eq!(refused, "`dtLimit` must rise, got [2, 1]");
    let refused = refusal(|_| (), SOFT, Sizes { groups: 0, ..arrays.sizes }).unwrap();
    assert_eq!(refused, "`groups` must be 1 to heads 2, got 0");
}
