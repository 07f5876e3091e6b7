//! `matrix_scan` as the laws see it.

use super::{Call, Gates, Operator, Output, Planes, Random};
use proptest::prelude::*;
use ssm_scan_core::{
    Carry, Engine, Error, Plan, Real,
    matrix_scan::{MatrixCarry, MatrixScan, combine, reference},
};

#[derive(Debug)]
pub(crate) struct Matrix;

fn scan<F: Real>(call: &Call<F>) -> Result<MatrixScan<'_, F>, Error> {
    MatrixScan::new(call.dims, &call.a[0], &call.b[0], call.options())
}

impl Operator for Matrix {
    type Carry<F: Real> = MatrixCarry<F>;
    const PLANES: usize = 1;

    fn shapes() -> BoxedStrategy<(usize, usize)> {
        prop_oneof![
            10 => (0..=200_usize, 0..=9_usize),
            2 => (0..=40_usize, prop::sample::select(vec![17_usize, 33])),
            1 => (Just(5000), 0..=4_usize),
        ]
        .boxed()
    }

    fn gate(channels: usize) -> usize {
        channels * channels
    }

    /// Entries that shrink a state by a tenth a step, on average.
    fn gates(random: &mut Random, kind: Gates, constant: bool, n: usize) -> Planes<f64> {
        let mut a: Vec<f64> = (0..n * n)
            .map(|_| if kind == Gates::Zeros && random.is_so(0.1) { 0.0 } else { random.normal() })
            .collect();
        let norm = a.iter().map(|x| x * x).sum::<f64>().sqrt();
        let scale = if constant { norm } else { (n as f64).sqrt() };
        a.iter_mut().for_each(|x| *x *= 0.9 / scale.max(f64::MIN_POSITIVE));
        if kind == Gates::NearOne {
            a.iter_mut().for_each(|x| *x *= 0.01);
            a.iter_mut().step_by(n + 1).for_each(|x| *x += 0.98);
        }
        vec![a]
    }

    fn step<F: Real>(a: &[&[F]], b: &[&[F]], state: &mut [Vec<F>]) {
        let before = state[0].clone();
        for (i, h) in state[0].iter_mut().enumerate() {
            let row = &a[0][i * before.len()..];
            *h = before.iter().zip(row).fold(F::zero(), |sum, (&h, &a)| sum + a * h) + b[0][i];
        }
    }

    fn run<F: Real>(
        call: &Call<F>,
        plan: Option<Plan>,
        engine: &Engine,
        state: &mut [Vec<F>],
        h: &mut [Vec<F>],
    ) -> Result<(), Error> {
        match plan {
            Some(plan) => scan(call)?.run_as(plan, engine, &mut state[0], &mut h[0]),
            None => scan(call)?.run(engine, &mut state[0], &mut h[0]),
        }
    }

    fn reference<F: Real>(call: &Call<F>) -> Output<f64> {
        let (h, state) = reference(&scan(call).unwrap(), &call.state[0]);
        Output { h: vec![h], state: vec![state] }
    }

    fn summarize<F: Real>(call: &Call<F>, engine: &Engine) -> Vec<MatrixCarry<F>> {
        scan(call).unwrap().summarize(engine)
    }

    fn summarize_into<F: Real>(
        call: &Call<F>,
        engine: &Engine,
        out: &mut [Vec<F>],
    ) -> Result<(), Error> {
        let [a, b] = out else { panic!("there are 2 arrays") };
        scan(call)?.summarize_into(engine, [a, b])
    }

    fn combine<F: Real>(
        channels: usize,
        first: &[Vec<F>],
        second: &[Vec<F>],
        out: &mut [Vec<F>],
    ) -> Result<(), Error> {
        let [a, b] = out else { panic!("there are 2 arrays") };
        let [first, second] = [first, second].map(|x| std::array::from_fn(|i| x[i].as_slice()));
        combine(channels, first, second, [a, b])
    }

    fn identity<F: Real>(channels: usize) -> MatrixCarry<F> {
        MatrixCarry::identity(channels)
    }

    fn then<F: Real>(first: &MatrixCarry<F>, second: &MatrixCarry<F>) -> MatrixCarry<F> {
        first.then(second)
    }

    fn apply<F: Real>(carry: &MatrixCarry<F>, state: &mut [Vec<F>]) {
        carry.apply([&mut state[0]]);
    }

    fn numbers<F: Real>(carry: &MatrixCarry<F>) -> [Planes<F>; 2] {
        [vec![carry.a.iter().map(|x| F::of(x.wide())).collect()], vec![carry.b.clone()]]
    }
}
