//! The selective scan against its definition.

mod numbers;
mod selective;

use numbers::numbers;
use proptest::{prelude::*, test_runner::RngSeed};
use selective::{Case, agrees, apart, one, run};
use ssm_scan_core::{Real, selective_scan::reference};

#[test]
fn agrees_with_the_definition_at_every_length_and_group() {
    for length in [0, 1, 8, 16, 17, 64, 372, 784, 1134, 4096] {
        for groups in [1, 2] {
            agrees!(1, f32, Case::new([2, length, 4, 8, groups], 7));
        }
        agrees!(2, f32, Case::new([1, length.min(1134), 4, 8, 2], 8));
    }
    for [channels, states, groups] in
        [[1, 1, 1], [3, 5, 2], [7, 16, 3], [70, 4, 1], [130, 17, 4], [2, 3, 5]]
    {
        agrees!(1, f32, Case::new([2, 33, channels, states, groups], 9));
        agrees!(1, f64, Case::new([2, 33, channels, states, groups], 9));
        agrees!(2, f64, Case::new([2, 33, channels, states, groups], 9));
    }
}

#[test]
fn weights_may_be_the_same_at_every_step() {
    for groups in [None, Some(1)] {
        let mut case = Case::<f32, 1>::new([2, 50, 6, 5, 1], 3);
        case.sizes.groups = groups;
        case.b = [numbers(1, 30, 1.0)];
        agrees!(1, f32, case);
        case.c = [numbers(2, 30, 1.0)];
        agrees!(1, f32, case);
        let mut case = Case::<f64, 2>::new([2, 50, 6, 5, 1], 3);
        case.sizes.groups = groups;
        case.c = [numbers(2, 30, 1.0), numbers(3, 30, 1.0)];
        agrees!(2, f64, case);
    }
}

#[test]
fn chunks_are_the_states_at_their_ends() {
    for reverse in [false, true] {
        let mut case = Case::<f32, 1>::new([2, 40, 5, 3, 1], 5);
        case.reverse = reverse;
        let (want_y, _, [all]) = run!(1, case, &one(), 1);
        let (y, mut state, _) = case.outputs(0);
        let mut y = y;
        let mut chunks = vec![f32::NAN; 2 * 4 * 15];
        let planes = state.each_mut().map(Vec::as_mut_slice);
        case.scan().run_with(&one(), 12, planes, &mut y, [&mut chunks]).unwrap();
        for (k, chunk) in chunks.chunks_exact(15).enumerate() {
            let (batch, k) = (k / 4, k % 4);
            let row = if reverse { [0, 4, 16, 28][k] } else { [11, 23, 35, 39][k] };
            let want = &all[(batch * 40 + row) * 15..][..15];
            let want: Vec<f64> = want.iter().map(|&x| x.into()).collect();
            assert!(apart(chunk, &want) <= 1e-6, "chunk {k}, reverse {reverse}");
        }
        let want: Vec<f64> = want_y.iter().map(|&x| x.into()).collect();
        assert!(apart(&y, &want) <= 1e-6);
    }
}

#[test]
fn three_hundred_packed_sequences() {
    let mut bounds = vec![0];
    for size in numbers::<f64>(11, 300, 99.0) {
        bounds.push(bounds.last().unwrap() + 1 + (size.abs() * 2.0) as i32);
    }
    let length = *bounds.last().unwrap() as usize;
    let mut case = Case::<f32, 1>::new([1, length, 6, 4, 2], 12);
    case.state = [numbers(13, 300 * 24, 1.0)];
    case.cu_seqlens = Some(bounds);
    agrees!(1, f32, case);
    case.reverse = true;
    agrees!(1, f32, case);
}

#[test]
fn exponents_of_any_size_are_right() {
    for size in [1e-7, 1.0, 50.0, 86.0, 88.0, 120.0, 1e4, 1e9] {
        let mut case = Case::<f32, 1>::new([1, 40, 9, 6, 1], 21);
        case.a[0].iter_mut().for_each(|a| *a *= size);
        agrees!(1, f32, case);
    }
    let mut case = Case::<f32, 1>::new([1, 40, 9, 6, 1], 21);
    case.a[0].fill(f32::NEG_INFINITY);
    let (y, state, _) = run!(1, case, &one());
    assert!(y.iter().chain(&state[0]).all(|x| x.is_finite()));
    case.dt[9] = f32::NAN;
    let (y, _, _) = run!(1, case, &one());
    assert!(y[9].is_nan() && y[10].is_finite());
}

#[test]
fn a_reset_stops_what_is_not_a_number() {
    let mut case = Case::<f32, 1>::new([1, 60, 9, 6, 1], 22);
    case.u[5 * 9 + 2] = f32::NAN;
    case.state[0][0] = f32::INFINITY;
    case.reset = Some((0..60).map(|t| u8::from(t == 20)).collect());
    let (y, state, _) = run!(1, case, &one());
    assert!(y[10 * 9 + 2].is_nan() && y[20 * 9..].iter().chain(&state[0]).all(|x| x.is_finite()));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, rng_seed: RngSeed::Fixed(5), ..ProptestConfig::default() })]

    #[test]
    fn agrees_with_the_definition(
        sizes in (1..4_usize, 0..70_usize, 1..80_usize, 0..20_usize, 1..4_usize),
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
        agrees!(1, f32, case);
        let mut turned = Case::<f64, 2>::new([batch, length.min(20), channels.min(9), states, groups], seed);
        (turned.softplus, turned.reverse) = (softplus, reverse);
        agrees!(2, f64, turned);
    }
}
