//! One call on any number of threads.

mod support;

use ssm_scan_core::{Engine, Plan, Real};
use support::{
    Call, Complex, Gates, Linear, Matrix, Operator, best, bound, error, laws, random, run, truth,
};

/// So large that its time is cut, but not into equal chunks.
fn long<O: Operator, F: Real>(length: usize, channels: usize) -> Call<F> {
    let row = |random: &mut _| O::gates(random, Gates::NearOne, false, channels);
    random::<O, F>(length, channels, row)
}

/// The plan of a call that cuts time; `cost` is that of a step and column.
fn in_time<F>(call: &Call<F>, cost: usize) -> Plan {
    Plan::Time { chunk: Plan::chunk(call.dims.channels * cost) }
}

const SERIAL: Plan = Plan::Sequences { group: 1 };

fn deterministic_bits<O: Operator, F: Real>(length: usize, channels: usize) {
    let mut call = long::<O, F>(length, channels);
    let want = run::<O, F>(&call, SERIAL, best(1)).bits();
    call.deterministic = Some(true);
    for threads in 1..=4 {
        let got = run::<O, F>(&call, None, best(threads)).bits();
        assert!(got == want, "{threads} threads");
        let engine = Engine::new(threads, true).unwrap();
        call.deterministic = None;
        assert!(run::<O, F>(&call, None, &engine).bits() == want, "{threads} threads");
        call.deterministic = Some(true);
    }
}

#[test]
fn a_deterministic_call_has_the_bits_of_one_thread() {
    deterministic_bits::<Linear, f32>(200_003, 8);
    deterministic_bits::<Linear, f64>(200_003, 8);
    deterministic_bits::<Linear, f32>(2_000_003, 1);
    deterministic_bits::<Complex, f32>(200_003, 4);
    deterministic_bits::<Complex, f64>(200_003, 4);
    deterministic_bits::<Matrix, f32>(200_003, 3);
}

fn repeated_bits<O: Operator, F: Real>(length: usize, channels: usize) {
    let call = long::<O, F>(length, channels);
    let truth = truth::<O, F>(&call);
    for threads in 1..=4 {
        let first = run::<O, F>(&call, None, best(threads));
        let bound = bound::<O, F>(&call, &truth);
        assert!(error(&first, &truth) <= bound, "{threads} threads");
        for _ in 0..5 {
            let again = run::<O, F>(&call, None, best(threads)).bits();
            assert!(again == first.bits(), "{threads} threads");
        }
    }
}

#[test]
fn every_run_of_a_call_has_the_same_bits() {
    repeated_bits::<Linear, f32>(200_003, 8);
    repeated_bits::<Complex, f32>(200_003, 4);
    repeated_bits::<Matrix, f32>(400_003, 2);
}

#[test]
fn a_warm_start_is_chosen_where_gates_decay_and_changes_no_bit() {
    let row = |random: &mut _| Linear::gates(random, Gates::Decays, false, 8);
    let call = random::<Linear, f32>(200_003, 8, row);
    let want = run::<Linear, f32>(&call, SERIAL, best(1)).bits();
    for threads in 1..=4 {
        for deterministic in [false, true] {
            let call = Call { deterministic: Some(deterministic), ..call.clone() };
            assert!(run::<Linear, f32>(&call, None, best(threads)).bits() == want, "{threads}");
        }
    }
}

#[test]
fn callers_may_share_an_engine() {
    let call = &long::<Linear, f32>(200_003, 8);
    let want = &run::<Linear, f32>(call, in_time(call, 1), best(1)).bits();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..5 {
                    let got = run::<Linear, f32>(call, in_time(call, 1), best(3)).bits();
                    assert!(got == *want);
                }
            });
        }
    });
}

fn long_summary<O: Operator, F: Real>(length: usize, channels: usize) {
    laws::a_long_summary_is_the_sum_of_its_chunks::<O, F>(&long::<O, F>(length, channels));
}

#[test]
fn a_long_summary_is_the_sum_of_its_chunks() {
    long_summary::<Linear, f32>(200_003, 8);
    long_summary::<Linear, f64>(200_003, 8);
    long_summary::<Complex, f32>(200_003, 4);
    long_summary::<Complex, f64>(200_003, 4);
    long_summary::<Matrix, f32>(400_003, 2);
    long_summary::<Matrix, f64>(400_003, 2);
}
