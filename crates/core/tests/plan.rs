//! Which plan is chosen for which work.

#[path = "../src/plan.rs"]
#[allow(unreachable_pub, dead_code, reason = "the crate keeps what a plan depends on to itself")]
mod plan;

use plan::{Plan, Work};

/// Sequences of equal length.
fn work([sequences, longest, columns]: [usize; 3]) -> Work {
    Work {
        sequences,
        rows: sequences * longest,
        longest,
        columns,
        cost: 1,
        chunk: Plan::chunk(columns),
        has_cheap_summary: true,
    }
}

/// The plan for them, printed, where gates do not decay.
fn chosen(dims: [usize; 3], threads: usize, deterministic: bool) -> String {
    format!("{:?}", Plan::new(&work(dims), threads, deterministic, |_| None))
}

/// The plan for them where gates decay within so many steps.
fn decaying(dims: [usize; 3], threads: usize, deterministic: bool, steps: usize) -> Plan {
    let reach = |most| (steps <= most).then_some(steps);
    Plan::new(&work(dims), threads, deterministic, reach)
}

#[test]
fn little_work_is_serial() {
    for threads in [1, 2, 8] {
        assert_eq!(chosen([1, 1, 1], threads, false), "Sequences { group: 1 }");
        assert_eq!(chosen([1, 8192, 64], threads, false), "Sequences { group: 1 }");
        assert_eq!(chosen([4, 1024, 128], threads, true), "Sequences { group: 4 }");
        assert_eq!(chosen([0, 0, 0], threads, false), "Sequences { group: 1 }");
        assert_eq!(chosen([3, 0, 5], threads, true), "Sequences { group: 3 }");
    }
}

#[test]
fn one_thread_is_serial() {
    assert_eq!(chosen([1, 65536, 64], 1, false), "Sequences { group: 1 }");
    assert_eq!(chosen([8, 2048, 512], 1, false), "Sequences { group: 8 }");
    assert_eq!(chosen([1, 64, 200_000], 1, false), "Sequences { group: 1 }");
}

#[test]
fn sequences_come_first() {
    assert_eq!(chosen([8, 2048, 512], 2, false), "Sequences { group: 1 }");
    assert_eq!(chosen([64, 2048, 512], 2, false), "Sequences { group: 8 }");
    assert_eq!(chosen([1000, 200, 16], 4, false), "Sequences { group: 63 }");
}

#[test]
fn then_come_columns() {
    assert_eq!(chosen([1, 64, 200_000], 2, false), "Columns { block: 100096 }");
    assert_eq!(chosen([1, 40, 100_000], 4, false), "Columns { block: 25088 }");
}

#[test]
fn time_is_cut_only_for_idle_threads() {
    assert_eq!(chosen([1, 65536, 64], 2, false), "Time { chunk: 512 }");
    assert_eq!(chosen([1, 1 << 21, 1], 4, false), "Time { chunk: 32768 }");
    assert_eq!(chosen([2, 65536, 64], 2, false), "Sequences { group: 1 }");
    assert_eq!(chosen([2, 65536, 64], 4, false), "Time { chunk: 512 }");
}

#[test]
fn time_is_not_cut_where_it_does_not_pay() {
    let work = Work { has_cheap_summary: false, cost: 16, ..work([1, 131_072, 1]) };
    for deterministic in [false, true] {
        let plan = Plan::new(&work, 4, deterministic, |_| None);
        assert_eq!(plan, Plan::Sequences { group: 1 });
    }
}

#[test]
fn one_long_sequence_among_short_ones_is_cut() {
    let work = Work { sequences: 100, rows: 65536 + 99, ..work([1, 65536, 64]) };
    assert_eq!(Plan::new(&work, 2, false, |_| None), Plan::Time { chunk: 512 });
}

#[test]
fn chunks_start_warm_where_gates_decay() {
    let warm = |threads, steps| decaying([1, 65536, 64], threads, false, steps);
    assert_eq!(warm(2, 64), Plan::Warm { chunk: 8192, before: 80 });
    assert_eq!(warm(2, 1000), Plan::Warm { chunk: 32768, before: 1264 });
    assert_eq!(warm(2, 5000), Plan::Time { chunk: 512 });
    assert_eq!(warm(1, 64), Plan::Sequences { group: 1 });
}

#[test]
fn a_warm_start_keeps_the_bits_of_one_thread() {
    let dims = [1, 65536, 64];
    assert_eq!(decaying(dims, 1, true, 500), Plan::Sequences { group: 1 });
    assert_eq!(decaying(dims, 2, true, 500), Plan::Warm { chunk: 10928, before: 640 });
    assert_eq!(decaying(dims, 1, true, 5000), Plan::Time { chunk: 512 });
    assert_eq!(decaying(dims, 2, true, 5000), Plan::Time { chunk: 512 });
}

#[test]
fn whether_a_deterministic_plan_cuts_time_does_not_depend_on_threads() {
    for sequences in [1, 2, 3, 4, 6, 8, 9, 20] {
        for length in [1, 50, 64, 1000, 20_000, 300_000] {
            for columns in [1, 3, 64, 256, 512, 1000, 2048, 4096, 100_000] {
                let dims = [sequences, length, columns];
                let of = |threads| {
                    let plan = chosen(dims, threads, true);
                    if plan.starts_with("Time") { plan } else { "uncut".into() }
                };
                for threads in 2..=16 {
                    assert_eq!(of(threads), of(1), "{dims:?} on {threads}");
                }
            }
        }
    }
    assert_eq!(chosen([1, 65536, 64], 1, true), "Time { chunk: 512 }");
}

#[test]
fn every_plan_can_be_run() {
    for threads in [1, 2, 3, 64] {
        for dims in [[1, 1 << 21, 1], [1 << 21, 1, 1], [1, 1, 1 << 21], [150, 150, 150]] {
            for deterministic in [false, true] {
                let plan = chosen(dims, threads, deterministic);
                assert!(!plan.contains(" 0 "), "{plan} for {dims:?}");
            }
        }
    }
}
