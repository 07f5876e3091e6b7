//! Random calls of Mamba-2's recurrence, judged on every engine and by every plan.

use super::{Random, best, engines};
use ssm_scan_core::{
    Options, Plan, Real,
    ssd::{Inputs, Sizes, Ssd, Steps, reference},
};

/// Softplus, any step size.
pub(crate) const SOFT: Steps = Steps { softplus: true, limit: [0.0, f64::INFINITY], chunk: 0 };

pub(crate) struct Arrays<F> {
    pub(crate) sizes: Sizes,
    pub(crate) x: Vec<F>,
    pub(crate) dt: Vec<F>,
    pub(crate) a: Vec<F>,
    pub(crate) b: Vec<F>,
    pub(crate) c: Vec<F>,
    pub(crate) d: Vec<F>,
    pub(crate) z: Vec<F>,
    pub(crate) dt_bias: Vec<F>,
    pub(crate) state: Vec<F>,
}

impl<F: Real> Arrays<F> {
    pub(crate) fn new(sizes: Sizes, sequences: usize) -> Self {
        let mut random = Random(sizes.length as u64);
        let mut normal = |count: usize| (0..count).map(|_| F::of(random.normal())).collect();
        let Sizes { batch, length, heads, head_dim, states, groups } = sizes;
        let rows = batch * length;
        Self {
            sizes,
            x: normal(rows * heads * head_dim),
            dt: normal(rows * heads),
            a: (0..heads).map(|h| F::of(-0.1 - h as f64)).collect(),
            b: normal(rows * groups * states),
            c: normal(rows * groups * states),
            d: normal(heads * if heads % 2 == 0 { head_dim } else { 1 }),
            z: normal(rows * heads * head_dim),
            dt_bias: normal(heads),
            state: normal(sequences * heads * head_dim * states),
        }
    }

    pub(crate) fn inputs(&self, is_full: bool) -> Inputs<'_, F> {
        let Self { x, dt, a, b, c, d, z, dt_bias, .. } = self;
        let optional = |data| if is_full { Some(data) } else { None };
        let [d, z, dt_bias] = [&d[..], z, dt_bias].map(optional);
        Inputs { x, dt, a, b, c, d, z, dt_bias }
    }

    pub(crate) fn call<'a>(
        &'a self,
        is_full: bool,
        steps: Steps,
        options: Options<'a>,
    ) -> Ssd<'a, F> {
        Ssd::new(self.sizes, self.inputs(is_full), steps, options).unwrap()
    }

    pub(crate) fn check(&self, is_full: bool, steps: Steps, options: Options<'_>) {
        let call = self.call(is_full, steps, options);
        let entering: Vec<f64> = self.state.iter().map(|x| x.wide()).collect();
        let want = reference(&call, &entering);
        let first = run(call, None, 1, &self.state);
        for (got, want) in first.iter().zip(&want) {
            expect_close(got, want, &format!("{:?} {is_full} {steps:?}", self.sizes));
        }
        for engine in engines() {
            let mut out = [self.state.clone(), vec![F::nan(); self.x.len()]];
            let [state, y] = &mut out;
            call.run(engine, state, y).unwrap();
            expect_close(y, &want[0], "y");
            expect_close(state, &want[1], "state");
        }
        for threads in 2..=4 {
            assert!(same(&run(call, None, threads, &self.state), &first), "{threads} threads");
        }
        let chunk = steps.chunk.clamp(1, 256);
        for plan in [Plan::Time { chunk }, Plan::Time { chunk: 3 * chunk }] {
            let chunked = Steps { chunk, ..steps };
            let call = self.call(is_full, chunked, options);
            let want = run(call, Some(Plan::Sequences { group: 1 }), 1, &self.state);
            assert!(same(&run(call, Some(plan), 3, &self.state), &want), "{plan:?}");
        }
    }
}

fn run<F: Real>(call: Ssd<'_, F>, plan: Option<Plan>, threads: usize, state: &[F]) -> [Vec<F>; 2] {
    let engine = best(threads);
    let mut out = [vec![F::nan(); call.outputs()], state.to_vec()];
    let [y, state] = &mut out;
    call.run_as(plan.unwrap_or(call.plan(engine)), engine, state, y).unwrap();
    out
}

fn same<F: Real>(x: &[Vec<F>; 2], y: &[Vec<F>; 2]) -> bool {
    let bits = |x: &[Vec<F>; 2]| x.concat().iter().map(|x| x.wide().to_bits()).collect::<Vec<_>>();
    bits(x) == bits(y)
}

/// Within rounding of the largest number; what is not finite has to be so in both.
fn expect_close<F: Real>(got: &[F], want: &[f64], name: &str) {
    assert_eq!(got.len(), want.len());
    let scale = want.iter().filter(|x| x.is_finite()).fold(1e-3, |max: f64, x| max.max(x.abs()));
    for (i, (got, &want)) in got.iter().zip(want).enumerate() {
        let got = got.wide();
        if want.is_finite() {
            let error = (got - want).abs() / scale;
            assert!(error <= 16.0 * F::epsilon().wide(), "{name}[{i}]: {got}, not {want}");
        } else {
            assert!(
                got.is_nan() == want.is_nan() && !got.is_finite(),
                "{name}[{i}]: {got}, not {want}"
            );
        }
    }
}

pub(crate) fn sizes([batch, length, heads, head_dim, states, groups]: [usize; 6]) -> Sizes {
    Sizes { batch, length, heads, head_dim, states, groups }
}
