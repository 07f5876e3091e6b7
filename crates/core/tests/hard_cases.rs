//! Data on which one or another way to compute a scan goes wrong.

mod support;

use ssm_scan_core::{Plan, Real};
use support::{
    Call, Complex, Gates, Linear, Matrix, Operator, best, bound, constant, error, quiet, random,
    run, truth,
};

const PLANS: [Plan; 6] = [
    Plan::Sequences { group: 1 },
    Plan::Time { chunk: 64 },
    Plan::Time { chunk: 512 },
    Plan::Time { chunk: 4096 },
    Plan::Time { chunk: 32768 },
    Plan::Warm { chunk: 8192, before: 512 },
];

fn assert_exact_enough<O: Operator, F: Real>(call: &Call<F>) {
    let truth = truth::<O, F>(call);
    let bound = bound::<O, F>(call, &truth);
    for plan in PLANS {
        let error = error(&run::<O, F>(call, plan, best(2)), &truth);
        assert!(error <= bound, "{plan:?}: error {error:e} is over {bound:e}");
    }
}

fn linear(length: usize, gates: impl Fn(&mut support::Random) -> f64) {
    let row = |random: &mut _| vec![vec![gates(random), gates(random)]];
    assert_exact_enough::<Linear, f32>(&random::<Linear, f32>(length, 2, row));
    assert_exact_enough::<Linear, f64>(&random::<Linear, f64>(length, 2, row));
}

#[test]
fn gates_between_0_and_1() {
    linear(65536, |random| random.uniform(0.0, 1.0));
}

#[test]
fn gates_near_1() {
    linear(131_072, |random| random.uniform(0.999, 1.0));
}

#[test]
fn gates_of_1_make_a_cumulative_sum() {
    linear(131_072, |_| 1.0);
}

#[test]
fn gates_that_are_zero_now_and_then() {
    linear(65536, |random| Gates::Zeros.draw(random));
}

#[test]
fn normal_gates() {
    linear(65536, |random| random.normal());
}

#[test]
fn a_negative_gate_near_1_alternates() {
    let row = |_: &mut _| vec![vec![-0.999; 2]];
    assert_exact_enough::<Linear, f32>(&constant::<Linear, f32>(131_072, 2, row));
    assert_exact_enough::<Linear, f64>(&constant::<Linear, f64>(131_072, 2, row));
}

#[test]
fn a_constant_gate_of_one_channel_near_1() {
    for gate in [0.999, 0.9999, 0.99999, 1.0, -0.99999] {
        let random = &mut support::Random(5);
        let mut call = constant::<Linear, f32>(131_072, 1, |_| vec![vec![gate]]);
        assert_exact_enough::<Linear, f32>(&call);
        call.b[0].iter_mut().for_each(|b| *b = random.normal() as f32);
        assert_exact_enough::<Linear, f32>(&call);
        assert_exact_enough::<Linear, f64>(&constant::<Linear, f64>(131_072, 1, |_| {
            vec![vec![gate]]
        }));
    }
}

#[test]
fn a_warm_start_does_not_forget_a_nan() {
    let row = |random: &mut support::Random| vec![vec![random.uniform(0.0, 1.0); 2]];
    let mut call = random::<Linear, f32>(10_000, 2, row);
    for bad in [f32::NAN, f32::INFINITY] {
        call.b[0][5] = bad;
        let serial = run::<Linear, f32>(&call, Plan::Sequences { group: 1 }, best(1));
        let warm = run::<Linear, f32>(&call, Plan::Warm { chunk: 1024, before: 256 }, best(2));
        assert!(serial.h[0][19_999].is_nan() || serial.h[0][19_999].is_infinite());
        assert_eq!(warm.bits(), serial.bits());
    }
}

#[test]
fn lengths_that_no_chunk_divides() {
    for length in [372, 784, 1134, 16_323, 33_753, 127_323] {
        linear(length, |random| random.uniform(0.9, 1.0));
    }
}

#[test]
fn an_impulse_decays_geometrically() {
    let gate = 0.999_f32;
    let mut call = quiet::<Linear, f32>(100_000, 1, |_| vec![vec![gate.into()]]);
    call.b[0][0] = 2.0;
    for plan in PLANS {
        let h = &run::<Linear, f32>(&call, plan, best(2)).h[0];
        for (t, h) in h.iter().enumerate() {
            let want = 2.0 * f64::from(gate).powi(t as i32);
            let error = (f64::from(*h) - want).abs();
            assert!(
                error <= 1e-4 * want + f64::from(f32::MIN_POSITIVE) * 2000.0,
                "{plan:?} at {t}"
            );
        }
        assert_eq!(h.last(), Some(&0.0), "{plan:?}");
    }
}

fn complex(least: f64) {
    let row = |random: &mut support::Random| {
        let mut polar = || (random.uniform(least, 1.0), random.uniform(0.0, 6.3));
        let [x, y] = [polar(), polar()]
            .map(|(radius, angle): (f64, f64)| [radius * angle.cos(), radius * angle.sin()]);
        vec![vec![x[0], y[0]], vec![x[1], y[1]]]
    };
    assert_exact_enough::<Complex, f32>(&random::<Complex, f32>(131_072, 2, row));
    assert_exact_enough::<Complex, f64>(&random::<Complex, f64>(131_072, 2, row));
}

#[test]
fn complex_gates_of_radius_0_4_to_1() {
    complex(0.4);
}

#[test]
fn complex_gates_of_radius_0_99_to_1() {
    complex(0.99);
}

#[test]
fn complex_gates_on_the_unit_circle() {
    complex(1.0);
}

#[test]
fn dense_random_matrices() {
    let row = |random: &mut _| Matrix::gates(random, Gates::Signed, false, 16);
    assert_exact_enough::<Matrix, f32>(&random::<Matrix, f32>(4096, 16, row));
    assert_exact_enough::<Matrix, f64>(&random::<Matrix, f64>(4096, 16, row));
}

fn no_output_is_subnormal<O: Operator, F: Real>() {
    let tiny = F::min_positive_value().wide();
    for decay in [0.9, 0.5, -0.5, 1e-3, tiny] {
        let mut call = quiet::<O, F>(2000, 3, |_| support::scaling::<O>(&[decay; 3]));
        call.state.iter_mut().flatten().for_each(|x| *x = F::of(tiny * 1e6));
        for plan in [1, 16, 100, 2000].map(|chunk| Plan::Time { chunk }).iter().chain(&PLANS) {
            let out = run::<O, F>(&call, *plan, best(2));
            let mut all = out.h.iter().chain(&out.state).flatten();
            assert!(!all.any(|x| x.is_subnormal()), "{plan:?}, {decay:e}");
            assert!(out.state.iter().flatten().all(|x| x.is_zero()), "{plan:?}, {decay:e}");
        }
    }
}

#[test]
fn states_decay_to_zero_without_becoming_subnormal() {
    no_output_is_subnormal::<Linear, f32>();
    no_output_is_subnormal::<Linear, f64>();
    no_output_is_subnormal::<Complex, f32>();
    no_output_is_subnormal::<Complex, f64>();
    no_output_is_subnormal::<Matrix, f32>();
    no_output_is_subnormal::<Matrix, f64>();
}
