//! Calls of the selective scan, and the definition as their judge.
#![allow(dead_code, unused_imports, unused_macros, reason = "each test file uses its own part")]

pub(crate) mod gradients;

use crate::numbers::numbers;
use ssm_scan_core::{
    Dims, Engine, Options, Real,
    selective_scan::{Inputs, SelectiveScan, Sizes},
};

/// Everything that a call borrows, with `P` planes.
#[derive(Clone)]
pub(crate) struct Case<F, const P: usize> {
    pub(crate) dims: Dims,
    pub(crate) sizes: Sizes,
    pub(crate) u: Vec<F>,
    pub(crate) dt: Vec<F>,
    pub(crate) a: [Vec<F>; P],
    pub(crate) b: [Vec<F>; P],
    pub(crate) c: [Vec<F>; P],
    /// `D`, `z` and `dtBias`.
    pub(crate) more: [Option<Vec<F>>; 3],
    pub(crate) softplus: bool,
    pub(crate) state: [Vec<F>; P],
    pub(crate) reset: Option<Vec<u8>>,
    pub(crate) cu_seqlens: Option<Vec<i32>>,
    pub(crate) reverse: bool,
    pub(crate) deterministic: bool,
}

impl<F: Real, const P: usize> Case<F, P> {
    pub(crate) fn new([batch, length, channels, states, groups]: [usize; 5], seed: u64) -> Self {
        let dims = Dims { batch, length, channels };
        let many = |k: u64, count: usize, size: f64| numbers::<F>(31 * seed + k, count, size);
        let positive =
            |k, count, size| -> Vec<F> { many(k, count, size).iter().map(|x| x.abs()).collect() };
        let planes = |k: u64, count: usize| {
            let mut next = k;
            [(); P].map(|()| {
                next += 1;
                many(next, count, 1.0)
            })
        };
        let steps = batch * length * groups * states;
        let mut a = planes(10, channels * states);
        a[0].iter_mut().for_each(|x| *x = -x.abs());
        Self {
            dims,
            sizes: Sizes { states, groups: Some(groups) },
            u: many(1, dims.signal(), 1.0),
            dt: positive(2, dims.signal(), 0.5),
            a,
            b: planes(20, steps),
            c: planes(30, steps),
            more: [
                Some(many(3, channels, 1.0)),
                Some(many(4, dims.signal(), 2.0)),
                Some(positive(5, channels, 0.5)),
            ],
            softplus: true,
            state: planes(40, batch * channels * states),
            reset: None,
            cu_seqlens: None,
            reverse: false,
            deterministic: false,
        }
    }

    pub(crate) fn scan(&self) -> SelectiveScan<'_, F, P> {
        let [d, z, dt_bias] = self.more.each_ref().map(Option::as_deref);
        let inputs = Inputs {
            u: &self.u,
            dt: &self.dt,
            a: self.a.each_ref().map(Vec::as_slice),
            b: self.b.each_ref().map(Vec::as_slice),
            c: self.c.each_ref().map(Vec::as_slice),
            d,
            z,
            dt_bias,
            softplus: self.softplus,
        };
        let options = Options {
            reverse: self.reverse,
            reset: self.reset.as_deref(),
            cu_seqlens: self.cu_seqlens.as_deref(),
            lengths: None,
            deterministic: Some(self.deterministic),
        };
        SelectiveScan::new(self.dims, self.sizes, inputs, options).unwrap()
    }

    /// The arrays of a run: `y`, the last states, all states or those of chunks.
    pub(crate) fn outputs(&self, states: usize) -> (Vec<F>, [Vec<F>; P], [Vec<F>; P]) {
        let nan = |count: usize| vec![F::nan(); count];
        let width = self.dims.channels * self.sizes.states;
        (nan(self.dims.signal()), self.state.clone(), [(); P].map(|()| nan(states * width)))
    }
}

/// Runs a case of `$P` planes.
macro_rules! run {
    ($P:literal, $case:expr, $engine:expr) => {
        run!($P, $case, $engine, 0)
    };
    ($P:literal, $case:expr, $engine:expr, $chunk:expr) => {{
        let (case, chunk): (&Case<_, $P>, usize) = (&$case, $chunk);
        let rows = case.dims.rows();
        let (mut y, mut state, mut all) =
            case.outputs(if chunk == 0 { 0 } else { rows.div_ceil(chunk) });
        let planes = state.each_mut().map(Vec::as_mut_slice);
        let states = all.each_mut().map(Vec::as_mut_slice);
        case.scan().run_with($engine, chunk, planes, &mut y, states).unwrap();
        (y, state, all)
    }};
}

pub(crate) fn apart<F: Real>(got: &[F], want: &[f64]) -> f64 {
    assert_eq!(got.len(), want.len());
    let scale = want.iter().fold(1e-30, |x: f64, y| x.max(y.abs()));
    let most = got.iter().zip(want).map(|(x, y)| (x.wide() - y).abs());
    most.fold(0.0, |x, y| if y <= x { x } else { y }) / scale
}

pub(crate) fn one() -> Engine {
    Engine::new(1, false).unwrap()
}

macro_rules! agrees {
    ($P:literal, $F:ident, $case:expr) => {{
        let case: &Case<$F, $P> = &$case;
        let bound = if $F::IS_WIDE { 1e-12 } else { 2e-6 };
        let (y, all, last) = reference(&case.scan(), case.state.each_ref().map(Vec::as_slice));
        let (got, state, _) = run!($P, *case, &one());
        let label = format!("{:?} {:?}", case.dims, case.sizes);
        assert!(apart(&got, &y) <= bound, "y of {label}: {}", apart(&got, &y));
        for (got, want) in state.iter().zip(&last) {
            assert!(apart(got, want) <= bound, "state of {label}: {}", apart(got, want));
        }
        let (again, state_again, states) = run!($P, *case, &one(), 1);
        assert!(
            apart(&again, &y) <= bound
                && state_again.each_ref().map(Vec::len) == state.each_ref().map(Vec::len)
        );
        for (got, want) in states.iter().zip(&all) {
            assert!(apart(got, want) <= bound, "states of {label}: {}", apart(got, want));
        }
    }};
}
pub(crate) use {agrees, run};
