//! The multi-input multi-output layer against its definition.

mod numbers;

use numbers::{between, error, lengths, resets};
use proptest::{prelude::*, test_runner::RngSeed};
use ssm_scan_core::{
    Dims, Engine, Options, Real,
    diagonal_ssm::{DiagonalSsm, Sampling, Transition, Weights, reference},
    discretize::Method,
};

/// Everything that a call borrows.
struct Case<F> {
    dims: Dims,
    states: usize,
    u: Vec<F>,
    input: Vec<F>,
    output: Vec<F>,
    skip: Vec<F>,
    poles: [Vec<F>; 4],
    log_step: Vec<F>,
    dt: Vec<F>,
    reset: Vec<u8>,
    lengths: Vec<i32>,
    state: [Vec<F>; 2],
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
            output: between(s, channels * (states + 3) * 2, -1.0, 1.0),
            skip: between(s, channels, -1.0, 1.0),
            poles: [0.0, 0.7, 0.7, 0.7].map(|high| between(s, states, -0.7, high)),
            log_step: between(s, states, -4.0, -1.0),
            dt: between(s, batch * length, 0.1, 3.0),
            reset: resets(s, batch * length),
            lengths: lengths(s, batch, length),
            state: [(); 2].map(|()| between(s, batch * states, -1.0, 1.0)),
        }
    }

    fn call<'a>(
        &'a self,
        sampled: bool,
        shifted: bool,
        options: Options<'a>,
    ) -> DiagonalSsm<'a, F> {
        let weights = Weights {
            input: &self.input,
            output: &self.output,
            pitch: self.states + 3,
            first: 2,
            scale: F::of(2.0),
            skip: Some(&self.skip),
        };
        let [ar, ai, gr, gi] = self.poles.each_ref().map(Vec::as_slice);
        let transition = if sampled {
            Transition::Sampled(Sampling {
                method: Method::Zoh,
                lambda: [ar, ai],
                log_step: &self.log_step,
                rescale: 1.5,
                dt: &self.dt,
                shifted,
            })
        } else {
            Transition::Fixed { a: [ar, ai], gain: [gr, gi] }
        };
        DiagonalSsm::new(self.dims, self.states, &self.u, weights, transition, options).unwrap()
    }

    fn run(&self, ssm: DiagonalSsm<'_, F>, threads: usize, adds: bool) -> (Vec<F>, [Vec<F>; 2]) {
        let engine = Engine::new(threads, false).unwrap();
        let mut y = vec![if adds { F::one() } else { F::nan() }; self.dims.signal()];
        let mut state = self.state.clone();
        let ssm = if adds { ssm.adding() } else { ssm };
        ssm.run(&engine, state.each_mut().map(Vec::as_mut_slice), &mut y).unwrap();
        (y, state)
    }
}

fn check<F: Real>(dims: Dims, states: usize, seed: u64, bound: f64) {
    let case = Case::<F>::new(dims, states, seed);
    for bits in 0..16 {
        let [reverse, sampled, with_reset, padded] = [1, 2, 4, 8].map(|bit| bits & bit != 0);
        let options = Options {
            reverse,
            reset: with_reset.then_some(case.reset.as_slice()),
            lengths: padded.then_some(case.lengths.as_slice()),
            ..Options::default()
        };
        let ssm = case.call(sampled, reverse, options);
        let (y, state) = reference(&ssm, case.state.each_ref().map(Vec::as_slice));
        let (got, last) = case.run(ssm, 1, false);
        assert!(
            error(&got, &y) < bound,
            "y of {dims:?}, {states}, {options:?}: {}",
            error(&got, &y)
        );
        assert!(error(&last[0], &state[0]) < bound && error(&last[1], &state[1]) < bound);
        assert_eq!((&got, &last), (&case.run(ssm, 3, false).0, &case.run(ssm, 3, false).1));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, rng_seed: RngSeed::Fixed(42), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn matches_the_definition(
        batch in 0..4usize, length in 0..40usize, channels in 0..20usize, states in 0..20usize, seed: u64,
    ) {
        let dims = Dims { batch, length, channels };
        check::<f32>(dims, states, seed, 1e-5);
        check::<f64>(dims, states, seed, 1e-12);
    }
}

#[test]
fn a_cut_in_time_gives_the_same_bits() {
    check::<f32>(Dims { batch: 1, length: 3000, channels: 33 }, 40, 1, 1e-5);
}

#[test]
fn adding_adds() {
    let case = Case::<f64>::new(Dims { batch: 2, length: 300, channels: 7 }, 9, 5);
    let ssm = case.call(false, false, Options::default());
    let (plain, _) = case.run(ssm, 1, false);
    let (added, _) = case.run(ssm, 1, true);
    let want: Vec<f64> = plain.iter().map(|y| y + 1.0).collect();
    assert!(error(&added, &want) < 1e-14);
}
