//! `complex_scan` as the laws see it.

use super::{Call, Gates, Operator, Output, Planes, Random};
use proptest::prelude::*;
use ssm_scan_core::{
    Carry, Engine, Error, Plan, Real,
    complex_scan::{ComplexCarry, ComplexScan, combine, reference},
};
use std::f64::consts::TAU;

#[derive(Debug)]
pub(crate) struct Complex;

fn scan<F: Real>(call: &Call<F>) -> Result<ComplexScan<'_, F>, Error> {
    let Call { a, b, .. } = call;
    ComplexScan::new(call.dims, [&a[0], &a[1]], [&b[0], &b[1]], call.options())
}

fn both<F>(planes: &mut [Vec<F>]) -> [&mut [F]; 2] {
    let (re, im) = planes.split_at_mut(1);
    [&mut re[0], &mut im[0]]
}

impl Operator for Complex {
    type Carry<F: Real> = ComplexCarry<F>;
    const PLANES: usize = 2;

    fn shapes() -> BoxedStrategy<(usize, usize)> {
        prop_oneof![15 => (0..=200_usize, 0..=40_usize), 1 => (Just(5000), 0..=6_usize)].boxed()
    }

    fn gate(channels: usize) -> usize {
        channels
    }

    fn gates(random: &mut Random, kind: Gates, constant: bool, channels: usize) -> Planes<f64> {
        let most = if constant { 1.0 } else { f64::INFINITY };
        let mut polar = || (kind.draw(random).clamp(-most, most), random.uniform(0.0, TAU));
        let drawn: Vec<_> = (0..channels).map(|_| polar()).collect();
        let re = drawn.iter().map(|(radius, angle)| radius * angle.cos()).collect();
        let im = drawn.iter().map(|(radius, angle)| radius * angle.sin()).collect();
        vec![re, im]
    }

    fn step<F: Real>(a: &[&[F]], b: &[&[F]], state: &mut [Vec<F>]) {
        for c in 0..state[0].len() {
            let (re, im) = (state[0][c], state[1][c]);
            state[0][c] = a[0][c] * re - a[1][c] * im + b[0][c];
            state[1][c] = a[0][c] * im + a[1][c] * re + b[1][c];
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
            Some(plan) => scan(call)?.run_as(plan, engine, both(state), both(h)),
            None => scan(call)?.run(engine, both(state), both(h)),
        }
    }

    fn reference<F: Real>(call: &Call<F>) -> Output<f64> {
        let (h, state) = reference(&scan(call).unwrap(), [&call.state[0], &call.state[1]]);
        Output { h: h.into(), state: state.into() }
    }

    fn summarize<F: Real>(call: &Call<F>, engine: &Engine) -> Vec<ComplexCarry<F>> {
        scan(call).unwrap().summarize(engine)
    }

    fn summarize_into<F: Real>(
        call: &Call<F>,
        engine: &Engine,
        out: &mut [Vec<F>],
    ) -> Result<(), Error> {
        let [ar, ai, br, bi] = out else { panic!("there are 4 arrays") };
        scan(call)?.summarize_into(engine, [ar, ai, br, bi])
    }

    fn combine<F: Real>(
        _: usize,
        first: &[Vec<F>],
        second: &[Vec<F>],
        out: &mut [Vec<F>],
    ) -> Result<(), Error> {
        let [ar, ai, br, bi] = out else { panic!("there are 4 arrays") };
        let [first, second] = [first, second].map(|x| std::array::from_fn(|i| x[i].as_slice()));
        combine(first, second, [ar, ai, br, bi])
    }

    fn identity<F: Real>(channels: usize) -> ComplexCarry<F> {
        ComplexCarry::identity(channels)
    }

    fn then<F: Real>(first: &ComplexCarry<F>, second: &ComplexCarry<F>) -> ComplexCarry<F> {
        first.then(second)
    }

    fn apply<F: Real>(carry: &ComplexCarry<F>, state: &mut [Vec<F>]) {
        carry.apply(both(state));
    }

    fn numbers<F: Real>(carry: &ComplexCarry<F>) -> [Planes<F>; 2] {
        let a = carry.a.each_ref().map(|plane| plane.iter().map(|x| F::of(x.wide())).collect());
        [a.into(), carry.b.to_vec()]
    }
}
