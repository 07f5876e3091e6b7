//! Gates and inputs of gated linear recurrences, for [`linear_scan`](crate::linear_scan).

mod kernel;
mod product;
pub mod reference;

use crate::{Engine, Error, Real, dims::check};
use fearless_simd::dispatch;

/// Elements of a block of rows: what rows make on their way stays in the first cache.
const BLOCK: usize = 1 << 11;

/// Rows of a block that are multiplied by matrices, at the least: each reads and packs the matrices once.
const MULTIPLIED: usize = 64;

/// What rows of a [`MinGates`] hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Hidden values and a gate.
    Gru,
    /// Hidden values, a forget gate and an input gate.
    Lstm,
}

impl Kind {
    fn parts(self) -> usize {
        match self {
            Self::Gru => 2,
            Self::Lstm => 3,
        }
    }
}

/// A checked call of the gates of minGRU or of minLSTM.
#[derive(Clone, Copy, Debug)]
pub struct MinGates<'a, F> {
    kind: Kind,
    width: usize,
    x: &'a [F],
}

impl<'a, F: Real> MinGates<'a, F> {
    /// Borrows `x`: `[rows, 2 width]` for minGRU, `[rows, 3 width]` for minLSTM.
    pub fn new(kind: Kind, rows: usize, width: usize, x: &'a [F]) -> Result<Self, Error> {
        check("x", rows.saturating_mul(width).saturating_mul(kind.parts()), x.len())?;
        Ok(Self { kind, width, x })
    }

    /// Fills `a` and `b`, both `[rows, width]`.
    pub fn run(self, engine: &Engine, [a, b]: [&mut [F]; 2]) -> Result<(), Error> {
        let parts = self.kind.parts();
        check("a", self.x.len() / parts, a.len())?;
        check("b", self.x.len() / parts, b.len())?;
        blocks(engine, 12, 1, self.width, [a, b], |first, [a, b]| {
            let width = self.width * parts;
            let x = &self.x[first * width..][..a.len() * parts];
            dispatch!(engine.level(), simd => match self.kind {
                Kind::Gru => kernel::min_gru(simd, self.width, x, [a, b]),
                Kind::Lstm => kernel::min_lstm(simd, self.width, x, [a, b]),
            });
        });
        Ok(())
    }
}

/// Weights of the gates of RG-LRU.
#[derive(Clone, Copy, Debug)]
pub struct RgLruWeights<'a, F> {
    /// How fast a state decays at the most, before its softplus, `[width]`.
    pub recurrent_param: &'a [F],
    /// `[heads, width / heads, width / heads]`, input first.
    pub input_gate_weight: &'a [F],
    /// `[width]`.
    pub input_gate_bias: &'a [F],
    /// Like `input_gate_weight`.
    pub recurrent_gate_weight: &'a [F],
    /// `[width]`.
    pub recurrent_gate_bias: &'a [F],
}

/// A checked call of the gates of RG-LRU.
#[derive(Clone, Copy, Debug)]
pub struct RgLruGates<'a, F> {
    heads: usize,
    size: usize,
    x: &'a [F],
    weights: RgLruWeights<'a, F>,
    fresh: Option<&'a [u8]>,
}

impl<'a, F: Real> RgLruGates<'a, F> {
    /// Borrows `x` (`[rows, heads size]`), the weights, and `fresh` (`[rows]`): where a sequence begins.
    pub fn new(
        rows: usize,
        [heads, size]: [usize; 2],
        x: &'a [F],
        weights: RgLruWeights<'a, F>,
        fresh: Option<&'a [u8]>,
    ) -> Result<Self, Error> {
        let width = heads.saturating_mul(size);
        let square = width.saturating_mul(size);
        check("x", rows.saturating_mul(width), x.len())?;
        check("recurrent_param", width, weights.recurrent_param.len())?;
        check("input_gate_weight", square, weights.input_gate_weight.len())?;
        check("input_gate_bias", width, weights.input_gate_bias.len())?;
        check("recurrent_gate_weight", square, weights.recurrent_gate_weight.len())?;
        check("recurrent_gate_bias", width, weights.recurrent_gate_bias.len())?;
        check("fresh", rows, fresh.map_or(rows, <[u8]>::len))?;
        Ok(Self { heads, size, x, weights, fresh })
    }

    /// Fills `a` and `b`, both `[rows, heads size]`.
    pub fn run(self, engine: &Engine, [a, b]: [&mut [F]; 2]) -> Result<(), Error> {
        check("a", self.x.len(), a.len())?;
        check("b", self.x.len(), b.len())?;
        let width = self.heads * self.size;
        let speeds = self.weights.recurrent_param.iter();
        let speeds: Vec<F> = speeds.map(|p| F::of(8.0 * reference::softplus(p.wide()))).collect();
        blocks(engine, 16 + self.size / 5, MULTIPLIED, width, [a, b], |first, [a, b]| {
            let x = &self.x[first * width..][..a.len()];
            let fresh = self.fresh.map(|fresh| &fresh[first..][..a.len() / width]);
            dispatch!(engine.level(), simd => {
                product::gates(simd, self.size, x, self.weights, [&mut *a, &mut *b]);
                kernel::rg_lru(simd, &speeds, x, fresh, [a, b]);
            });
        });
        Ok(())
    }
}

/// Calls `f` with blocks of at least so many rows of both outputs, and with the number of a block's first row,
/// on all threads where that pays; an element costs as much as `cost` of a scan.
fn blocks<F: Real>(
    engine: &Engine,
    cost: usize,
    least: usize,
    width: usize,
    [a, b]: [&mut [F]; 2],
    f: impl Fn(usize, [&mut [F]; 2]) + Sync,
) {
    let width = width.max(1);
    let rows = (BLOCK / width).max(least);
    let pairs = a.chunks_mut(rows * width).zip(b.chunks_mut(rows * width));
    let mut pairs: Vec<_> = pairs.map(|(a, b)| [a, b]).collect();
    engine.rows(cost * rows * width, 1, &mut pairs, |range, pairs| {
        for (k, [a, b]) in range.zip(pairs) {
            f(k * rows, [&mut **a, &mut **b]);
        }
    });
}
