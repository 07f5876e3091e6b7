//! The operator `(A, b) then (A', b') = (A'A, A'b + b')` on matrices.

use super::kernel::{dot, product};
use crate::{Carry, Error, Real, carry::is_contraction, dims::check, real::all_finite};
use nalgebra::DMatrix;

/// The map `h -> A h + b`.
#[derive(Clone, Debug, PartialEq)]
pub struct MatrixCarry<F> {
    /// The product of the matrices, later ones on the left; row-major.
    pub a: Vec<f64>,
    /// The state left behind by a start from zero.
    pub b: Vec<F>,
}

impl<F: Real> MatrixCarry<F> {
    /// An empty stretch: `(I, 0)`.
    pub fn identity(n: usize) -> Self {
        let mut a = vec![0.0; n * n];
        a.iter_mut().step_by(n + 1).for_each(|diagonal| *diagonal = 1.0);
        Self { a, b: vec![F::zero(); n] }
    }
}

/// Fills `out` with `first` then `second`, map by map: `[A, b]`, `[maps, n, n]` and `[maps, n]`.
pub fn combine<F: Real>(
    n: usize,
    first: [&[F]; 2],
    second: [&[F]; 2],
    out: [&mut [F]; 2],
) -> Result<(), Error> {
    let maps = first[1].len().checked_div(n).unwrap_or(0);
    let (matrices, vectors) = (maps.saturating_mul(n.saturating_mul(n)), maps.saturating_mul(n));
    check("first.b", vectors, first[1].len())?;
    check("first.A", matrices, first[0].len())?;
    check("second.A", matrices, second[0].len())?;
    check("second.b", vectors, second[1].len())?;
    let [first, second] = [first, second].map(|[a, b]| {
        let pairs = a.chunks_exact(n.saturating_mul(n).max(1)).zip(b.chunks_exact(n.max(1)));
        pairs.map(|(a, b)| MatrixCarry { a: a.iter().map(|x| x.wide()).collect(), b: b.to_vec() })
    });
    let totals: Vec<_> = first.zip(second).map(|(first, second)| first.then(&second)).collect();
    store(&totals, out)
}

/// Fills `out` with the arrays of `carries`, one after the other.
pub(super) fn store<F: Real>(
    carries: &[MatrixCarry<F>],
    [a, b]: [&mut [F]; 2],
) -> Result<(), Error> {
    check("out.A", carries.iter().map(|carry| carry.a.len()).sum(), a.len())?;
    check("out.b", carries.iter().map(|carry| carry.b.len()).sum(), b.len())?;
    let matrices = carries.iter().flat_map(|carry| &carry.a);
    let vectors = carries.iter().flat_map(|carry| &carry.b);
    a.iter_mut().zip(matrices).for_each(|(out, &element)| *out = F::of(element));
    b.iter_mut().zip(vectors).for_each(|(out, &element)| *out = element);
    Ok(())
}

impl<F: Real> Carry<F, 1> for MatrixCarry<F> {
    fn then(&self, next: &Self) -> Self {
        let mut a = vec![0.0; self.a.len()];
        product(self.b.len(), &next.a, &self.a, &mut a);
        let mut b = self.b.clone();
        next.apply([&mut b]);
        Self { a, b }
    }

    fn apply(&self, [state]: [&mut [F]; 1]) {
        let before: Vec<f64> = state.iter().map(|x| x.wide()).collect();
        let rows = self.a.chunks_exact(before.len().max(1));
        for ((h, row), &b) in state.iter_mut().zip(rows).zip(&self.b) {
            *h = F::of(dot(row, &before) + b.wide());
        }
    }

    fn b(&self) -> [&[F]; 1] {
        [&self.b]
    }

    /// By the largest singular value: a matrix whose squares sum to `n` may still amplify in one
    /// direction what it shrinks in the others.
    fn is_sound(&self) -> bool {
        let n = self.b.len();
        let square: f64 = self.a.iter().map(|a| a * a).sum();
        let largest = || {
            let a = DMatrix::from_row_slice(n, n, &self.a);
            a.tr_mul(&a).symmetric_eigenvalues().max()
        };
        let may_be = is_contraction(square / n as f64) && all_finite(&self.b);
        n == 0 || may_be && is_contraction(largest())
    }
}
