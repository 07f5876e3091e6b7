//! Calls that are refused, each with a sentence that names the argument and both numbers.

mod support;

use ssm_scan_core::{
    Dims, Engine, Error, Options,
    complex_scan::{self, ComplexScan},
    linear_scan::{self, LinearScan},
    matrix_scan::{self, MatrixScan},
};
use support::best;

const DIMS: Dims = Dims { batch: 2, length: 3, channels: 4 };

/// Of as many numbers as an array is long.
fn numbers(count: usize) -> Vec<f32> {
    vec![0.0; count]
}

fn refusal<T>(result: Result<T, Error>) -> String {
    let error = result.err().expect("a refusal");
    assert_eq!(error.code(), "shape");
    error.to_string()
}

fn linear(a: usize, b: usize, state: usize, h: usize) -> String {
    let (a, b) = (numbers(a), numbers(b));
    let scan = LinearScan::new(DIMS, &a, &b, Options::default());
    refusal(scan.and_then(|scan| scan.run(best(1), &mut numbers(state), &mut numbers(h))))
}

#[test]
fn a_linear_scan_names_the_buffer_that_does_not_fit() {
    let spread = "24 (a row for each step), 12 (shared by the sequences) or 4 (shared by all)";
    assert_eq!(linear(23, 24, 8, 24), format!("`a` has 23 elements, expected {spread}"));
    assert_eq!(linear(0, 24, 8, 24), format!("`a` has 0 elements, expected {spread}"));
    assert_eq!(linear(24, 20, 8, 24), "`b` has 20 elements, expected 24");
    assert_eq!(linear(12, 4, 8, 24), "`b` has 4 elements, expected 24");
    assert_eq!(linear(24, 24, 4, 24), "`out.state` has 4 elements, expected 8");
    assert_eq!(linear(4, 24, 8, 25), "`out.h` has 25 elements, expected 24");
}

fn complex(a: [usize; 2], b: [usize; 2], state: [usize; 2], h: [usize; 2]) -> String {
    let [a, b, mut state, mut h] = [a, b, state, h].map(|counts| counts.map(numbers));
    let [ar, ai] = a.each_ref().map(Vec::as_slice);
    let [br, bi] = b.each_ref().map(Vec::as_slice);
    let scan = ComplexScan::new(DIMS, [ar, ai], [br, bi], Options::default());
    let [state, h] = [&mut state, &mut h].map(|planes| planes.each_mut().map(Vec::as_mut_slice));
    refusal(scan.and_then(|scan| scan.run(best(1), state, h)))
}

#[test]
fn a_complex_scan_names_the_plane_that_does_not_fit() {
    let (a, state) = ([24; 2], [8; 2]);
    let spread = "24 (a row for each step), 12 (shared by the sequences) or 4 (shared by all)";
    assert_eq!(complex([5; 2], a, state, a), format!("`a.re` has 5 elements, expected {spread}"));
    assert_eq!(complex([24, 4], a, state, a), "`a.im` has 4 elements, expected 24");
    assert_eq!(complex(a, [1, 24], state, a), "`b.re` has 1 elements, expected 24");
    assert_eq!(complex(a, [24, 12], state, a), "`b.im` has 12 elements, expected 24");
    assert_eq!(complex(a, a, [0, 8], a), "`out.state.re` has 0 elements, expected 8");
    assert_eq!(complex(a, a, [8, 9], a), "`out.state.im` has 9 elements, expected 8");
    assert_eq!(complex(a, a, state, [23, 24]), "`out.h.re` has 23 elements, expected 24");
    assert_eq!(complex(a, a, state, [24, 0]), "`out.h.im` has 0 elements, expected 24");
}

fn matrix(a: usize, b: usize, state: usize, h: usize) -> String {
    let (a, b) = (numbers(a), numbers(b));
    let scan = MatrixScan::new(DIMS, &a, &b, Options::default());
    refusal(scan.and_then(|scan| scan.run(best(1), &mut numbers(state), &mut numbers(h))))
}

#[test]
fn a_matrix_scan_names_the_buffer_that_does_not_fit() {
    let spread = "96 (a row for each step), 48 (shared by the sequences) or 16 (shared by all)";
    assert_eq!(matrix(24, 24, 8, 24), format!("`A` has 24 elements, expected {spread}"));
    assert_eq!(matrix(96, 96, 8, 24), "`b` has 96 elements, expected 24");
    assert_eq!(matrix(48, 24, 2, 24), "`out.state` has 2 elements, expected 8");
    assert_eq!(matrix(16, 24, 8, 12), "`out.h` has 12 elements, expected 24");
}

