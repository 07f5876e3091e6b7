//! `y = x W^T + b`: what a dense layer does to rows.

mod few;
mod weight;

pub use weight::{FORMATS, Format, Weight};

use crate::{
    Engine, Error, Real,
    dims::check,
    dots::{FEW, Stored},
    product::{Matrix, MatrixMut, multiply_into, multiply_rows},
    rows::RowsMut,
};
use fearless_simd::{Level, dispatch};
use std::ops::Range;
use weight::{Brain, Half, widen};

/// Bytes of weights from which on two threads read them sooner than one.
const SHARED: usize = 1 << 21;

/// Rows of a job at the least: each of them packs all weights for itself.
const JOB: usize = 256;

/// Weights that are widened at a time, before a product with many rows.
const PANEL: usize = 1 << 16;

/// Weights of a [`Dense`] layer, of which some outputs are asked for.
#[derive(Clone, Copy, Debug)]
pub struct DenseWeights<'a, F> {
    /// `[total, inputs]`, or `[inputs, total]` where `transposed`.
    pub weight: Weight<'a, F>,
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
        if y.is_empty() {
            return Ok(());
        }
        match self.weights.weight {
            _ if self.rows < FEW => self.few(engine, y),
            Weight::Full(weight) => {
                // A scan element takes about as long as ten multiplications of a matrix product.
                let cost = (self.inputs / 10).max(1);
                engine.many_rows(cost, self.outputs, JOB, y, |rows, y| {
                    self.many(engine.level(), weight, rows, y);
                    self.add_bias(0, y, self.outputs);
                });
            }
            Weight::Brain(words) => self.widening::<Brain>(bytemuck::cast_slice(words), engine, y),
            Weight::Half(words) => self.widening::<Half>(bytemuck::cast_slice(words), engine, y),
        }
        Ok(())
    }

    /// A few rows take as long as it takes to read the weights, which threads share.
    fn few(&self, engine: &Engine, y: &mut [F]) {
        let weight = self.weights.weight;
        let bytes = self.inputs.saturating_mul(self.outputs).saturating_mul(weight.size());
        // More jobs than threads: a thread that wakes late takes fewer.
        let is_alone = bytes < SHARED || engine.threads() == 1;
        let jobs = if is_alone { 1 } else { 4 * engine.threads() };
        let block = self.outputs.div_ceil(jobs);
        let blocks = RowsMut::blocks(y, self.outputs, block, 1).into_iter().enumerate();
        let level = engine.level();
        engine.pool().each(blocks, |(k, mut y)| {
            let asked = k * block..((k + 1) * block).min(self.outputs);
            let (own, y) = (asked.clone(), &mut y);
            match weight {
                Weight::Full(weight) => {
                    dispatch!(level, simd => few::outputs(simd, self, weight, own, y));
                }
                Weight::Brain(words) => {
                    let weight: &[Brain] = bytemuck::cast_slice(words);
                    dispatch!(level, simd => few::outputs(simd, self, weight, own, y));
                }
                Weight::Half(words) => {
                    let weight: &[Half] = bytemuck::cast_slice(words);
                    dispatch!(level, simd => few::outputs(simd, self, weight, own, y));
                }
            }
            (0..self.rows).for_each(|row| self.add_bias(asked.start, y.row(row), asked.len()));
        });
    }

    fn many(&self, level: Level, weight: &[F], rows: Range<usize>, y: &mut [F]) {
        let DenseWeights { total, first, transposed, .. } = self.weights;
        let [row, column] = if transposed { [1, total] } else { [self.inputs, 1] };
        let data = weight.get(first * row..).unwrap_or(&[]);
        let w = Matrix { data, rows: self.outputs, columns: self.inputs, row, column };
        let x = self.inputs_of(rows);
        multiply_rows(level, x.data, self.inputs, w, F::zero(), y);
    }

    /// Many rows, by panels of weights as numbers: each thread widens all of them once.
    fn widening<W: Stored<F>>(&self, weight: &[W], engine: &Engine, y: &mut [F]) {
        let (level, inputs) = (engine.level(), self.inputs);
        let is_short = y.len().saturating_mul(inputs / 10) < crate::Plan::PARALLEL;
        let job = self.rows.div_ceil(if is_short { 1 } else { engine.threads() });
        let block = (PANEL / inputs.max(1)).clamp(1, self.outputs);
        engine.pool().each(y.chunks_mut(job * self.outputs).enumerate(), |(k, y)| {
            let rows = k * job..k * job + y.len() / self.outputs;
            let mut panel = vec![F::zero(); block * inputs];
            for start in (0..self.outputs).step_by(block) {
                let asked = start..(start + block).min(self.outputs);
                let panel = &mut panel[..asked.len() * inputs];
                dispatch!(level, _simd => self.panel(weight, asked.clone(), panel));
                let [row, column] =
                    if self.weights.transposed { [1, asked.len()] } else { [inputs, 1] };
                let w = Matrix { data: panel, rows: asked.len(), columns: inputs, row, column };
                let data = &mut y[start..];
                let out = MatrixMut { data, columns: w.rows, row: self.outputs };
                multiply_into(self.inputs_of(rows.clone()), w, out);
            }
            self.add_bias(0, y, self.outputs);
        });
    }

    /// The weights of some outputs, as they stand.
    #[inline(always)]
    fn panel<W: Stored<F>>(&self, weight: &[W], asked: Range<usize>, panel: &mut [F]) {
        let DenseWeights { total, first, transposed, .. } = self.weights;
        let outputs = asked.start + first..asked.end + first;
        if transposed {
            widen(weight, total, 0..self.inputs, outputs, panel);
        } else {
            widen(weight, self.inputs, outputs, 0..self.inputs, panel);
        }
    }

    fn inputs_of(&self, rows: Range<usize>) -> Matrix<'a, F> {
        let data = &self.x[rows.start * self.inputs..rows.end * self.inputs];
        Matrix { data, rows: rows.len(), columns: self.inputs, row: self.inputs, column: 1 }
    }

    /// Adds the bias of `width` outputs from `start` on to rows of these.
    fn add_bias(&self, start: usize, y: &mut [F], width: usize) {
        let Some(bias) = self.weights.bias else { return };
        let bias = &bias[self.weights.first + start..][..width];
        for y in y.chunks_exact_mut(width.max(1)) {
            y.iter_mut().zip(bias).for_each(|(y, &b)| *y += b);
        }
    }
}
