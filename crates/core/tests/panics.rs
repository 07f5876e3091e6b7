//! A panic inside a job reaches the caller: no thread waits forever for a state that never comes.

#[path = "support/fragile.rs"]
mod fragile;

use fragile::Fragile;
use ssm_scan_core::{Dims, Engine, Options, Plan, linear_scan::LinearScan};
use std::{
    panic::{self, AssertUnwindSafe, catch_unwind},
    sync::{Arc, mpsc},
    thread,
    time::Duration,
};

const DIMS: Dims = Dims { batch: 1, length: 4000, channels: 2 };

/// Whether the scan panics when step `at` of its gates is 13.
fn panics(engine: &Engine, plan: Plan, at: Option<usize>) -> bool {
    let mut a = vec![Fragile(0.5); DIMS.signal()];
    if let Some(at) = at {
        a[at * DIMS.channels] = Fragile(13.0);
    }
    let b = vec![Fragile(1.0); DIMS.signal()];
    let scan = LinearScan::new(DIMS, &a, &b, Options::default()).unwrap();
    let (mut state, mut h) = ([Fragile(0.0); 2], vec![Fragile(0.0); DIMS.signal()]);
    let call = AssertUnwindSafe(|| scan.run_as(plan, engine, &mut state, &mut h).unwrap());
    catch_unwind(call).is_err()
}

/// Keeps the panics that are meant to happen out of the log.
fn expect_panics() {
    let report = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        let message = info.payload().downcast_ref::<&str>();
        if !message.is_some_and(|m| ["met a 13", "an earlier stretch panicked"].contains(m)) {
            report(info);
        }
    }));
}

/// Does what may hang on another thread.
fn within_ten_seconds(name: String, work: impl FnOnce() + Send + 'static) {
    let (done, finished) = mpsc::channel();
    let worker = thread::spawn(move || {
        work();
        done.send(()).unwrap();
    });
    match finished.recv_timeout(Duration::from_secs(10)) {
        Err(mpsc::RecvTimeoutError::Timeout) => panic!("{name} hangs"),
        _ => worker.join().unwrap(),
    }
}

#[test]
fn a_panic_ends_the_call_and_the_engine_still_works() {
    expect_panics();
    for threads in 1..=4 {
        let engine = Arc::new(Engine::new(threads, false).unwrap());
        for chunk in [1, 7, 100, 1000] {
            let plan = Plan::Time { chunk };
            for at in [0, 50, 1999, 3999] {
                let engine = engine.clone();
                within_ten_seconds(format!("{plan:?} on {threads}, panic at {at}"), move || {
                    assert!(panics(&engine, plan, Some(at)));
                    assert!(!panics(&engine, plan, None));
                });
            }
        }
        for plan in [Plan::Sequences { group: 1 }, Plan::Columns { block: 1 }] {
            let engine = engine.clone();
            within_ten_seconds(format!("{plan:?} on {threads}"), move || {
                assert!(panics(&engine, plan, Some(7)));
                assert!(!panics(&engine, plan, None));
            });
        }
    }
}
