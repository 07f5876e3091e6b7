//! What is done to rows of features, against definitions in `f64`.

mod support;

use ssm_scan_core::{
    Engine, Real,
    dense::{Dense, DenseWeights, Weight},
    norm::{Norm, Statistics},
    pointwise::{FUNCTIONS, Function, Pointwise},
};
use support::Random;

fn numbers<F: Real>(seed: u64, count: usize) -> Vec<F> {
    let mut random = Random(seed);
    (0..count).map(|_| F::of(f64::from(random.normal() as f32))).collect()
}

fn engines() -> [Engine; 2] {
    [1, 3].map(|threads| Engine::new(threads, false).unwrap())
}

/// Fails where `got` is further than so many units of the last place from the truth's largest number.
fn assert_close<F: Real>(what: &str, got: &[F], truth: &[f64], units: f64) {
    let scale = truth.iter().fold(1e-300, |most: f64, x| most.max(x.abs()));
    for (i, (got, truth)) in got.iter().zip(truth).enumerate() {
        let off = (got.wide() - truth).abs() / (scale * F::epsilon().wide());
        assert!(off <= units, "{what}[{i}] is {got:?}, not {truth}: {off} units off");
    }
}

/// `erf` by its series, and where that cancels by a continued fraction of `erfc`.
fn erf(x: f64) -> f64 {
    if x.abs() > 2.0 {
        let fraction = (1..100).rev().fold(x.abs(), |sum, k| x.abs() + f64::from(k) / 2.0 / sum);
        return (1.0 - (-x * x).exp() / fraction / std::f64::consts::PI.sqrt()).copysign(x);
    }
    let (mut term, mut sum) = (x, x);
    for n in 1..60 {
        term *= -x * x / f64::from(n);
        sum += term / f64::from(2 * n + 1);
    }
    sum * 2.0 / std::f64::consts::PI.sqrt()
}

fn truth_of(function: Function, x: f64) -> f64 {
    match function {
        Function::Identity => x,
        Function::Gelu => {
            let inner = (2.0 / std::f64::consts::PI).sqrt() * (x + 0.044_715 * x.powi(3));
            0.5 * x * (1.0 + inner.tanh())
        }
        Function::GeluErf => 0.5 * x * (1.0 + erf(x / std::f64::consts::SQRT_2)),
        Function::Silu => x / (1.0 + (-x).exp()),
        Function::Sigmoid => 1.0 / (1.0 + (-x).exp()),
        Function::Tanh => x.tanh(),
        Function::Relu => x.max(0.0),
        Function::GeluSlope => {
            let factor = (2.0 / std::f64::consts::PI).sqrt();
            let t = (factor * (x + 0.044_715 * x.powi(3))).tanh();
            let inner = factor * (1.0 + 3.0 * 0.044_715 * x * x);
            0.5 * (1.0 + t) + 0.5 * x * (1.0 - t * t) * inner
        }
        Function::GeluErfSlope => {
            let density = (-0.5 * x * x).exp() / (2.0 * std::f64::consts::PI).sqrt();
            0.5 * (1.0 + erf(x / std::f64::consts::SQRT_2)) + x * density
        }
        Function::SiluSlope => {
            let s = 1.0 / (1.0 + (-x).exp());
            s * (1.0 + x * (1.0 - s))
        }
        Function::SigmoidSlope => (-x).exp() / (1.0 + (-x).exp()).powi(2),
        Function::TanhSlope => 1.0 - x.tanh().powi(2),
        Function::ReluSlope => f64::from(u8::from(x > 0.0)),
        Function::Reciprocal => 1.0 / x,
        Function::ReciprocalSlope => -1.0 / (x * x),
        Function::Exp => x.exp(),
        Function::Softplus => x.exp().ln_1p(),
    }
}

fn pointwise<F: Real>() {
    for count in [0, 1, 7, 8, 9, 33, 700_001] {
        let [x, times, plus] = [1, 2, 3].map(|seed| numbers::<F>(seed, count));
        for function in FUNCTIONS {
            let whole =
                |i: usize| truth_of(function, x[i].wide()) * times[i].wide() + plus[i].wide();
            let truth: Vec<f64> = (0..count.min(10_000)).map(whole).collect();
            for engine in engines() {
                let mut y = vec![F::nan(); count];
                let call = Pointwise::new(function, &x, Some(&times), Some(&plus)).unwrap();
                call.run(&engine, &mut y).unwrap();
                assert_close(&format!("{function:?}"), &y, &truth, 4.0);
                assert!(y.iter().all(|y| y.is_finite()));
            }
        }
    }
}

#[test]
fn functions_are_applied_to_every_element() {
    pointwise::<f32>();
    pointwise::<f64>();
}

