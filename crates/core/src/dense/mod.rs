//! `y = x W^T + b`: what a dense layer does to rows.

mod few;

use crate::{
    Engine, Error, Real,
    dims::check,
    product::{Matrix, multiply},
};
use fearless_simd::dispatch;

/// Weights of a [`Dense`] layer, of which some outputs are asked for.
#[derive(Clone, Copy, Debug)]
pub struct DenseWeights<'a, F> {
    /// `[total, inputs]`, or `[inputs, total]` where `transposed`.
    pub weight: &'a [F],
    /// `[total]`; none where absent.
    pub bias: Option<&'a [F]>,
    /// How many outputs the weights have.
    pub total: usize,
    /// The first output that is asked for.
    pub first: usize,
    /// Whether inputs are the first axis of the weight.
    pub transposed: bool,
}

/// A checked call: the length of every buffer agrees with the dimensions.
#[derive(Clone, Copy, Debug)]
pub struct Dense<'a, F> {
    rows: usize,
    inputs: usize,
    outputs: usize,
    x: &'a [F],
    weights: DenseWeights<'a, F>,
}

impl<'a, F: Real> Dense<'a, F> {
    /// Borrows `x` (`[rows, inputs]`) and the weights.
    pub fn new(
        rows: usize,
        inputs: usize,
        outputs: usize,
        x: &'a [F],
        weights: DenseWeights<'a, F>,
    ) -> Result<Self, Error> {
        let DenseWeights { weight, bias, total, first, .. } = weights;
        check("x", rows.saturating_mul(inputs), x.len())?;
        check("weight", total.saturating_mul(inputs), weight.len())?;
        if let Some(bias) = bias {
            check("bias", total, bias.len())?;
        }
        if first.saturating_add(outputs) > total {
            let message =
                format!("`weight` has {total} outputs, expected at least {}", first + outputs);
            return Err(Error::Layout(message));
        }
        Ok(Self { rows, inputs, outputs, x, weights })
    }

    /// Fills `y`, `[rows, outputs]`.
    pub fn run(self, engine: &Engine, y: &mut [F]) -> Result<(), Error> {
        check("y", self.rows.saturating_mul(self.outputs), y.len())?;
        // A scan element takes about as long as ten multiplications of a matrix product.
        engine.rows((self.inputs / 10).max(1), self.outputs, y, |rows, y| {
            let x = &self.x[rows.start * self.inputs..rows.end * self.inputs];
            if rows.len() < few::FEW {
                dispatch!(engine.level(), simd => few::rows(simd, &self, x, y));
            } else {
                self.many(rows.len(), x, y);
            }
            self.add_bias(y);
        });
        Ok(())
    }

    fn many(&self, rows: usize, x: &[F], y: &mut [F]) {
        let DenseWeights { weight, total, first, transposed, .. } = self.weights;
        let [row, column] = if transposed { [1, total] } else { [self.inputs, 1] };
        let data = weight.get(first * row..).unwrap_or(&[]);
        let w = Matrix { data, rows: self.outputs, columns: self.inputs, row, column };
        let x = Matrix { data: x, rows, columns: self.inputs, row: self.inputs, column: 1 };
        multiply(F::one(), x, w, F::zero(), y);
    }

    fn add_bias(&self, y: &mut [F]) {
        let Some(bias) = self.weights.bias else { return };
        let bias = &bias[self.weights.first..][..self.outputs];
        for y in y.chunks_exact_mut(self.outputs.max(1)) {
            y.iter_mut().zip(bias).for_each(|(y, &b)| *y += b);
        }
    }
}
