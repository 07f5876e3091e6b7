//! Gated, normalised rows, against their definition in `f64`.

mod support;

use ssm_scan_core::{
    Engine, Real,
    gated_norm::{GatedNorm, Grouping, reference},
};
use support::Random;

fn numbers<F: Real>(seed: u64, count: usize) -> Vec<F> {
    let mut random = Random(seed);
    (0..count).map(|_| F::of(3.0 * f64::from(random.normal() as f32))).collect()
}

fn agrees<F: Real>() {
    let shapes =
        [(0, 4, 1), (3, 0, 1), (2, 1, 1), (3, 7, 1), (5, 12, 3), (700, 66, 2), (2, 768, 4)];
    for (rows, width, groups) in shapes {
        let [x, z] = [1, 2].map(|seed| numbers::<F>(seed, rows * width));
        let scale = numbers::<F>(3, width);
        for norm_first in [false, true] {
            let grouping = Grouping { groups, epsilon: 1e-5, norm_first };
            let call = GatedNorm::new([rows, width], grouping, &x, &z, &scale).unwrap();
            let truth = reference(&call);
            let largest = truth.iter().fold(1e-300, |most: f64, y| most.max(y.abs()));
            for threads in [1, 3] {
                let mut y = vec![F::nan(); rows * width];
                call.run(&Engine::new(threads, false).unwrap(), &mut y).unwrap();
                for (y, truth) in y.iter().zip(&truth) {
                    let off = (y.wide() - truth).abs() / (largest * F::epsilon().wide());
                    assert!(
                        off <= 8.0,
                        "{off} units off, rows {rows}, width {width}, {grouping:?}"
                    );
                }
            }
        }
    }
}

#[test]
fn rows_are_gated_and_normalised() {
    agrees::<f32>();
    agrees::<f64>();
}

#[test]
fn zeros_stay_zeros_and_nan_stays_in_its_group() {
    let grouping = Grouping { groups: 2, epsilon: 1e-5, norm_first: false };
    let x = [0.0, 0.0, f32::NAN, 1.0];
    let call = GatedNorm::new([1, 4], grouping, &x, &[1.0; 4], &[1.0; 4]).unwrap();
    let mut y = [1.0; 4];
    call.run(&Engine::new(1, false).unwrap(), &mut y).unwrap();
    assert_eq!(y[..2], [0.0, 0.0]);
    assert!(y[2].is_nan() && y[3].is_nan());
}

#[test]
fn buffers_that_do_not_fit_name_themselves() {
    let (x, w) = ([0.0_f32; 6], [0.0_f32; 8]);
    let grouping = |groups| Grouping { groups, epsilon: 0.0, norm_first: false };
    let sentence = |groups, x: &[f32], z: &[f32], scale: &[f32]| {
        GatedNorm::new([3, 2], grouping(groups), x, z, scale).unwrap_err().to_string()
    };
    assert_eq!(sentence(1, &w, &x, &x[..2]), "`x` has 8 elements, expected 6");
    assert_eq!(sentence(1, &x, &w, &x[..2]), "`z` has 8 elements, expected 6");
    assert_eq!(sentence(1, &x, &x, &x[..3]), "`scale` has 3 elements, expected 2");
    assert_eq!(sentence(3, &x, &x, &x[..2]), "`width` is 2, no multiple of 3 groups");
    assert_eq!(sentence(0, &x, &x, &x[..2]), "`width` is 2, no multiple of 0 groups");
}
