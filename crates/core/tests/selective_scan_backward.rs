//! The gradients of the selective scan: the definition against differences, and the kernels against the definition.

mod numbers;
mod selective;

use numbers::numbers;
use proptest::{prelude::*, test_runner::RngSeed};
use selective::{
    Case,
    gradients::{agrees, cotangents, defined, found, planes},
    one,
};
use ssm_scan_core::{Engine, selective_scan::reference};

/// A case with every input, with the same weights at every step if `fixed`.
fn variant<const P: usize>(options: [bool; 4]) -> Case<f64, P> {
    let [softplus, reverse, resets, fixed] = options;
    let mut case = Case::<f64, P>::new([2, 7, 3, 2, if fixed { 1 } else { 2 }], 5);
    (case.softplus, case.reverse) = (softplus, reverse);
    case.reset = resets.then(|| vec![1, 0, 0, 1, 1, 0, 0, 0, 0, 0, 1, 0, 0, 1]);
    if fixed {
        (case.b, case.c) = (case.a.clone().map(negative), case.a.clone());
        case.sizes.groups = None;
    }
    case
}

fn negative(x: Vec<f64>) -> Vec<f64> {
    x.iter().map(|x| 0.3 - x).collect()
}

/// What the gradients are of.
fn loss<const P: usize>(case: &Case<f64, P>) -> f64 {
    let (dy, leaving) = cotangents(case);
    let (y, _, last) = reference(&case.scan(), planes(&case.state));
    let dot = |x: &[f64], y: &[f64]| x.iter().zip(y).map(|(x, y)| x * y).sum::<f64>();
    dot(&y, &dy) + last.iter().zip(&leaving).map(|(x, y)| dot(x, y)).sum::<f64>()
}

fn is_what_differences_say<const P: usize>(options: [bool; 4]) {
    let mut case = variant::<P>(options);
    let truth = defined(&case);
    let mut names: Vec<(&str, usize)> =
        ["u", "dt", "D", "z", "dtBias"].map(|name| (name, 0)).into();
    for name in ["A", "B", "C", "state"] {
        names.extend((0..P).map(|p| (name, p)));
    }
    fn array<'c, const P: usize>(
        case: &'c mut Case<f64, P>,
        (name, p): (&str, usize),
    ) -> &'c mut Vec<f64> {
        match name {
            "u" => &mut case.u,
            "dt" => &mut case.dt,
            "D" => case.more[0].as_mut().unwrap(),
            "z" => case.more[1].as_mut().unwrap(),
            "dtBias" => case.more[2].as_mut().unwrap(),
            "A" => &mut case.a[p],
            "B" => &mut case.b[p],
            "C" => &mut case.c[p],
            _ => &mut case.state[p],
        }
    }
    for (name, (_, truth)) in names.into_iter().zip(truth) {
        for (i, want) in truth.into_iter().enumerate() {
            let own = array(&mut case, name)[i];
            let mut at = |x: f64| {
                array(&mut case, name)[i] = x;
                loss(&case)
            };
            let slope = (at(own + 1e-5) - at(own - 1e-5)) / 2e-5;
            at(own);
            assert!((slope - want).abs() < 1e-7, "{name:?}[{i}] {options:?}: {want}, not {slope}");
        }
    }
}

#[test]
fn the_definition_is_what_differences_say() {
    for marks in 0..16_u8 {
        let options = [1, 2, 4, 8].map(|bit| marks & bit != 0);
        is_what_differences_say::<1>(options);
        is_what_differences_say::<2>(options);
        agrees(&variant::<1>(options));
        agrees(&variant::<2>(options));
    }
}

#[test]
fn agrees_with_the_definition_at_every_length_and_group() {
    for length in [0, 1, 15, 16, 17, 40, 130] {
        agrees(&Case::<f32, 1>::new([2, length, 4, 8, 2], 7));
        agrees(&Case::<f64, 2>::new([2, length, 4, 8, 2], 7));
    }
    for [channels, states, groups] in [
        [1, 1, 1],
        [3, 5, 2],
        [7, 16, 3],
        [70, 4, 1],
        [130, 17, 4],
        [2, 3, 5],
        [0, 3, 1],
        [70, 0, 1],
    ] {
        agrees(&Case::<f32, 1>::new([2, 33, channels, states, groups], 9));
        agrees(&Case::<f64, 1>::new([2, 33, channels, states, groups], 9));
        agrees(&Case::<f64, 2>::new([2, 33, channels, states, groups], 9));
    }
}

#[test]
fn packed_sequences_have_their_own_gradients() {
    let bounds = vec![0, 3, 3, 40, 41, 130];
    let mut case = Case::<f32, 1>::new([1, 130, 70, 4, 2], 12);
    case.state = [numbers(13, 5 * 280, 1.0)];
    case.cu_seqlens = Some(bounds);
    agrees(&case);
    case.reverse = true;
    agrees(&case);
    case.reset = Some((0..130).map(|t| u8::from(t % 7 == 2)).collect());
    agrees(&case);
}

#[test]
fn threads_change_nothing() {
    for case in [Case::<f32, 1>::new([3, 70, 700, 16, 3], 31), Case::new([40, 9, 300, 16, 1], 32)] {
        let want = found(&case, &one());
        for threads in 2..=4 {
            assert!(
                found(&case, &Engine::new(threads, false).unwrap()) == want,
                "{threads} threads"
            );
        }
    }
}

#[test]
fn a_reset_stops_what_is_not_a_number() {
    let mut case = Case::<f32, 1>::new([1, 60, 9, 6, 1], 22);
    case.u[5 * 9 + 2] = f32::NAN;
    case.u[50 * 9 + 2] = f32::NAN;
    case.reset = Some((0..60).map(|t| u8::from(t == 20 || t == 40)).collect());
    let all = found(&case, &one());
    let (_, du) = all.iter().find(|(name, _)| *name == "u").unwrap();
    assert!(du[20 * 9..40 * 9].iter().all(|x| x.is_finite()));
    let (_, da) = all.iter().find(|(name, _)| *name == "A").unwrap();
    assert!(da[2 * 6].is_nan() && da[3 * 6].is_finite());
}

#[test]
fn exponents_of_any_size_are_right() {
    for size in [1e-7, 1.0, 50.0, 86.0, 120.0, 1e4] {
        let mut case = Case::<f32, 1>::new([1, 40, 9, 6, 1], 21);
        case.a[0].iter_mut().for_each(|a| *a *= size);
        agrees(&case);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, rng_seed: RngSeed::Fixed(5), ..ProptestConfig::default() })]

    #[test]
    fn agrees_with_the_definition(
        sizes in (1..4_usize, 0..70_usize, 1..80_usize, 0..40_usize, 1..4_usize),
        seed in 0..1000_u64,
        given in prop::array::uniform3(any::<bool>()),
        [softplus, reverse, resets] in prop::array::uniform3(any::<bool>()),
    ) {
        let (batch, length, channels, states, groups) = sizes;
        let mut case = Case::<f32, 1>::new([batch, length, channels, states, groups], seed);
        for (more, given) in case.more.iter_mut().zip(given) {
            *more = more.take().filter(|_| given);
        }
        (case.softplus, case.reverse) = (softplus, reverse);
        case.reset = resets.then(|| (0..batch * length).map(|t| u8::from(t % 13 == 4)).collect());
        agrees(&case);
        let mut turned = Case::<f64, 2>::new([batch, length.min(20), channels.min(9), states, groups], seed);
        (turned.softplus, turned.reverse) = (softplus, reverse);
        agrees(&turned);
    }
}
