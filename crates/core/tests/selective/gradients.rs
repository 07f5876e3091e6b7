//! Gradients of calls of the selective scan, and the definition as their judge.

use super::{Case, apart, one};
use crate::numbers::numbers;
use ssm_scan_core::{
    Engine, Real,
    selective_scan::{Cotangents, Gradients, Truth, reference_backward},
};

/// The arrays of gradients by their names: planes of `A`, `B`, `C` and the state one after the other.
pub(crate) type Found<F> = Vec<(&'static str, Vec<F>)>;

pub(crate) fn planes<F: Real, const P: usize>(planes: &[Vec<F>; P]) -> [&[F]; P] {
    planes.each_ref().map(Vec::as_slice)
}

/// Gradients of the outputs and of the states that leave.
pub(crate) fn cotangents<F: Real, const P: usize>(case: &Case<F, P>) -> (Vec<F>, [Vec<F>; P]) {
    let mut seed = 77;
    let state = case.state.each_ref().map(|plane| {
        seed += 1;
        numbers(seed, plane.len(), 1.0)
    });
    (numbers(76, case.u.len(), 1.0), state)
}

pub(crate) fn found<F: Real, const P: usize>(case: &Case<F, P>, engine: &Engine) -> Found<F> {
    let (dy, mut state) = cotangents(case);
    let nan = |like: &[F]| vec![F::nan(); like.len()];
    let all = |like: &[Vec<F>; P]| like.each_ref().map(|plane| nan(plane));
    let [mut d, mut z, mut dt_bias] =
        case.more.each_ref().map(|x| nan(x.as_deref().unwrap_or(&[])));
    let (mut u, mut dt) = (nan(&case.u), nan(&case.dt));
    let [mut a, mut b, mut c] = [all(&case.a), all(&case.b), all(&case.c)];
    let out = Gradients {
        u: &mut u,
        dt: &mut dt,
        a: a.each_mut().map(Vec::as_mut_slice),
        b: b.each_mut().map(Vec::as_mut_slice),
        c: c.each_mut().map(Vec::as_mut_slice),
        d: &mut d,
        z: &mut z,
        dt_bias: &mut dt_bias,
    };
    let given = Cotangents { y: &dy, entering: Some(planes(&case.state)) };
    let leaving = state.each_mut().map(Vec::as_mut_slice);
    case.scan().backward(engine, given, leaving, out).unwrap();
    let mut found = vec![("u", u), ("dt", dt), ("D", d), ("z", z), ("dtBias", dt_bias)];
    for (name, planes) in [("A", a), ("B", b), ("C", c), ("state", state)] {
        found.extend(planes.map(|plane| (name, plane)));
    }
    found
}

pub(crate) fn defined<F: Real, const P: usize>(case: &Case<F, P>) -> Found<f64> {
    let (dy, state) = cotangents(case);
    let Truth { u, dt, a, b, c, d, z, dt_bias, state } =
        reference_backward(&case.scan(), planes(&case.state), &dy, planes(&state));
    let given = |k: usize, x: Vec<f64>| if case.more[k].is_some() { x } else { Vec::new() };
    let (d, z, dt_bias) = (given(0, d), given(1, z), given(2, dt_bias));
    let mut found = vec![("u", u), ("dt", dt), ("D", d), ("z", z), ("dtBias", dt_bias)];
    for (name, planes) in [("A", a), ("B", b), ("C", c), ("state", state)] {
        found.extend(planes.map(|plane| (name, plane)));
    }
    found
}

pub(crate) fn agrees<F: Real, const P: usize>(case: &Case<F, P>) {
    let bound = if F::IS_WIDE { 1e-12 } else { 4e-6 };
    for ((name, got), (_, want)) in found(case, &one()).iter().zip(&defined(case)) {
        let off = apart(got, want);
        let label = format!("{name} of {:?} {:?}, {P} planes", case.dims, case.sizes);
        assert!(off <= bound, "{label}: {off}");
    }
}
