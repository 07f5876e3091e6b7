//! Kernels by Cauchy sums against the recurrence that they stand for.

mod numbers;

use nalgebra::{Complex, DMatrix, DVector};
use numbers::numbers;
use ssm_scan_core::{Engine, cauchy::Cauchy};

type C = Complex<f64>;

/// The kernel by dense matrices of all states: `c A_bar^l b_bar`, and the readout that is cut off for it.
fn dense(lambda: &[C], b: &[C], c: &[C], p: &[Vec<C>], length: usize) -> (Vec<f64>, DVector<C>) {
    let full = |x: &[C]| -> DVector<C> {
        let all: Vec<C> = x.iter().copied().chain(x.iter().map(|x| x.conj())).collect();
        DVector::from_vec(all)
    };
    let mut a = DMatrix::from_diagonal(&full(lambda));
    for p in p {
        a -= full(p) * full(p).adjoint();
    }
    let n = a.nrows();
    let one = DMatrix::<C>::identity(n, n);
    let half = C::new(0.5, 0.0);
    let below = (&one - &a * half).try_inverse().unwrap();
    let step = &below * (&one + &a * half);
    let mut x = &below * full(b);
    let mut power = one.clone();
    let mut kernel = Vec::new();
    for _ in 0..length {
        kernel.push(full(c).dot(&x).re);
        x = &step * x;
        power = &power * &step;
    }
    (kernel, (one - power).transpose() * full(c))
}

fn check(states: usize, rank: usize, length: usize) {
    let complex = |seed: u64, count: usize, size: f64| -> Vec<C> {
        let planes = [numbers::<f64>(seed, count, size), numbers(seed + 1, count, size)];
        planes[0].iter().zip(&planes[1]).map(|(&re, &im)| C::new(re, im)).collect()
    };
    let lambda: Vec<C> =
        complex(1, states, 2.0).iter().map(|z| C::new(-z.re.abs(), z.im)).collect();
    let (b, c) = (complex(3, states, 1.0), complex(5, states, 1.0));
    let p: Vec<Vec<C>> = (0..rank).map(|r| complex(7 + 2 * r as u64, states, 0.5)).collect();
    let (want, cut) = dense(&lambda, &b, &c, &p, length);
    let planes = |x: &[C]| -> [Vec<f64>; 2] {
        [x.iter().map(|z| z.re).collect(), x.iter().map(|z| z.im).collect()]
    };
    let all = p.concat();
    let (lambda, b, c, p) =
        (planes(&lambda), planes(&b), planes(&cut.as_slice()[..states]), planes(&all));
    let minus: Vec<f64> = p[1].iter().map(|x| -x).collect();
    let cauchy = Cauchy {
        states,
        rank,
        lambda: [&lambda[0], &lambda[1]],
        b: [&b[0], &b[1]],
        c: [&c[0], &c[1]],
        p: [&p[0], &p[1]],
        q: [&p[0], &minus],
    };
    let mut kernel = vec![f64::NAN; length];
    cauchy.kernel(&Engine::new(1, false).unwrap(), length, &mut kernel).unwrap();
    let scale = want.iter().fold(0.0, |max: f64, x| max.max(x.abs()));
    for (l, (got, want)) in kernel.iter().zip(&want).enumerate() {
        let error = (got - want).abs() / scale;
        assert!(error < 1e-12, "{states} states, rank {rank}, {l} of {length}: {error:e}");
    }
}

#[test]
fn the_kernel_is_that_of_the_recurrence() {
    for (states, rank) in [(1, 0), (3, 1), (4, 2), (5, 3)] {
        for length in [1, 2, 3, 8, 15, 40] {
            check(states, rank, length);
        }
    }
}
