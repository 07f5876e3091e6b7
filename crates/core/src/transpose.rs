//! Rows as columns: what a matrix product packs without gathering.

use crate::{Real, turn::transposed};
use fearless_simd::{Level, Simd, dispatch, prelude::*};

/// Fills `out`, `[width, rows]`, with the transpose of `data`, `[rows, width]`.
pub(crate) fn transpose<F: Real>(level: Level, data: &[F], width: usize, out: &mut [F]) {
    if width == 0 {
        return;
    }
    dispatch!(level, simd => match F::IS_WIDE {
        true => tiles::<_, F, 4>(simd, data, width, out),
        false => tiles::<_, F, 8>(simd, data, width, out),
    });
}

#[inline(always)]
fn tiles<S: Simd, F: Real, const N: usize>(simd: S, data: &[F], width: usize, out: &mut [F]) {
    let rows = data.len() / width;
    let whole = [rows / N * N, width / N * N];
    for row in (0..whole[0]).step_by(N) {
        for column in (0..whole[1]).step_by(N) {
            let tile: [F::Vector<S>; N] = std::array::from_fn(|i| {
                F::Vector::from_slice(simd, &data[(row + i) * width + column..][..N])
            });
            for (i, lanes) in transposed::<_, _, N>(tile).into_iter().enumerate() {
                lanes.store_slice(&mut out[(column + i) * rows + row..][..N]);
            }
        }
        edge(data, width, out, row..row + N, whole[1]..width);
    }
    edge(data, width, out, whole[0]..rows, 0..width);
}

/// What tiles do not reach.
fn edge<F: Real>(
    data: &[F],
    width: usize,
    out: &mut [F],
    rows: std::ops::Range<usize>,
    columns: std::ops::Range<usize>,
) {
    let count = data.len() / width;
    for row in rows {
        for column in columns.clone() {
            out[column * count + row] = data[row * width + column];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge<F: Real>() {
        for (rows, width) in [(0, 3), (1, 1), (3, 9), (8, 8), (17, 4), (16, 32), (9, 23)] {
            let data: Vec<F> = (0..rows * width).map(|i| F::of(i as f64)).collect();
            let mut out = vec![F::nan(); data.len()];
            transpose(Level::new(), &data, width, &mut out);
            for (i, x) in out.into_iter().enumerate() {
                assert_eq!(x, data[(i % rows) * width + i / rows], "{rows} x {width}, {i}");
            }
        }
    }

    #[test]
    fn rows_are_columns() {
        judge::<f32>();
        judge::<f64>();
    }
}
