//! A product of many gates must be better than its factors, as it serves every chunk again.

mod support;

use ssm_scan_core::Plan;
use support::{
    Call, Complex, Linear, Matrix, Operator, best, bound, constant, error, quiet, run, scaling,
    truth,
};

/// The chunks of rows of 64, 512 and 2048 elements.
const CHUNKS: [usize; 3] = [512, 64, 16];

fn assert_as_exact_as_the_serial_loop<O: Operator>(call: &Call<f32>, how: &str) {
    let truth = truth::<O, f32>(call);
    let bound = bound::<O, f32>(call, &truth);
    for plan in CHUNKS.map(|chunk| Plan::Time { chunk }) {
        let error = error(&run::<O, f32>(call, plan, best(2)), &truth);
        assert!(error <= bound, "{how}, {plan:?}: error {error:e} is over {bound:e}");
    }
}

#[test]
fn constant_gates_near_1() {
    for least in [0.999, 0.9999, 0.99999] {
        let gates = |random: &mut support::Random| {
            vec![(0..8).map(|_| random.uniform(least, 1.0)).collect()]
        };
        let call = constant::<Linear, f32>(131_072, 8, gates);
        assert_as_exact_as_the_serial_loop::<Linear>(&call, &format!("gates from {least}"));
    }
}

#[test]
fn constant_complex_gates_near_the_unit_circle() {
    for radius in [0.999, 0.9999, 0.99999, 1.0_f64] {
        let gates = |random: &mut support::Random| {
            let angles: Vec<f64> = (0..8).map(|_| random.uniform(0.0, 6.3)).collect();
            let re = angles.iter().map(|angle| radius * angle.cos()).collect();
            vec![re, angles.iter().map(|angle| radius * angle.sin()).collect()]
        };
        let call = constant::<Complex, f32>(131_072, 8, gates);
        assert_as_exact_as_the_serial_loop::<Complex>(&call, &format!("radius {radius}"));
    }
}

#[test]
fn a_constant_rotation() {
    for angle in [0.1, 1.0, 2.0_f64] {
        let gates = |_: &mut _| vec![vec![angle.cos(), -angle.sin(), angle.sin(), angle.cos()]];
        let call = constant::<Matrix, f32>(131_072, 2, gates);
        assert_as_exact_as_the_serial_loop::<Matrix>(&call, &format!("angle {angle}"));
    }
}

/// The product of a chunk is smaller than any number on its way, and 1 at its end.
fn a_product_that_vanishes_and_comes_back<O: Operator>() {
    let factor = |t: usize| if t % 26 < 13 { 1e-3 } else { 1e3 };
    let mut call = quiet::<O, f32>(26 * 8, 2, |t| scaling::<O>(&[factor(t); 2]));
    call.state[0].fill(1e10);
    let truth = truth::<O, f32>(&call);
    let error = error(&run::<O, f32>(&call, Plan::Time { chunk: 26 }, best(2)), &truth);
    assert!(error <= bound::<O, f32>(&call, &truth), "error {error:e}");
}

#[test]
fn a_real_product_that_vanishes_and_comes_back() {
    a_product_that_vanishes_and_comes_back::<Linear>();
}

#[test]
fn a_complex_product_that_vanishes_and_comes_back() {
    a_product_that_vanishes_and_comes_back::<Complex>();
}

#[test]
fn a_product_of_matrices_that_vanishes_and_comes_back() {
    a_product_that_vanishes_and_comes_back::<Matrix>();
}

/// The recurrence stays where it is, exactly; a chunk that amplifies would amplify its rounding.
fn a_repelling_fixed_point<O: Operator>(factors: [f64; 2]) {
    let mut call = quiet::<O, f32>(4096, 2, |_| scaling::<O>(&factors));
    for (i, b) in call.b[0].iter_mut().enumerate() {
        *b = 1.0 - factors[i % 2] as f32;
    }
    call.state[0].fill(1.0);
    for plan in CHUNKS.map(|chunk| Plan::Time { chunk }) {
        let out = run::<O, f32>(&call, plan, best(2));
        let mut all = out.h[0].iter().chain(&out.state[0]);
        assert!(all.all(|x| *x == 1.0), "{factors:?}, {plan:?}");
    }
}

#[test]
fn a_fixed_point_that_repels_keeps_its_state() {
    for factors in [[2.0, 2.0], [0.5, 1.5], [1.0078125, 1.0]] {
        a_repelling_fixed_point::<Linear>(factors);
        a_repelling_fixed_point::<Complex>(factors);
        a_repelling_fixed_point::<Matrix>(factors);
    }
}

#[test]
fn a_fixed_point_that_repels_in_one_direction_of_many_keeps_its_state() {
    // The squares of the product of 16 steps sum to less than 2.
    for factor in [1.015, 1.017, 1.02, 1.021] {
        a_repelling_fixed_point::<Matrix>([factor, 0.5]);
    }
}
