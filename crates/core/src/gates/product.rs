//! Products of rows with block-diagonal matrices.

use super::RgLruWeights;
use crate::{
    Real,
    dots::FEW,
    product::{Matrix, multiply},
};
use fearless_simd::Simd;

/// Fills `a` with what the recurrence gate is before its sigmoid, `b` with what the input gate is. `size` is
/// the size of a head.
#[inline(always)]
pub(super) fn gates<S: Simd, F: Real>(
    _: S,
    size: usize,
    x: &[F],
    weights: RgLruWeights<'_, F>,
    out: [&mut [F]; 2],
) {
    let width = weights.recurrent_param.len();
    let gates = [
        (weights.recurrent_gate_weight, weights.recurrent_gate_bias),
        (weights.input_gate_weight, weights.input_gate_bias),
    ];
    for ((weight, bias), out) in gates.into_iter().zip(out) {
        out.chunks_exact_mut(width).for_each(|row| row.copy_from_slice(bias));
        if x.len() / width < FEW {
            few(size, x, weight, out);
        } else {
            many(width, size, x, weight, out);
        }
    }
}

#[inline(always)]
fn few<F: Real>(size: usize, x: &[F], weight: &[F], out: &mut [F]) {
    let heads = weight.chunks_exact(size * size).cycle();
    for ((x, out), weight) in x.chunks_exact(size).zip(out.chunks_exact_mut(size)).zip(heads) {
        for (&x, weight) in x.iter().zip(weight.chunks_exact(size)) {
            out.iter_mut().zip(weight).for_each(|(out, &w)| *out += x * w);
        }
    }
}

fn many<F: Real>(width: usize, size: usize, x: &[F], weight: &[F], out: &mut [F]) {
    let rows = x.len() / width;
    let mut product = vec![F::zero(); rows * size];
    for (head, weight) in weight.chunks_exact(size * size).enumerate() {
        let first = head * size;
        let x = Matrix { data: &x[first..], rows, columns: size, row: width, column: 1 };
        let w = Matrix { data: weight, rows: size, columns: size, row: 1, column: size };
        multiply(F::one(), x, w, F::zero(), &mut product);
        for (out, product) in out.chunks_exact_mut(width).zip(product.chunks_exact(size)) {
            out[first..first + size].iter_mut().zip(product).for_each(|(out, &y)| *out += y);
        }
    }
}
