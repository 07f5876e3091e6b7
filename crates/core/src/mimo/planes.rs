//! Weights as matrix products read them: real parts, then imaginary ones, so that one product serves both; outputs last,
//! so that they are packed as they stand.

use super::{Mimo, Weights};
use crate::{Dims, Engine, Real, product::Matrix, transpose::transpose};

/// The weights of a call.
#[derive(Debug)]
pub(crate) struct Planes<F> {
    /// `[channels, 2 states]`.
    input: Vec<F>,
    /// `[2 states, channels]`, times the scale; the imaginary half negative.
    output: Vec<F>,
    states: usize,
    channels: usize,
}

impl<F: Real> Planes<F> {
    pub(crate) fn new(engine: &Engine, mimo: &Mimo<'_, F>) -> Self {
        let Dims { channels, .. } = mimo.dims;
        let Weights { input, output, pitch, first, scale, .. } = mimo.weights;
        let states = mimo.states;
        let part = |plane: usize| input.iter().skip(plane).step_by(2).copied();
        let readout = (0..channels).flat_map(|channel| {
            let row = &output[(channel * pitch + first) * 2..][..2 * states];
            let part = |plane: usize| row.iter().skip(plane).step_by(2);
            part(0).map(move |&re| scale * re).chain(part(1).map(move |&im| -scale * im))
        });
        let turned = |rows: Vec<F>, width: usize| {
            let mut out = vec![F::zero(); rows.len()];
            transpose(engine.level(), &rows, width, &mut out);
            out
        };
        let input = turned(part(0).chain(part(1)).collect(), channels);
        Self { input, output: turned(readout.collect(), 2 * states), states, channels }
    }

    pub(crate) fn input(&self) -> Matrix<'_, F> {
        let Self { input, states, channels, .. } = self;
        Matrix { data: input, rows: 2 * states, columns: *channels, row: 1, column: 2 * states }
    }

    pub(super) fn output(&self) -> Matrix<'_, F> {
        let Self { output, states, channels, .. } = self;
        Matrix { data: output, rows: *channels, columns: 2 * states, row: 1, column: *channels }
    }

    /// The conjugate transpose of the input weights: from gradients of states to those of inputs.
    pub(crate) fn input_back(&self) -> Matrix<'_, F> {
        let Self { input, states, channels, .. } = self;
        Matrix { data: input, rows: *channels, columns: 2 * states, row: 2 * states, column: 1 }
    }

    /// The same of the output weights: from gradients of outputs to those of states.
    pub(crate) fn output_back(&self) -> Matrix<'_, F> {
        let Self { output, states, channels, .. } = self;
        Matrix { data: output, rows: 2 * states, columns: *channels, row: *channels, column: 1 }
    }
}
