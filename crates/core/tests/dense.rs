//! Products with weights, kept as numbers or in 16 bits, against the definition in `f64`.

mod support;

use ssm_scan_core::{
    Engine, Real,
    dense::{Dense, DenseWeights, Weight},
};
use support::Random;

fn numbers<F: Real>(seed: u64, count: usize) -> Vec<F> {
    let mut random = Random(seed);
    (0..count).map(|_| F::of(f64::from(random.normal() as f32))).collect()
}

/// A finite half, by its definition.
fn half(bits: u16) -> f64 {
    let [exponent, fraction] = [i32::from(bits >> 10 & 31), i32::from(bits & 1023)];
    let size = match exponent {
        0 => f64::from(fraction) * 2.0_f64.powi(-24),
        _ => f64::from(1024 + fraction) * 2.0_f64.powi(exponent - 25),
    };
    if bits >> 15 == 1 { -size } else { size }
}

/// An `f32` without the lower half of its bits.
fn brain(bits: u16) -> f64 {
    f32::from_bits(u32::from(bits) << 16).into()
}

/// So many bit patterns of halves of about 1, of some that are subnormal, and of zeros.
fn words(count: usize) -> Vec<u16> {
    let mut random = Random(5);
    let word = |k: usize| match k % 7 {
        0 => (random.normal().to_bits() as u16) & 0x83ff,
        1 => 0x8000,
        _ => 0x3000 + (random.normal().to_bits() as u16 & 0x8fff),
    };
    (0..count).map(word).collect()
}

/// Fails where `y` is not the product with the weights whose values `value` tells.
fn check<F: Real>(
    [rows, inputs, outputs]: [usize; 3],
    transposed: bool,
    weight: Weight<'_, F>,
    value: &dyn Fn(usize) -> f64,
) {
    let (total, first) = (outputs + 3, 2);
    let (x, bias) = (numbers::<F>(1, rows * inputs), numbers::<F>(3, total));
    let at = |o: usize, i: usize| value(if transposed { i * total + o } else { o * inputs + i });
    let one = |k: usize| {
        let (row, o) = (k / outputs, k % outputs + first);
        let sum: f64 = (0..inputs).map(|i| x[row * inputs + i].wide() * at(o, i)).sum();
        sum + bias[o].wide()
    };
    let truth: Vec<f64> = (0..rows * outputs).map(one).collect();
    let scale = truth.iter().fold(1e-300, |most: f64, y| most.max(y.abs()));
    let weights = DenseWeights { weight, bias: Some(&bias), total, first, transposed };
    for threads in [1, 3] {
        let engine = Engine::new(threads, false).unwrap();
        let mut y = vec![F::nan(); rows * outputs];
        let call = Dense::new(rows, inputs, outputs, &x, weights).unwrap();
        call.run(&engine, &mut y).unwrap();
        for (i, (got, truth)) in y.iter().zip(&truth).enumerate() {
            let off = (got.wide() - truth).abs() / (scale * F::epsilon().wide());
            // Sums one after the other, where weights are transposed.
            assert!(
                off <= 8.0 + inputs as f64 / 20.0,
                "{rows} {inputs} {outputs}: y[{i}] is {got:?}, not {truth}"
            );
        }
    }
}

fn products<F: Real>() {
    let small = [[0, 3, 2], [2, 0, 3], [3, 2, 0], [1, 70, 9], [5, 33, 4], [7, 5, 3]];
    // Enough for several threads, for several panels, for both.
    let large = [[1, 400, 3001], [3, 1000, 1100], [9, 300, 500], [3000, 64, 40]];
    for sizes in small.into_iter().chain(large) {
        let [_, inputs, outputs] = sizes;
        let count = (outputs + 3) * inputs;
        let (weight, words) = (numbers::<F>(2, count), words(count));
        for transposed in [false, true] {
            check(sizes, transposed, Weight::Full(&weight), &|k| weight[k].wide());
            check(sizes, transposed, Weight::<F>::Brain(&words), &|k| brain(words[k]));
            check(sizes, transposed, Weight::<F>::Half(&words), &|k| half(words[k]));
        }
    }
}

#[test]
fn rows_are_multiplied_with_weights() {
    products::<f32>();
    products::<f64>();
}

#[test]
fn every_finite_half_is_what_it_stands_for() {
    let words: Vec<u16> = (0..=u16::MAX).filter(|bits| bits >> 10 & 31 < 31).collect();
    for rows in [1, 8] {
        let x = vec![1.0_f32; rows];
        let (weight, total, outputs) = (Weight::Half(&words), words.len(), words.len());
        let weights = DenseWeights { weight, bias: None, total, first: 0, transposed: false };
        let mut y = vec![f32::NAN; rows * outputs];
        let engine = Engine::new(1, false).unwrap();
        Dense::new(rows, 1, outputs, &x, weights).unwrap().run(&engine, &mut y).unwrap();
        for (k, y) in y.iter().enumerate() {
            assert_eq!(f64::from(*y), half(words[k % outputs]));
        }
    }
}

#[test]
fn weights_of_another_length_are_refused() {
    let weight = Weight::Brain(&[0; 5]);
    let weights = DenseWeights { weight, bias: None, total: 2, first: 0, transposed: false };
    let error = Dense::<f32>::new(1, 3, 2, &[0.0; 3], weights).unwrap_err().to_string();
    assert!(error.contains("`weight` has 5 elements, expected 6"), "{error}");
}
