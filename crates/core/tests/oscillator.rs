//! The layer of oscillators against its definition.

mod numbers;

use numbers::{between, error, lengths, resets};
use proptest::{prelude::*, test_runner::RngSeed};
use ssm_scan_core::{
    Dims, Engine, Options, Real,
    oscillator::{Method, Motion, Oscillator, Weights, reference},
};

/// Everything that a call borrows.
struct Case<F> {
    dims: Dims,
    states: usize,
    u: Vec<F>,
    input: Vec<F>,
    output: Vec<F>,
    skip: Vec<F>,
    a: Vec<F>,
    g: Vec<F>,
    steps: Vec<F>,
    dt: Vec<F>,
    reset: Vec<u8>,
    lengths: Vec<i32>,
    state: [Vec<F>; 4],
}

impl<F: Real> Case<F> {
    fn new(dims: Dims, states: usize, mut seed: u64) -> Self {
        let s = &mut seed;
        let Dims { batch, length, channels } = dims;
        Self {
            dims,
            states,
            u: between(s, dims.signal(), -1.0, 1.0),
            input: between(s, states * channels * 2, -1.0, 1.0),
            output: between(s, channels * states * 2, -1.0, 1.0),
            skip: between(s, channels, -1.0, 1.0),
            a: between(s, states, -0.2, 1.0),
            g: between(s, states, -0.2, 1.0),
            steps: between(s, states, -2.0, 1.0),
            dt: between(s, batch * length, 0.1, 1.5),
            reset: resets(s, batch * length),
            lengths: lengths(s, batch, length),
            state: [(); 4].map(|()| between(s, batch * states, -1.0, 1.0)),
        }
    }

    fn call<'a>(
        &'a self,
        method: Method,
        [damped, sampled]: [bool; 2],
        options: Options<'a>,
    ) -> Oscillator<'a, F> {
        let weights = Weights {
            input: &self.input,
            output: &self.output,
            pitch: self.states,
            first: 0,
            scale: F::one(),
            skip: Some(&self.skip),
        };
        let motion = Motion {
            method,
            a: &self.a,
            g: damped.then_some(&self.g),
            steps: &self.steps,
            dt: sampled.then_some(&self.dt),
        };
        Oscillator::new(self.dims, self.states, &self.u, weights, motion, options).unwrap()
    }

    fn run(&self, call: Oscillator<'_, F>, threads: usize) -> (Vec<F>, [Vec<F>; 4]) {
        let engine = Engine::new(threads, false).unwrap();
        let mut y = vec![F::nan(); self.dims.signal()];
        let mut state = self.state.clone();
        call.run(&engine, state.each_mut().map(Vec::as_mut_slice), &mut y).unwrap();
        (y, state)
    }
}

fn check<F: Real>(dims: Dims, states: usize, seed: u64, bound: f64) {
    let case = Case::<F>::new(dims, states, seed);
    for bits in 0..32 {
        let [implicit, damped, sampled, with_reset, padded] =
            [1, 2, 4, 8, 16].map(|bit| bits & bit != 0);
        let options = Options {
            reset: with_reset.then_some(case.reset.as_slice()),
            lengths: padded.then_some(case.lengths.as_slice()),
            reverse: bits % 3 == 0,
            ..Options::default()
        };
        let method = if implicit { Method::Im } else { Method::Imex };
        let call = case.call(method, [damped, sampled], options);
        let (want, last) = reference(&call, case.state.each_ref().map(Vec::as_slice));
        let (got, left) = case.run(call, 1);
        assert!(error(&got, &want) < bound, "y of {dims:?}, {bits}: {}", error(&got, &want));
        for (got, want) in left.iter().zip(&last) {
            assert!(error(got, want) < bound, "state of {dims:?}, {bits}: {}", error(got, want));
        }
        assert_eq!((got, left), case.run(call, 3));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, rng_seed: RngSeed::Fixed(42), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn matches_the_definition(
        batch in 0..4usize, length in 0..40usize, channels in 0..20usize, states in 0..20usize, seed: u64,
    ) {
        let dims = Dims { batch, length, channels };
        check::<f32>(dims, states, seed, 2e-5);
        check::<f64>(dims, states, seed, 1e-12);
    }
}

#[test]
fn a_cut_in_time_gives_the_same_bits() {
    check::<f32>(Dims { batch: 1, length: 2000, channels: 33 }, 40, 1, 1e-3);
}
