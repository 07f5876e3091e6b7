//! `C = op(A) op(B)`, where `op` may transpose.

use crate::{
    Engine, Error, Real,
    dims::check,
    product::{Matrix, multiply},
};
use std::ops::Range;

/// Products of so many terms and more are cut into this many parts where the result is small.
const LONG: usize = 1 << 12;
const PARTS: usize = 8;

/// A checked call: the length of every buffer agrees with the sizes.
#[derive(Clone, Copy, Debug)]
pub struct Matmul<'a, F> {
    rows: usize,
    inner: usize,
    columns: usize,
    a: Operand<'a, F>,
    b: Operand<'a, F>,
    adds: bool,
}

/// A factor.
#[derive(Clone, Copy, Debug)]
pub struct Operand<'a, F> {
    /// Row-major.
    pub data: &'a [F],
    /// Whether the transpose is meant.
    pub transposed: bool,
}

impl<'a, F: Real> Matmul<'a, F> {
    /// Borrows `a` (`[rows, inner]`, or `[inner, rows]` where transposed) and `b` (`[inner, columns]`, or
    /// `[columns, inner]`).
    pub fn new(
        [rows, inner, columns]: [usize; 3],
        a: Operand<'a, F>,
        b: Operand<'a, F>,
    ) -> Result<Self, Error> {
        check("a", rows.saturating_mul(inner), a.data.len())?;
        check("b", inner.saturating_mul(columns), b.data.len())?;
        Ok(Self { rows, inner, columns, a, b, adds: false })
    }

    /// The same call, adding to `c` what it would otherwise write.
    #[must_use]
    pub fn adding(self) -> Self {
        Self { adds: true, ..self }
    }

    /// Fills `c`, `[rows, columns]`.
    pub fn run(self, engine: &Engine, c: &mut [F]) -> Result<(), Error> {
        check("c", self.rows.saturating_mul(self.columns), c.len())?;
        if self.inner < LONG || self.inner / 4 < self.rows * self.columns / LONG {
            // A scan element takes about as long as ten multiplications of a matrix product.
            engine.rows((self.inner / 10).max(1), self.columns, c, |rows, c| {
                self.block(rows, 0..self.inner, if self.adds { F::one() } else { F::zero() }, c);
            });
            return Ok(());
        }
        let size = self.inner.div_ceil(PARTS);
        let parts = engine.pool().map(0..PARTS, |part| {
            let mut sum = vec![F::zero(); c.len()];
            let terms = (part * size).min(self.inner)..((part + 1) * size).min(self.inner);
            self.block(0..self.rows, terms, F::zero(), &mut sum);
            sum
        });
        if !self.adds {
            c.fill(F::zero());
        }
        for part in parts {
            c.iter_mut().zip(part).for_each(|(c, part)| *c += part);
        }
        Ok(())
    }

    /// `c = beta c + ` the product's rows, of some terms.
    fn block(&self, rows: Range<usize>, terms: Range<usize>, beta: F, c: &mut [F]) {
        let Self { inner, columns, a, b, .. } = *self;
        let [row, column] = if a.transposed { [1, self.rows] } else { [inner, 1] };
        let data = a.data.get(rows.start * row + terms.start * column..).unwrap_or(&[]);
        let x = Matrix { data, rows: rows.len(), columns: terms.len(), row, column };
        let [row, column] = if b.transposed { [inner, 1] } else { [1, columns] };
        let data = b.data.get(terms.start * column..).unwrap_or(&[]);
        let w = Matrix { data, rows: columns, columns: terms.len(), row, column };
        multiply(F::one(), x, w, beta, c);
    }
}
