//! Products with weight matrices.

use crate::{Real, transpose::transpose};
use fearless_simd::Level;
use ndarray::{ArrayView2, ArrayViewMut2, ShapeBuilder, linalg::general_mat_mul};

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
    // Of nothing to sum there is no view.
    if x.columns == 0 {
        return;
    }
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
    // Of nothing to sum there is no view.
    if x.columns == 0 {
        return out
            .iter_mut()
            .for_each(|out| *out = if beta.is_zero() { beta } else { beta * *out });
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
    let rows = out.len() / w.rows.max(1);
    let mut turned = vec![F::zero(); x.len()];
    transpose(level, x, columns, &mut turned);
    let x = Matrix { data: &turned, rows, columns, row: 1, column: rows };
    multiply(F::one(), x, w, beta, out);
}