#[test]
fn a_carry_names_the_array_that_does_not_fit() {
    let (x, mut y, mut z) = (&numbers(6)[..], numbers(6), numbers(6));
    let mut real = |[a, b, c, d]: [usize; 4], [e, f]: [usize; 2]| {
        let out = [&mut y[e..], &mut z[f..]];
        refusal(linear_scan::combine([&x[a..], &x[b..]], [&x[c..], &x[d..]], out))
    };
    assert_eq!(real([0, 1, 0, 0], [0, 0]), "`first.b` has 5 elements, expected 6");
    assert_eq!(real([0, 0, 2, 0], [0, 0]), "`second.a` has 4 elements, expected 6");
    assert_eq!(real([0, 0, 0, 3], [0, 0]), "`second.b` has 3 elements, expected 6");
    assert_eq!(real([0, 0, 0, 0], [4, 0]), "`out.a` has 2 elements, expected 6");
    assert_eq!(real([0, 0, 0, 0], [0, 6]), "`out.b` has 0 elements, expected 6");
}

#[test]
fn a_complex_carry_names_the_plane_that_does_not_fit() {
    let names = ["a.re", "a.im", "b.re", "b.im"];
    let x = numbers(6);
    for short in 1..12 {
        let plane = |i: usize| &x[usize::from(i == short)..];
        let mut out = [(); 4].map(|()| numbers(6));
        if short >= 8 {
            out[short - 8].pop();
        }
        let [first, second] = [0, 4].map(|i| [0, 1, 2, 3].map(|k| plane(i + k)));
        let out = out.each_mut().map(Vec::as_mut_slice);
        let refused = refusal(complex_scan::combine(first, second, out));
        let name = format!("{}.{}", ["first", "second", "out"][short / 4], names[short % 4]);
        assert_eq!(refused, format!("`{name}` has 5 elements, expected 6"));
    }
}

#[test]
fn a_carry_of_matrices_names_the_array_that_does_not_fit() {
    let (x, mut y, mut z) = (&numbers(12)[..], numbers(12), numbers(12));
    let mut dense = |[a, b, c, d]: [usize; 4], [e, f]: [usize; 2]| {
        let out = [&mut y[..e], &mut z[..f]];
        refusal(matrix_scan::combine(2, [&x[..a], &x[..b]], [&x[..c], &x[..d]], out))
    };
    assert_eq!(dense([12, 5, 12, 6], [12, 6]), "`first.b` has 5 elements, expected 4");
    assert_eq!(dense([11, 6, 12, 6], [12, 6]), "`first.A` has 11 elements, expected 12");
    assert_eq!(dense([12, 6, 8, 6], [12, 6]), "`second.A` has 8 elements, expected 12");
    assert_eq!(dense([12, 6, 12, 4], [12, 6]), "`second.b` has 4 elements, expected 6");
    assert_eq!(dense([12, 6, 12, 6], [0, 6]), "`out.A` has 0 elements, expected 12");
    assert_eq!(dense([12, 6, 12, 6], [12, 8]), "`out.b` has 8 elements, expected 6");
}

#[test]
fn a_state_that_enters_fits_the_one_that_leaves() {
    let enter = |entering: Option<&[f32]>, leaving: &mut [f32]| {
        ssm_scan_core::enter(["state", "out.state"], 2, entering, leaving)
    };
    let mut leaving = [f32::NAN; 2];
    enter(Some(&[1.0, 2.0]), &mut leaving).unwrap();
    assert_eq!(leaving, [1.0, 2.0]);
    enter(None, &mut leaving).unwrap();
    assert_eq!(leaving, [0.0, 0.0]);
    let long = refusal(enter(Some(&[1.0; 3]), &mut leaving));
    assert_eq!(long, "`state` has 3 elements, expected 2");
    let short = refusal(enter(None, &mut leaving[1..]));
    assert_eq!(short, "`out.state` has 1 elements, expected 2");
}

#[test]
fn a_product_of_sizes_that_overflows_matches_no_buffer() {
    let most = usize::MAX;
    let huge = [
        Dims { batch: 1 << 32, length: 1 << 32, channels: 1 },
        Dims { batch: most, length: 2, channels: 1 },
        Dims { batch: 3, length: most, channels: 1 },
        Dims { batch: 1 << 22, length: 1 << 21, channels: 1 << 21 },
    ];
    let wants = format!("`b` has 0 elements, expected {most}");
    let x: &[f32] = &[];
    for dims in huge {
        let one = &numbers(dims.channels.min(1 << 21));
        assert_eq!(refusal(LinearScan::new(dims, one, x, Options::default())), wants);
    }
    let wide = Dims { batch: 1, length: 1, channels: 1 << 32 };
    let refused = refusal(MatrixScan::new(wide, x, x, Options::default()));
    assert!(refused.starts_with(&format!("`A` has 0 elements, expected {most} ")), "{refused}");
}

#[test]
fn what_is_refused_is_left_as_it_was() {
    let scan = LinearScan::new(DIMS, &[0.5; 4], &[1.0; 24], Options::default()).unwrap();
    let (mut state, mut h) = ([7.0_f32; 8], [7.0; 23]);
    assert!(scan.run(&Engine::new(1, false).unwrap(), &mut state, &mut h).is_err());
    assert!(state.iter().chain(&h).all(|x| *x == 7.0));
}
