//! A panic inside a job reaches the caller: no thread waits forever for a state that never comes.

use super::{Context, Operator, Shape, run};
use crate::{
    Dims, Engine, Options, Plan,
    layout::{Layout, Stretch},
    link::Link,
    rows::RowsMut,
};
use std::{
    panic::{self, AssertUnwindSafe, catch_unwind},
    sync::{Arc, mpsc},
    thread,
    time::Duration,
};

const DIMS: Dims = Dims { batch: 1, length: 4000, channels: 2 };

/// Writes zeros, and panics where it meets row `at`.
struct Mine {
    at: Option<usize>,
}

impl Operator<f64, 1, 1> for Mine {
    fn shape(&self) -> Shape<1> {
        Shape { columns: 2, depth: 1, widths: [1], cost: 1, chunk: 100, cut_from: 2 }
    }

    fn reach(&self, _: &Stretch) -> Option<usize> {
        None
    }

    fn pass(
        &self,
        _: Context<'_>,
        at: &Stretch,
        link: Link<'_, f64, 1>,
        [mut out]: [RowsMut<'_, f64>; 1],
    ) {
        let link = match link {
            Link::Alone(_) => None,
            Link::Chained(link) => Some((link.enter(), link)),
        };
        assert!(!self.at.is_some_and(|row| at.rows.contains(&row)), "met a mine");
        (0..at.rows.len()).for_each(|t| out.row(t).fill(0.0));
        if let Some((state, mut link)) = link {
            link.leave(&state);
        }
    }
}

/// Whether a call panics.
fn panics(engine: &Engine, plan: Plan, at: Option<usize>) -> bool {
    let layout = Layout::new(DIMS, Options::default()).unwrap();
    let (mut state, mut h) = ([0.0; 2], vec![f64::NAN; DIMS.signal()]);
    let call = || run(&Mine { at }, &layout, engine, plan, [&mut state], [&mut h]);
    catch_unwind(AssertUnwindSafe(call)).is_err()
}

/// Keeps the panics that are meant to happen out of the log.
fn expect_panics() {
    let report = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        let message = info.payload().downcast_ref::<&str>();
        if !message.is_some_and(|m| ["met a mine", "an earlier stretch panicked"].contains(m)) {
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
        let times = [1, 7, 100, 1000].map(|chunk| Plan::Time { chunk });
        let warm = [512, 1024].map(|chunk| Plan::Warm { chunk, before: 256 });
        let others = [Plan::Sequences { group: 1 }, Plan::Columns { block: 1 }];
        for plan in times.into_iter().chain(warm).chain(others) {
            for at in [0, 50, 1999, 3999] {
                let engine = engine.clone();
                within_ten_seconds(format!("{plan:?} on {threads}, panic at {at}"), move || {
                    assert!(panics(&engine, plan, Some(at)));
                    assert!(!panics(&engine, plan, None));
                });
            }
        }
    }
}
