//! Gated, normalised rows by their definition, in `f64`.

use super::GatedNorm;
use crate::Real;

/// `y`, `[rows, width]`.
pub fn reference<F: Real>(call: &GatedNorm<'_, F>) -> Vec<f64> {
    let silu = |z: F| z.wide() / (1.0 + (-z.wide()).exp());
    let (width, size) = (call.width.max(1), (call.width / call.grouping.groups).max(1));
    let gates = |row: usize| (0..width).map(move |i| silu(call.z[row * width + i]));
    let mut y = Vec::with_capacity(call.x.len());
    for (row, x) in call.x.chunks_exact(width).enumerate() {
        let mut row_y: Vec<f64> = x.iter().map(|x| x.wide()).collect();
        if !call.grouping.norm_first {
            row_y.iter_mut().zip(gates(row)).for_each(|(y, gate)| *y *= gate);
        }
        for part in row_y.chunks_exact_mut(size) {
            let square = part.iter().map(|y| y * y).sum::<f64>() / size as f64;
            part.iter_mut().for_each(|y| *y /= (square + call.grouping.epsilon).sqrt());
        }
        row_y.iter_mut().zip(call.scale).for_each(|(y, scale)| *y *= scale.wide());
        if call.grouping.norm_first {
            row_y.iter_mut().zip(gates(row)).for_each(|(y, gate)| *y *= gate);
        }
        y.extend(row_y);
    }
    y
}
