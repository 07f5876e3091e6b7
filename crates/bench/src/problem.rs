//! A case, and the arrays that it comes with.

use serde::Deserialize;
use ssm_scan_core::{Dims, Options};

/// What is computed.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Operator {
    /// `h[t] = a[t] h[t-1] + b[t]`.
    Linear,
    /// The same with complex numbers, as planes.
    Complex,
    /// The same with matrices.
    Matrix,
    /// One time-invariant diagonal SSM with one input and one output.
    Ssm,
}

#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Dtype {
    Float32,
    Float64,
}

#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Gates {
    /// `a` is `[batch, length, channels]`.
    Full,
    /// `a` is `[channels]`.
    Channels,
}

#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
pub(crate) struct Problem {
    pub(crate) operator: Operator,
    pub(crate) batch: usize,
    pub(crate) length: usize,
    /// Of linear and complex recurrences.
    channels: Option<usize>,
    /// Elements of a state of a matrix recurrence, complex states of an SSM.
    n: Option<usize>,
    pub(crate) dtype: Dtype,
    pub(crate) gates: Gates,
    pub(crate) reverse: bool,
}

/// The name of a plane's file, and its elements.
pub(crate) type Plane = (&'static str, usize);

impl Problem {
    /// Complex states of an SSM.
    pub(crate) fn states(&self) -> usize {
        self.n.unwrap_or(1)
    }

    /// Axes of the result.
    pub(crate) fn dims(&self) -> Dims {
        let &Self { batch, length, .. } = self;
        let channels = match self.operator {
            Operator::Linear | Operator::Complex => self.channels.unwrap_or(1),
            Operator::Matrix => self.n.unwrap_or(1),
            Operator::Ssm => 1,
        };
        Dims { batch, length, channels }
    }

    pub(crate) fn options(&self) -> Options<'static> {
        Options { reverse: self.reverse, ..Options::default() }
    }

    pub(crate) fn inputs(&self) -> Vec<Plane> {
        let (b, n) = (self.dims().signal(), self.states());
        let a = match (self.operator, self.gates) {
            (Operator::Matrix, _) => b.saturating_mul(n),
            (_, Gates::Full) => b,
            (_, Gates::Channels) => self.dims().channels,
        };
        match self.operator {
            Operator::Linear | Operator::Matrix => vec![("a", a), ("b", b)],
            Operator::Complex => vec![("a.re", a), ("a.im", a), ("b.re", b), ("b.im", b)],
            Operator::Ssm => {
                let weights = ["a.re", "a.im", "b.re", "b.im", "c.re", "c.im"];
                weights.into_iter().map(|name| (name, n)).chain([("u", b)]).collect()
            }
        }
    }

    pub(crate) fn outputs(&self) -> Vec<Plane> {
        let h = self.dims().signal();
        match self.operator {
            Operator::Linear | Operator::Matrix => vec![("h", h)],
            Operator::Complex => vec![("h.re", h), ("h.im", h)],
            Operator::Ssm => vec![("y", h)],
        }
    }

    /// Elements of all outputs.
    pub(crate) fn elements(&self) -> usize {
        self.outputs().iter().map(|(_, count)| count).sum()
    }
}