#[test]
fn a_row_or_a_number_serves_all_rows() {
    for (rows, width) in [(0, 3), (1, 1), (4, 1), (1, 5), (3, 2), (70, 9), (3000, 129)] {
        let x = numbers::<f64>(1, rows * width);
        let whole = rows * width;
        for (long, wide) in [(1, width), (width, 1), (width, width), (1, 1), (whole, width)] {
            let (times, plus) = (numbers::<f64>(2, long), numbers::<f64>(3, wide));
            let at = |other: &[f64], i: usize| other[i % other.len()];
            let truth: Vec<f64> =
                x.iter().enumerate().map(|(i, x)| x * at(&times, i) + at(&plus, i)).collect();
            for engine in engines() {
                let mut y = vec![f64::NAN; rows * width];
                let call = Pointwise::new(Function::Identity, &x, Some(&times), Some(&plus));
                call.unwrap().run(&engine, &mut y).unwrap();
                assert_close("y", &y, &truth, 2.0);
            }
        }
    }
}

#[test]
fn what_is_not_a_number_stays_none_and_extremes_are_finite() {
    let engine = Engine::new(1, false).unwrap();
    let x = [f32::NAN, 1e30, -1e30, 200.0, -200.0, 0.0, -0.0, 1e-40];
    for function in FUNCTIONS {
        let mut y = [f32::NAN; 8];
        Pointwise::new(function, &x, None, None).unwrap().run(&engine, &mut y).unwrap();
        assert!(y[0].is_nan(), "{function:?} of NaN is {}", y[0]);
        assert!(!y[1..].iter().any(|y| y.is_nan()), "{function:?}: {y:?}");
    }
}

fn norm<F: Real>() {
    let epsilon = 1e-5;
    for (rows, width) in [(0, 4), (3, 0), (2, 1), (3, 7), (2000, 65)] {
        let x = numbers::<F>(1, rows * width);
        let [scale, bias, mean, var] = [2, 3, 4, 5].map(|seed| numbers::<F>(seed, width));
        let var: Vec<F> = var.iter().map(|x| x.abs() + F::of(0.1)).collect();
        let wide = |row: usize, i: usize| x[row * width + i].wide();
        let mean_of = |row: usize, f: &dyn Fn(f64) -> f64| {
            (0..width).map(|i| f(wide(row, i))).sum::<f64>() / width as f64
        };
        let batch = Statistics::Batch { mean: &mean, var: &var };
        for statistics in [Statistics::Layer, Statistics::Rms, batch] {
            let one = |k: usize| {
                let (row, i) = (k / width, k % width);
                let [center, square] = match statistics {
                    Statistics::Layer => {
                        let mean = mean_of(row, &|x| x);
                        [mean, mean_of(row, &|x| (x - mean).powi(2))]
                    }
                    Statistics::Rms => [0.0, mean_of(row, &|x| x * x)],
                    Statistics::Batch { mean, var } => [mean[i].wide(), var[i].wide()],
                };
                (wide(row, i) - center) / (square + epsilon).sqrt() * scale[i].wide()
                    + bias[i].wide()
            };
            let truth: Vec<f64> = (0..rows * width).map(one).collect();
            for engine in engines() {
                let mut y = vec![F::nan(); rows * width];
                let affine = [Some(&scale[..]), Some(&bias[..])];
                let call = Norm::new(rows, width, epsilon, &x, statistics, affine).unwrap();
                call.run(&engine, &mut y).unwrap();
                assert_close("y", &y, &truth, 8.0);
            }
        }
    }
}

#[test]
fn rows_are_normalised() {
    norm::<f32>();
    norm::<f64>();
}

#[test]
fn buffers_that_do_not_fit_name_themselves() {
    let sentence = |result: Result<(), ssm_scan_core::Error>| result.unwrap_err().to_string();
    let (x, w) = ([0.0_f32; 6], [0.0_f32; 8]);
    let weights = DenseWeights {
        weight: Weight::Full(&w),
        bias: None,
        total: 4,
        first: 0,
        transposed: false,
    };
    let dense = |inputs, outputs| Dense::new(3, inputs, outputs, &x, weights).map(|_| ());
    assert_eq!(sentence(dense(3, 4)), "`x` has 6 elements, expected 9");
    assert_eq!(sentence(dense(2, 5)), "`weight` has 4 outputs, expected at least 5");
    let pointwise = Pointwise::new(Function::Silu, &x, Some(&w), None).map(|_| ());
    assert_eq!(sentence(pointwise), "`times` has 8 elements, expected 6");
    let pointwise = Pointwise::new(Function::Silu, &x, Some(&x[..2]), Some(&x[..3])).map(|_| ());
    assert_eq!(sentence(pointwise), "`plus` has 3 elements, expected 2");
    let norm = Norm::new(3, 2, 0.0, &x, Statistics::Layer, [Some(&w[..]), None]).map(|_| ());
    assert_eq!(sentence(norm), "`scale` has 8 elements, expected 2");
}
