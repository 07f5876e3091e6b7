//! HiPPO systems (Gu et al. 2020, arXiv:2008.07669), and the normal plus low-rank form of LegS.

mod measures;
mod memory;

use nalgebra::{Complex, DMatrix, SymmetricEigen};

pub use measures::{MEASURES, Measure, system};
pub use memory::{Update, push};

/// A system `x' = A x + B u`: `A` `[n, n]` row-major, `B` `[n]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Hippo {
    /// Of LegS: `-sqrt((2i+1)(2k+1))` below the diagonal, `-(i+1)` on it, 0 above.
    pub a: Vec<f64>,
    /// Of LegS: `sqrt(2i+1)`.
    pub b: Vec<f64>,
}

/// HiPPO-LegS in the basis where its normal part is diagonal: `A = V (diag(Lambda) - P P^H) V^H`.
///
/// Complex arrays are planar. The phases of the columns of `V` are free.
#[derive(Clone, Debug, PartialEq)]
pub struct DplrHippo {
    /// Eigenvalues of `A + p p^T`, imaginary parts rising, `[n]`.
    pub lambda: [Vec<f64>; 2],
    /// `V^H p` with `p[i] = sqrt(i + 1/2)`, `[n]`.
    pub p: [Vec<f64>; 2],
    /// `V^H B`, `[n]`.
    pub b: [Vec<f64>; 2],
    /// The eigenvectors as columns, `[n, n]` row-major.
    pub v: [Vec<f64>; 2],
}

/// HiPPO-LegS of `n` coefficients.
pub fn hippo(n: usize) -> Hippo {
    let b: Vec<f64> = (0..n).map(|i| ((2 * i + 1) as f64).sqrt()).collect();
    let mut a = vec![0.0; n * n];
    for i in 0..n {
        for k in 0..i {
            a[i * n + k] = -b[i] * b[k];
        }
        a[i * n + i] = -((i + 1) as f64);
    }
    Hippo { a, b }
}

/// The normal plus low-rank form of [`hippo`].
pub fn dplr_hippo(n: usize) -> DplrHippo {
    let Hippo { a, b } = hippo(n);
    let p: Vec<f64> = (0..n).map(|i| (i as f64 + 0.5).sqrt()).collect();
    // A + p p^T = -1/2 + K with K skew-symmetric, so -iK is Hermitian and has K's eigenvectors.
    let hermitian = DMatrix::from_fn(n, n, |i, k| match i.cmp(&k) {
        std::cmp::Ordering::Greater => Complex::new(0.0, -(a[i * n + k] + p[i] * p[k])),
        std::cmp::Ordering::Equal => Complex::new(0.0, 0.0),
        std::cmp::Ordering::Less => Complex::new(0.0, a[k * n + i] + p[i] * p[k]),
    });
    let (values, vectors) = eigen(hermitian);
    let turn = |x: &[f64]| {
        let column = |k: usize| (0..n).map(|i| vectors[(i, k)].conj() * x[i]).sum::<Complex<f64>>();
        planar((0..n).map(column))
    };
    DplrHippo {
        lambda: [vec![-0.5; n], values],
        p: turn(&p),
        b: turn(&b),
        v: planar((0..n * n).map(|i| vectors[(i / n, i % n)])),
    }
}

/// Imaginary parts of the eigenvalues of a real skew-symmetric matrix, rising, and its eigenvectors as columns,
/// planar; only what stands below the diagonal of `skew` (`[n, n]`) is read.
pub fn skew_eigen(skew: &[f64], n: usize) -> (Vec<f64>, [Vec<f64>; 2]) {
    // -i times the matrix is Hermitian, and has its eigenvectors.
    let hermitian = DMatrix::from_fn(n, n, |i, k| match i.cmp(&k) {
        std::cmp::Ordering::Greater => Complex::new(0.0, -skew[i * n + k]),
        std::cmp::Ordering::Equal => Complex::new(0.0, 0.0),
        std::cmp::Ordering::Less => Complex::new(0.0, skew[k * n + i]),
    });
    let (values, vectors) = eigen(hermitian);
    (values, planar((0..n * n).map(|i| vectors[(i / n, i % n)])))
}

/// Eigenvalues, rising, and eigenvectors as columns.
fn eigen(hermitian: DMatrix<Complex<f64>>) -> (Vec<f64>, DMatrix<Complex<f64>>) {
    let n = hermitian.nrows();
    if n == 0 {
        return (Vec::new(), hermitian);
    }
    let SymmetricEigen { eigenvalues, eigenvectors } = SymmetricEigen::new(hermitian);
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|&i, &k| eigenvalues[i].total_cmp(&eigenvalues[k]));
    let values = order.iter().map(|&i| eigenvalues[i]).collect();
    (values, DMatrix::from_fn(n, n, |i, k| eigenvectors[(i, order[k])]))
}

fn planar(numbers: impl Iterator<Item = Complex<f64>>) -> [Vec<f64>; 2] {
    let (re, im) = numbers.map(|z| (z.re, z.im)).unzip();
    [re, im]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_gives_the_matrix_back() {
        for n in [1, 2, 5, 16, 64, 128] {
            let (want, dplr) = (hippo(n), dplr_hippo(n));
            let at = |planes: &[Vec<f64>; 2], i: usize| Complex::new(planes[0][i], planes[1][i]);
            let v = DMatrix::from_fn(n, n, |i, k| at(&dplr.v, i * n + k));
            let middle = DMatrix::from_fn(n, n, |i, k| {
                let low_rank = at(&dplr.p, i) * at(&dplr.p, k).conj();
                if i == k { at(&dplr.lambda, i) - low_rank } else { -low_rank }
            });
            let a = &v * middle * v.adjoint();
            let scale = (2 * n) as f64;
            for (i, want) in want.a.iter().enumerate() {
                let error = (a[(i / n, i % n)] - Complex::new(*want, 0.0)).norm();
                assert!(error < 1e-12 * scale, "n = {n}, element {i}: error {error:e}");
            }
        }
    }

    #[test]
    fn eigenvalues_of_eight_are_those_of_the_reference() {
        let dplr = dplr_hippo(8);
        let want = [-19.857_410_371, -5.354_208_515, -1.957_794_151, -0.427_488_712];
        for (got, want) in dplr.lambda[1].iter().zip(want) {
            assert!((got - want).abs() < 1e-9, "{got} against {want}");
        }
        assert!(dplr_hippo(0).v[0].is_empty());
    }
}
