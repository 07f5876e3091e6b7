//! What the heads of a group share in a chunk, and numbers on their way.

use super::{
    super::{chunk::Chunk, room::sized},
    Call,
    rows::gather,
};
use crate::{
    Real,
    product::{Matrix, multiply},
    rows::RowsMut,
};

/// Time runs forwards in all of them.
#[derive(Default)]
pub(super) struct Room<F> {
    /// `[steps, states]`.
    pub(super) b: Vec<F>,
    pub(super) c: Vec<F>,
    /// Their gradients, summed over heads.
    pub(super) db: Vec<F>,
    pub(super) dc: Vec<F>,
    /// `B[j] . C[i]` at `[j, i]`.
    pub(super) pairs: Vec<F>,
    /// Their gradients, summed over heads.
    pub(super) dpairs: Vec<F>,
    /// `delta[j] x[j] . g[i]` at `[j, i]`, of each head.
    pub(super) met: Vec<F>,
    /// What is left at `i` of what entered at `j`, then times the pair, `[j, i]`.
    pub(super) faded: Vec<F>,
    /// Sums over the steps so far, `[steps]`.
    pub(super) sums: Vec<F>,
    /// What faded at each step, times its gradient, `[steps]`.
    pub(super) rates: Vec<F>,
    /// `delta x`, `g`, what is left of either at the end and at the step, `[steps, width]`.
    pub(super) rows: [Vec<F>; 4],
    /// What the state that enters gives outputs, what the gradient of the one that leaves gives inputs, before they
    /// fade, `[steps, width]`.
    pub(super) borders: [Vec<F>; 2],
    /// The gradients of `delta x`, and outputs, `[steps, width]`.
    pub(super) made: [Vec<F>; 2],
}

impl<F: Real> Room<F> {
    /// Loads what the heads of a group share.
    pub(super) fn load(&mut self, call: Call<'_, F>, chunk: &Chunk<F>, group: usize) {
        let (ssd, steps, states) = (call.ssd, chunk.at.rows.len(), call.ssd.sizes.states);
        gather(ssd, chunk, group, ssd.inputs.b, &mut self.b);
        gather(ssd, chunk, group, ssd.inputs.c, &mut self.c);
        for (data, size) in [
            (&mut self.db, steps * states),
            (&mut self.dc, steps * states),
            (&mut self.dpairs, steps * steps),
        ] {
            data.clear();
            sized(data, size);
        }
        sized(&mut self.pairs, steps * steps);
        let [b, c] = [&self.b, &self.c].map(|data| rows_of(data, steps));
        multiply(F::one(), b, c, F::zero(), &mut self.pairs);
    }

    /// Writes the gradients of what the group shares.
    pub(super) fn store(
        &mut self,
        call: Call<'_, F>,
        chunk: &Chunk<F>,
        group: usize,
        [b, c]: [&mut RowsMut<'_, F>; 2],
    ) {
        let (steps, states) = (chunk.at.rows.len(), call.ssd.sizes.states);
        let dpairs =
            Matrix { data: &self.dpairs, rows: steps, columns: steps, row: steps, column: 1 };
        let turned = Matrix { row: 1, column: steps, ..dpairs };
        let columns = |data| Matrix { data, rows: states, columns: steps, row: 1, column: states };
        multiply(F::one(), dpairs, columns(&self.c), F::one(), &mut self.db);
        multiply(F::one(), turned, columns(&self.b), F::one(), &mut self.dc);
        for step in 0..steps {
            let own = step * states..(step + 1) * states;
            let columns = group * states..(group + 1) * states;
            b.row(chunk.at.row(step))[columns.clone()].copy_from_slice(&self.db[own.clone()]);
            c.row(chunk.at.row(step))[columns].copy_from_slice(&self.dc[own]);
        }
    }
}

/// Rows that stand one after the other, as a matrix.
pub(super) fn rows_of<F>(data: &[F], rows: usize) -> Matrix<'_, F> {
    let columns = data.len() / rows.max(1);
    Matrix { data, rows, columns, row: columns, column: 1 }
}

/// The same matrix, turned.
pub(super) fn turned<F>(x: Matrix<'_, F>) -> Matrix<'_, F> {
    Matrix { rows: x.columns, columns: x.rows, row: x.column, column: x.row, ..x }
}
