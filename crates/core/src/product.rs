//! Products with weight matrices: a kept crate's for many rows, plain dot products for a few.

use crate::Real;
use nalgebra::{DMatrixView, DMatrixViewMut, Dyn};

/// Below so many rows packing a matrix costs more than it gives.
const FEW: usize = 6;

/// A matrix inside a buffer: element `(i, k)` stands at `first + i * row + k * column`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Matrix<'a, F> {
    pub(crate) data: &'a [F],
    pub(crate) rows: usize,
    pub(crate) columns: usize,
    pub(crate) row: usize,
    pub(crate) column: usize,
}

impl<'a, F: Real> Matrix<'a, F> {
    fn view(&self) -> DMatrixView<'a, F, Dyn, Dyn> {
        let Self { data, rows, columns, row, column } = *self;
        DMatrixView::from_slice_with_strides_generic(
            data,
            Dyn(rows),
            Dyn(columns),
            Dyn(row),
            Dyn(column),
        )
    }

    fn at(&self, i: usize, k: usize) -> F {
        self.data[i * self.row + k * self.column]
    }
}

/// `out = beta out + alpha x w^T` for rows `x` and a row-major `out`.
pub(crate) fn multiply<F: Real>(
    alpha: F,
    x: Matrix<'_, F>,
    w: Matrix<'_, F>,
    beta: F,
    out: &mut [F],
) {
    if out.is_empty() {
        return;
    }
    if x.columns == 0 {
        return out
            .iter_mut()
            .for_each(|out| *out = if beta.is_zero() { beta } else { beta * *out });
    }
    if x.rows >= FEW {
        let transposed =
            Matrix { rows: w.columns, columns: w.rows, row: w.column, column: w.row, ..w };
        let mut view = DMatrixViewMut::from_slice_with_strides_generic(
            out,
            Dyn(x.rows),
            Dyn(w.rows),
            Dyn(w.rows),
            Dyn(1),
        );
        return view.gemm(alpha, &x.view(), &transposed.view(), beta);
    }
    for (i, out) in out.chunks_exact_mut(w.rows).enumerate() {
        for (k, out) in out.iter_mut().enumerate() {
            let sum = (0..x.columns).fold(F::zero(), |sum, j| sum + x.at(i, j) * w.at(k, j));
            *out = alpha * sum + if beta.is_zero() { F::zero() } else { beta * *out };
        }
    }
}
