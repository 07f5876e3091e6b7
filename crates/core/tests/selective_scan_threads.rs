//! The selective scan on any number of threads, by any plan, and step by step.

mod numbers;
mod selective;

use selective::{Case, apart, one, run};
use ssm_scan_core::{
    Engine, Plan,
    selective_scan::{Inputs, SelectiveStep},
};

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
