//! Products with weight matrices.

use crate::{Real, transpose::transpose};
use fearless_simd::Level;
use ndarray::{ArrayView2, ArrayViewMut2, ShapeBuilder, linalg::general_mat_mul, s};

/// A matrix inside a buffer: element `(i, k)` stands at `i * row + k * column`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Matrix<'a, F> {
    pub(crate) data: &'a [F],
    pub(crate) rows: usize,
    pub(crate) columns: usize,
    pub(crate) row: usize,
    pub(crate) column: usize,
}

impl<'a, F: Real> Matrix<'a, F> {
    fn view(&self) -> ArrayView2<'a, F> {
        let shape = (self.rows, self.columns).strides((self.row, self.column));
        ArrayView2::from_shape(shape, self.data).expect("the call's lengths were checked")
    }
}

/// A matrix to write: its rows of `columns` elements start `row` elements apart.
#[derive(Debug)]
pub(crate) struct MatrixMut<'a, F> {
    pub(crate) data: &'a mut [F],
    pub(crate) columns: usize,
    pub(crate) row: usize,
}

/// `out = x w^T` for rows `x`; `out`, which may not be finite, has a row for each.
pub(crate) fn multiply_into<F: Real>(x: Matrix<'_, F>, w: Matrix<'_, F>, out: MatrixMut<'_, F>) {
    let MatrixMut { data, columns, row } = out;
    let shape = (x.rows, columns).strides((row, 1));
    let mut out = ArrayViewMut2::from_shape(shape, data).expect("the output has its rows");
    out.fill(F::zero());
    general_mat_mul(F::one(), &x.view(), &w.view().reversed_axes(), F::zero(), &mut out);
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
    // Where `beta` is 0 nobody reads what is there, unless there is nothing to sum.
    if beta.is_zero() && x.columns == 0 {
        out.fill(F::zero());
    }
    let mut out = ArrayViewMut2::from_shape((x.rows, w.rows), out)
        .expect("the output has a row for each of x");
    general_mat_mul(alpha, &x.view(), &w.view().reversed_axes(), beta, &mut out);
}

/// `out = beta out + x w^T` for many rows `x` of `columns` elements that stand one after the other: turned first, which
/// takes less time than to gather them while they are packed.
pub(crate) fn multiply_rows<F: Real>(
    level: Level,
    x: &[F],
    columns: usize,
    w: Matrix<'_, F>,
    beta: F,
    out: &mut [F],
) {
    if columns == 0 {
        if beta.is_zero() {
            out.fill(F::zero());
        }
        return;
    }
    let rows = x.len() / columns;
    let mut turned = vec![F::zero(); x.len()];
    transpose(level, x, columns, &mut turned);
    let x = Matrix { data: &turned, rows, columns, row: 1, column: rows };
    multiply(F::one(), x, w, beta, out);
}

/// `x w^T` in the columns from `first` on of `out`, which has `width`.
pub(crate) fn multiply_columns<F: Real>(
    x: Matrix<'_, F>,
    w: Matrix<'_, F>,
    first: usize,
    width: usize,
    out: &mut [F],
) {
    let mut out = ArrayViewMut2::from_shape((x.rows, width), out)
        .expect("the output has a row for each of x");
    let mut out = out.slice_mut(s![.., first..first + w.rows]);
    out.fill(F::zero());
    general_mat_mul(F::one(), &x.view(), &w.view().reversed_axes(), F::zero(), &mut out);
}
