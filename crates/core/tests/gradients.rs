//! Products and gradients of rows, against definitions in `f64`.

mod support;

use ssm_scan_core::{
    Engine, Real,
    column_sums::ColumnSums,
    matmul::{Matmul, Operand},
    norm::{Gradients, Norm, Statistics},
};
use support::Random;

fn numbers(seed: u64, count: usize) -> Vec<f64> {
    let mut random = Random(seed);
    (0..count).map(|_| random.normal()).collect()
}

fn engines() -> [Engine; 2] {
    [1, 3].map(|threads| Engine::new(threads, false).unwrap())
}

#[test]
fn a_product_is_the_sum_of_its_terms_and_does_not_depend_on_threads() {
    for [rows, inner, columns] in
        [[0, 3, 2], [3, 0, 2], [2, 3, 0], [5, 7, 3], [9, 5000, 11], [200, 64, 32]]
    {
        for marks in 0..4 {
            let [first, second] = [marks & 1 != 0, marks & 2 != 0];
            let [a, b] = [numbers(1, rows * inner), numbers(2, inner * columns)];
            let left = |i: usize, k: usize| a[if first { k * rows + i } else { i * inner + k }];
            let right =
                |k: usize, j: usize| b[if second { j * inner + k } else { k * columns + j }];
            let before = numbers(3, rows * columns);
            let mut found: Vec<Vec<f64>> = Vec::new();
            for engine in engines() {
                let operands = [(&a, first), (&b, second)]
                    .map(|(data, transposed)| Operand { data, transposed });
                let [left, right] = operands;
                let call = Matmul::new([rows, inner, columns], left, right).unwrap();
                let mut c = vec![f64::NAN; rows * columns];
                call.run(&engine, &mut c).unwrap();
                let mut sum = before.clone();
                call.adding().run(&engine, &mut sum).unwrap();
                for ((sum, before), c) in sum.iter().zip(&before).zip(&c) {
                    assert!((sum - before - c).abs() < 1e-10);
                }
                found.push(c);
            }
            for (k, &c) in found[0].iter().enumerate() {
                let (i, j) = (k / columns, k % columns);
                let truth: f64 = (0..inner).map(|k| left(i, k) * right(k, j)).sum();
                assert!(
                    (c - truth).abs() < 1e-10,
                    "{rows} x {inner} x {columns}: {c}, not {truth}"
                );
            }
            assert_eq!(found[0], found[1]);
        }
    }
}

#[test]
fn gradients_of_a_normalisation_are_its_differences() {
    let (rows, width, epsilon, step) = (5, 4, 1e-5, 1e-6);
    let engine = Engine::new(1, false).unwrap();
    let [mut x, scale, bias, dy] = [1, 2, 3, 4]
        .map(|seed| numbers(seed, if seed == 1 || seed == 4 { rows * width } else { width }));
    let (mean, var) = (numbers(5, width), vec![0.5, 1.0, 1.5, 2.0]);
    let batch = Statistics::Batch { mean: &mean, var: &var };
    for statistics in [Statistics::Layer, Statistics::Rms, batch] {
        let loss = |x: &[f64], scale: &[f64]| {
            let mut y = vec![0.0; x.len()];
            let call = Norm::new(rows, width, epsilon, x, statistics, [Some(scale), Some(&bias)]);
            call.unwrap().run(&engine, &mut y).unwrap();
            y.iter().zip(&dy).map(|(y, dy)| y * dy).sum::<f64>()
        };
        let [mut dx, mut dscale, mut dbias] =
            [vec![0.0; x.len()], vec![0.0; width], vec![0.0; width]];
        let out = Gradients { x: &mut dx, scale: &mut dscale, bias: &mut dbias };
        let call = Norm::new(rows, width, epsilon, &x, statistics, [Some(&scale[..]), None]);
        call.unwrap().backward(&engine, &dy, out).unwrap();
        for i in 0..x.len() {
            let own = x[i];
            x[i] = own + step;
            let above = loss(&x, &scale);
            x[i] = own - step;
            let slope = (above - loss(&x, &scale)) / (2.0 * step);
            x[i] = own;
            assert!((slope - dx[i].wide()).abs() < 1e-7, "{statistics:?}: {slope}, not {}", dx[i]);
        }
        for c in 0..width {
            let column =
                |of: &dyn Fn(usize) -> f64| (0..rows).map(|row| of(row * width + c)).sum::<f64>();
            assert!((dbias[c] - column(&|i| dy[i])).abs() < 1e-12);
            let mut more = scale.clone();
            more[c] += 1.0;
            assert!((loss(&x, &more) - loss(&x, &scale) - dscale[c]).abs() < 1e-9);
        }
    }
}

#[test]
fn columns_are_summed_on_any_number_of_threads() {
    for (rows, width) in [(0, 3), (3, 0), (1, 1), (700, 1), (5, 3), (1000, 31), (2000, 70)] {
        let [x, times] = [1, 2].map(|seed| numbers(seed, rows * width));
        for times in [None, Some(&times[..])] {
            let mut truth = vec![0.0; width];
            for (i, x) in x.iter().enumerate() {
                truth[i % width] += x * times.map_or(1.0, |times| times[i]);
            }
            let found = engines().map(|engine| {
                let mut sums = vec![f64::NAN; width];
                ColumnSums::new(width, &x, times).unwrap().run(&engine, &mut sums).unwrap();
                sums
            });
            assert_eq!(found[0], found[1]);
            assert!(found[0].iter().zip(&truth).all(|(sum, truth)| (sum - truth).abs() < 1e-10));
        }
    }
    let sums = ColumnSums::new(3, &[0.0; 6], Some(&[0.0; 8])).map(|_| ());
    assert_eq!(sums.unwrap_err().to_string(), "`times` has 8 elements, expected 6");
}
