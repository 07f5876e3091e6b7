//! The selective scan against its definition.

mod numbers;

use numbers::numbers;
use proptest::{prelude::*, test_runner::RngSeed};
use ssm_scan_core::{
    Dims, Engine, Options, Plan, Real,
    selective_scan::{Inputs, SelectiveScan, SelectiveStep, Sizes, reference},
};

/// Everything that a call borrows, with `P` planes.
#[derive(Clone)]
struct Case<F, const P: usize> {
    dims: Dims,
    sizes: Sizes,
    u: Vec<F>,
    dt: Vec<F>,
    a: [Vec<F>; P],
    b: [Vec<F>; P],
    c: [Vec<F>; P],
    /// `D`, `z` and `dtBias`.
    more: [Option<Vec<F>>; 3],
    softplus: bool,
    state: [Vec<F>; P],
    reset: Option<Vec<u8>>,
    cu_seqlens: Option<Vec<i32>>,
    reverse: bool,
    deterministic: bool,
}

impl<F: Real, const P: usize> Case<F, P> {
    fn new([batch, length, channels, states, groups]: [usize; 5], seed: u64) -> Self {
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

    fn scan(&self) -> SelectiveScan<'_, F, P> {
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
    fn outputs(&self, states: usize) -> (Vec<F>, [Vec<F>; P], [Vec<F>; P]) {
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

fn apart<F: Real>(got: &[F], want: &[f64]) -> f64 {
    assert_eq!(got.len(), want.len());
    let scale = want.iter().fold(1e-30, |x: f64, y| x.max(y.abs()));
    let most = got.iter().zip(want).map(|(x, y)| (x.wide() - y).abs());
    most.fold(0.0, |x, y| if y <= x { x } else { y }) / scale
}

fn one() -> Engine {
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

#[test]
fn agrees_with_the_definition_at_every_length_and_group() {
    for length in [0, 1, 8, 16, 17, 64, 372, 784, 1134, 4096] {
        for groups in [1, 2] {
            agrees!(1, f32, Case::new([2, length, 4, 8, groups], 7));
        }
        agrees!(2, f32, Case::new([1, length.min(1134), 4, 8, 2], 8));
    }
    for [channels, states, groups] in
        [[1, 1, 1], [3, 5, 2], [7, 16, 3], [70, 4, 1], [130, 17, 4], [2, 3, 5]]
    {
        agrees!(1, f32, Case::new([2, 33, channels, states, groups], 9));
        agrees!(1, f64, Case::new([2, 33, channels, states, groups], 9));
        agrees!(2, f64, Case::new([2, 33, channels, states, groups], 9));
    }
}

#[test]
fn weights_may_be_the_same_at_every_step() {
    for groups in [None, Some(1)] {
        let mut case = Case::<f32, 1>::new([2, 50, 6, 5, 1], 3);
        case.sizes.groups = groups;
        case.b = [numbers(1, 30, 1.0)];
        agrees!(1, f32, case);
        case.c = [numbers(2, 30, 1.0)];
        agrees!(1, f32, case);
        let mut case = Case::<f64, 2>::new([2, 50, 6, 5, 1], 3);
        case.sizes.groups = groups;
        case.c = [numbers(2, 30, 1.0), numbers(3, 30, 1.0)];
        agrees!(2, f64, case);
    }
}

#[test]
fn chunks_are_the_states_at_their_ends() {
    for reverse in [false, true] {
        let mut case = Case::<f32, 1>::new([2, 40, 5, 3, 1], 5);
        case.reverse = reverse;
        let (want_y, _, [all]) = run!(1, case, &one(), 1);
        let (y, mut state, _) = case.outputs(0);
        let mut y = y;
        let mut chunks = vec![f32::NAN; 2 * 4 * 15];
        let planes = state.each_mut().map(Vec::as_mut_slice);
        case.scan().run_with(&one(), 12, planes, &mut y, [&mut chunks]).unwrap();
        for (k, chunk) in chunks.chunks_exact(15).enumerate() {
            let (batch, k) = (k / 4, k % 4);
            let row = if reverse { [0, 4, 16, 28][k] } else { [11, 23, 35, 39][k] };
            let want = &all[(batch * 40 + row) * 15..][..15];
            let want: Vec<f64> = want.iter().map(|&x| x.into()).collect();
            assert!(apart(chunk, &want) <= 1e-6, "chunk {k}, reverse {reverse}");
        }
        let want: Vec<f64> = want_y.iter().map(|&x| x.into()).collect();
        assert!(apart(&y, &want) <= 1e-6);
    }
}

#[test]
fn three_hundred_packed_sequences() {
    let mut bounds = vec![0];
    for size in numbers::<f64>(11, 300, 99.0) {
        bounds.push(bounds.last().unwrap() + 1 + (size.abs() * 2.0) as i32);
    }
    let length = *bounds.last().unwrap() as usize;
    let mut case = Case::<f32, 1>::new([1, length, 6, 4, 2], 12);
    case.state = [numbers(13, 300 * 24, 1.0)];
    case.cu_seqlens = Some(bounds);
    agrees!(1, f32, case);
    case.reverse = true;
    agrees!(1, f32, case);
}

#[test]
fn exponents_of_any_size_are_right() {
    for size in [1e-7, 1.0, 50.0, 86.0, 88.0, 120.0, 1e4, 1e9] {
        let mut case = Case::<f32, 1>::new([1, 40, 9, 6, 1], 21);
        case.a[0].iter_mut().for_each(|a| *a *= size);
        agrees!(1, f32, case);
    }
    let mut case = Case::<f32, 1>::new([1, 40, 9, 6, 1], 21);
    case.a[0].fill(f32::NEG_INFINITY);
    let (y, state, _) = run!(1, case, &one());
    assert!(y.iter().chain(&state[0]).all(|x| x.is_finite()));
    case.dt[9] = f32::NAN;
    let (y, _, _) = run!(1, case, &one());
    assert!(y[9].is_nan() && y[10].is_finite());
}

#[test]
fn a_reset_stops_what_is_not_a_number() {
    let mut case = Case::<f32, 1>::new([1, 60, 9, 6, 1], 22);
    case.u[5 * 9 + 2] = f32::NAN;
    case.state[0][0] = f32::INFINITY;
    case.reset = Some((0..60).map(|t| u8::from(t == 20)).collect());
    let (y, state, _) = run!(1, case, &one());
    assert!(y[10 * 9 + 2].is_nan() && y[20 * 9..].iter().chain(&state[0]).all(|x| x.is_finite()));
}

#[test]
fn threads_change_nothing() {
    let mut wide = Case::<f32, 1>::new([1, 300, 700, 16, 1], 31);
    let mut slow = Case::<f32, 1>::new([1, 30_000, 16, 8, 1], 32);
    slow.a[0].iter_mut().for_each(|a| *a *= 1e-6);
    for deterministic in [false, true] {
        (wide.deterministic, slow.deterministic) = (deterministic, deterministic);
        for (case, serial) in
            [(&wide, Plan::Sequences { group: 1 }), (&slow, Plan::Sequences { group: 1 })]
        {
            let want = run!(1, *case, &one());
            for threads in 2..=4 {
                let got = run!(1, *case, &Engine::new(threads, false).unwrap());
                if deterministic || case.dims.channels > 16 {
                    assert!(got == want, "{threads} threads, {serial:?}");
                }
                let truth: Vec<f64> = want.0.iter().map(|&x| x.into()).collect();
                assert!(
                    apart(&got.0, &truth) <= 2e-6,
                    "{threads} threads: {}",
                    apart(&got.0, &truth)
                );
            }
        }
    }
    let quick = Case::<f32, 1>::new([1, 30_000, 16, 8, 1], 33);
    let want = run!(1, quick, &one());
    for threads in 2..=4 {
        assert!(run!(1, quick, &Engine::new(threads, false).unwrap()) == want, "{threads} threads");
    }
}

#[test]
fn any_plan_gives_the_same() {
    let case = Case::<f32, 1>::new([2, 200, 150, 5, 2], 34);
    let turned = Case::<f64, 2>::new([2, 200, 20, 3, 2], 35);
    let engine = Engine::new(3, false).unwrap();
    let want = run!(1, case, &one());
    let want_turned = run!(2, turned, &one());
    for plan in [
        Plan::Sequences { group: 1 },
        Plan::Columns { block: 64 },
        Plan::Columns { block: 7 },
        Plan::Time { chunk: 48 },
        Plan::Warm { chunk: 64, before: 32 },
    ] {
        let (mut y, mut state, _) = case.outputs(0);
        case.scan().run_as(plan, &engine, state.each_mut().map(Vec::as_mut_slice), &mut y).unwrap();
        let truth: Vec<f64> = want.0.iter().map(|&x| x.into()).collect();
        assert!(apart(&y, &truth) <= 1e-6, "{plan:?}: {}", apart(&y, &truth));
        if !matches!(plan, Plan::Time { .. }) {
            assert!(y == want.0 && state == want.1, "{plan:?}");
        }
        let (mut y, mut state, _) = turned.outputs(0);
        turned
            .scan()
            .run_as(plan, &engine, state.each_mut().map(Vec::as_mut_slice), &mut y)
            .unwrap();
        assert!(apart(&y, &want_turned.0) <= 1e-12, "{plan:?}");
    }
}

#[test]
fn steps_are_the_scan() {
    for [channels, states, groups] in [[5, 3, 2], [16, 16, 1], [33, 17, 3]] {
        let [batch, length] = [3, 9];
        let case = Case::<f32, 1>::new([batch, length, channels, states, groups], 41);
        let (want, last, _) = run!(1, case, &one());
        let slots = [4, 0, 2];
        let width = channels * states;
        let mut pool = vec![9.0; 5 * width];
        for (i, slot) in slots.iter().enumerate() {
            pool[*slot as usize * width..][..width]
                .copy_from_slice(&case.state[0][i * width..][..width]);
        }
        let [d, z, dt_bias] = case.more.each_ref().map(Option::as_deref);
        for t in 0..length {
            let step = |signal: &[f32], width: usize| -> Vec<f32> {
                (0..batch)
                    .flat_map(|i| signal[(i * length + t) * width..][..width].to_vec())
                    .collect()
            };
            let (u, dt, z) =
                (step(&case.u, channels), step(&case.dt, channels), step(z.unwrap(), channels));
            let (b, c) = (step(&case.b[0], groups * states), step(&case.c[0], groups * states));
            let inputs = Inputs {
                u: &u,
                dt: &dt,
                a: [&case.a[0]],
                b: [&b],
                c: [&c],
                d,
                z: Some(&z),
                dt_bias,
                softplus: true,
            };
            let mut y = vec![f32::NAN; batch * channels];
            let call = SelectiveStep::new([batch, channels, states, groups], inputs, Some(&slots))
                .unwrap();
            call.run(&one(), &mut pool, &mut y).unwrap();
            let want: Vec<f64> = step(&want, channels).iter().map(|&x| x.into()).collect();
            assert!(apart(&y, &want) <= 2e-6, "step {t}: {}", apart(&y, &want));
            if t == 0 {
                let call =
                    SelectiveStep::new([batch, channels, states, groups], inputs, Some(&[-1; 3]))
                        .unwrap();
                let before = pool.clone();
                call.run(&one(), &mut pool, &mut y).unwrap();
                assert!(y.iter().all(|&y| y == 0.0) && pool == before);
            }
        }
        for (i, slot) in slots.iter().enumerate() {
            let want: Vec<f64> = last[0][i * width..][..width].iter().map(|&x| x.into()).collect();
            assert!(apart(&pool[*slot as usize * width..][..width], &want) <= 2e-6);
        }
        assert!(pool[width..2 * width].iter().all(|&x| x == 9.0));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, rng_seed: RngSeed::Fixed(5), ..ProptestConfig::default() })]

    #[test]
    fn agrees_with_the_definition(
        sizes in (1..4_usize, 0..70_usize, 1..80_usize, 0..20_usize, 1..4_usize),
        seed in 0..1000_u64,
        given in prop::array::uniform3(any::<bool>()),
        [softplus, reverse, resets] in prop::array::uniform3(any::<bool>()),
    ) {
        let (batch, length, channels, states, groups) = sizes;
        let mut case = Case::<f32, 1>::new([batch, length, channels, states, groups], seed);
        for (more, given) in case.more.iter_mut().zip(given) {
            *more = more.take().filter(|_| given);
        }
        (case.softplus, case.reverse) = (softplus, reverse);
        case.reset = resets.then(|| (0..batch * length).map(|t| u8::from(t % 13 == 4)).collect());
        agrees!(1, f32, case);
        let mut turned = Case::<f64, 2>::new([batch, length.min(20), channels.min(9), states, groups], seed);
        (turned.softplus, turned.reverse) = (softplus, reverse);
        agrees!(2, f64, turned);
    }
}
