//! The operators as the laws see them.

use super::{Call, Gates, Output, Planes, Random};
use proptest::strategy::BoxedStrategy;
use ssm_scan_core::{Engine, Error, Plan, Real};
use std::fmt::Debug;

pub(crate) trait Operator {
    type Carry<F: Real>: Clone + Debug + PartialEq;

    /// How many planes an array has.
    const PLANES: usize;

    /// Lengths and channels to try.
    fn shapes() -> BoxedStrategy<(usize, usize)>;

    /// Elements of a row of gates.
    fn gate(channels: usize) -> usize;

    /// A row of gates; a `constant` one serves every step and must not let states grow.
    fn gates(random: &mut Random, kind: Gates, constant: bool, channels: usize) -> Planes<f64>;

    /// One step of one sequence, as the paper would write it.
    fn step<F: Real>(a: &[&[F]], b: &[&[F]], state: &mut [Vec<F>]);

    /// Calls `run_as`, or `run` where there is no plan.
    fn run<F: Real>(
        call: &Call<F>,
        plan: Option<Plan>,
        engine: &Engine,
        state: &mut [Vec<F>],
        h: &mut [Vec<F>],
    ) -> Result<(), Error>;

    fn reference<F: Real>(call: &Call<F>) -> Output<f64>;

    fn summarize<F: Real>(call: &Call<F>, engine: &Engine) -> Vec<Self::Carry<F>>;

    /// Fills `out` with the arrays of all summaries, those of `A` before those of `b`.
    fn summarize_into<F: Real>(
        call: &Call<F>,
        engine: &Engine,
        out: &mut [Vec<F>],
    ) -> Result<(), Error>;

    /// [`then`](Self::then) on such arrays.
    fn combine<F: Real>(
        channels: usize,
        first: &[Vec<F>],
        second: &[Vec<F>],
        out: &mut [Vec<F>],
    ) -> Result<(), Error>;

    fn identity<F: Real>(channels: usize) -> Self::Carry<F>;

    fn then<F: Real>(first: &Self::Carry<F>, second: &Self::Carry<F>) -> Self::Carry<F>;

    fn apply<F: Real>(carry: &Self::Carry<F>, state: &mut [Vec<F>]);

    /// `A` and `b`.
    fn numbers<F: Real>(carry: &Self::Carry<F>) -> [Planes<F>; 2];
}

/// Runs a call; the outputs start as NaN.
pub(crate) fn run<O: Operator, F: Real>(
    call: &Call<F>,
    plan: impl Into<Option<Plan>>,
    engine: &Engine,
) -> Output<F> {
    let mut state = call.state.clone();
    let mut h = vec![vec![F::nan(); call.dims.signal()]; O::PLANES];
    O::run(call, plan.into(), engine, &mut state, &mut h).unwrap();
    Output { h, state }
}
