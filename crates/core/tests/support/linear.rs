//! `linear_scan` as the laws see it.

use super::{Call, Gates, Operator, Output, Planes, Random};
use proptest::prelude::*;
use ssm_scan_core::{
    Carry, Engine, Error, Plan, Real,
    linear_scan::{LinearCarry, LinearScan, combine, reference},
};

#[derive(Debug)]
pub(crate) struct Linear;

fn scan<F: Real>(call: &Call<F>) -> Result<LinearScan<'_, F>, Error> {
    LinearScan::new(call.dims, &call.a[0], &call.b[0], call.options())
}

impl Operator for Linear {
    type Carry<F: Real> = LinearCarry<F>;
    const PLANES: usize = 1;

    fn shapes() -> BoxedStrategy<(usize, usize)> {
        prop_oneof![15 => (0..=200_usize, 0..=40_usize), 1 => (Just(5000), 0..=6_usize)].boxed()
    }

    fn gate(channels: usize) -> usize {
        channels
    }

    fn gates(random: &mut Random, kind: Gates, constant: bool, channels: usize) -> Planes<f64> {
        let most = if constant { 1.0 } else { f64::INFINITY };
        vec![(0..channels).map(|_| kind.draw(random).clamp(-most, most)).collect()]
    }

    fn step<F: Real>(a: &[&[F]], b: &[&[F]], state: &mut [Vec<F>]) {
        for (c, h) in state[0].iter_mut().enumerate() {
            *h = a[0][c] * *h + b[0][c];
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

    fn summarize<F: Real>(call: &Call<F>, engine: &Engine) -> Vec<LinearCarry<F>> {
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
        _: usize,
        first: &[Vec<F>],
        second: &[Vec<F>],
        out: &mut [Vec<F>],
    ) -> Result<(), Error> {
        let [a, b] = out else { panic!("there are 2 arrays") };
        let [first, second] = [first, second].map(|x| std::array::from_fn(|i| x[i].as_slice()));
        combine(first, second, [a, b])
    }

    fn identity<F: Real>(channels: usize) -> LinearCarry<F> {
        LinearCarry::identity(channels)
    }

    fn then<F: Real>(first: &LinearCarry<F>, second: &LinearCarry<F>) -> LinearCarry<F> {
        first.then(second)
    }

    fn apply<F: Real>(carry: &LinearCarry<F>, state: &mut [Vec<F>]) {
        carry.apply([&mut state[0]]);
    }

    fn numbers<F: Real>(carry: &LinearCarry<F>) -> [Planes<F>; 2] {
        [vec![carry.a.iter().map(|x| F::of(x.wide())).collect()], vec![carry.b.clone()]]
    }
}
