//! Convolutions with matrices against their definition.

use ssm_scan_core::{
    Dims, Engine,
    matrix_convolution::{MatrixConvolution, reference},
};

#[test]
fn matches_the_definition() {
    let mut seed = 1_u64;
    let mut numbers = |count: usize| -> Vec<f64> {
        let mut next = || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (seed >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
        };
        (0..count).map(|_| next()).collect()
    };
    for [batch, length, channels, outputs] in [
        [1, 1, 1, 1],
        [3, 17, 4, 5],
        [2, 30, 1, 2],
        [2, 150, 3, 2],
        [1, 128, 1, 4],
        [2, 0, 3, 3],
        [0, 3, 2, 2],
        [2, 4, 0, 3],
        [1, 4, 3, 0],
    ] {
        let dims = Dims { batch, length, channels };
        let (u, kernel) =
            (numbers(batch * length * channels), numbers(channels * length * outputs));
        let call = MatrixConvolution::new(dims, outputs, &u, &kernel).unwrap();
        let want = reference(&call);
        for threads in [1, 3] {
            let mut y = vec![f64::NAN; batch * length * outputs];
            call.run(&Engine::new(threads, false).unwrap(), &mut y).unwrap();
            for (got, want) in y.iter().zip(&want) {
                assert!((got - want).abs() < 1e-12, "{dims:?}: {got} against {want}");
            }
        }
        let long = numbers(kernel.len() + 1);
        let wrong = MatrixConvolution::new(dims, outputs, &u, &long);
        assert!(wrong.unwrap_err().to_string().contains("`kernel`"));
    }
}
