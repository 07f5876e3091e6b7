//! What holds for every scan, whatever its operator.

use super::{Call, Operator, Output, Spec, best, bound, definition, engines, error, run, truth};
use ssm_scan_core::{Engine, Plan, Real};

pub(crate) use super::carries::*;

fn assert_close<O: Operator, F: Real>(call: &Call<F>, got: &Output<F>, how: &str) {
    let truth = truth::<O, F>(call);
    let (error, bound) = (error(got, &truth), bound::<O, F>(call, &truth));
    assert!(error <= bound, "{how}: error {error:e} is over {bound:e}");
}

pub(crate) fn the_reference_is_the_definition<O: Operator, F: Real>(spec: &Spec) {
    let call = spec.call::<O, F>();
    let error = error(&O::reference(&call), &truth::<O, F>(&call));
    assert!(error <= 1e-13, "error {error:e}");
}

pub(crate) fn every_plan_matches_the_definition<O: Operator, F: Real>(spec: &Spec) {
    let call = spec.call::<O, F>();
    assert_close::<O, F>(&call, &run::<O, F>(&call, None, best(2)), "the chosen plan");
    for plan in spec.uncut().into_iter().chain(spec.cut()) {
        assert_close::<O, F>(&call, &run::<O, F>(&call, plan, best(2)), &format!("{plan:?}"));
    }
}

/// Whether steps are computed together, by instructions that not every CPU has: then bits depend on
/// the CPU, and on where a sequence starts.
fn is_tiled<O: Operator, F: Real>(call: &Call<F>) -> bool {
    O::gate(call.dims.channels) == 1 && O::PLANES == 1 && call.dims.length >= 64
}

pub(crate) fn bits_depend_on_neither_level_nor_threads<O: Operator, F: Real>(spec: &Spec) {
    let call = spec.call::<O, F>();
    let serial_plan = Plan::Sequences { group: 1000 };
    let serial = run::<O, F>(&call, serial_plan, best(1)).bits();
    let cut = spec.cut().map(|plan| (plan, run::<O, F>(&call, plan, best(1)).bits()));
    for engine in engines() {
        let here = run::<O, F>(&call, serial_plan, engine);
        assert_close::<O, F>(&call, &here, &format!("{engine:?}"));
        let same = here.bits() == serial || is_tiled::<O, F>(&call);
        assert!(same, "{engine:?}");
        for plan in spec.uncut() {
            let same = run::<O, F>(&call, plan, engine).bits() == here.bits();
            assert!(same, "{plan:?} on {engine:?}");
        }
        for (plan, bits) in &cut {
            let same = run::<O, F>(&call, *plan, engine).bits() == *bits;
            assert!(same || is_tiled::<O, F>(&call), "{plan:?} on {engine:?}");
        }
    }
}

/// Whatever was guessed, and however far off it was.
pub(crate) fn a_warm_start_has_the_bits_of_one_thread<O: Operator, F: Real>(spec: &Spec) {
    let call = spec.call::<O, F>();
    let serial = run::<O, F>(&call, Plan::Sequences { group: 1000 }, best(1)).bits();
    for chunk in [512, 1024, 2048] {
        for plan in [0, 512].map(|before| Plan::Warm { chunk, before }) {
            for threads in [1, 3] {
                let same = run::<O, F>(&call, plan, best(threads)).bits() == serial;
                assert!(same, "{plan:?} on {threads}");
            }
        }
    }
}

pub(crate) fn streaming_changes_nothing<O: Operator, F: Real>(spec: &Spec) {
    let call = spec.call::<O, F>();
    let streaming = Engine::new(2, false).unwrap().streaming_from(0);
    let plans = [Plan::Sequences { group: 1 }, Plan::Warm { chunk: 512, before: 512 }];
    for plan in plans.into_iter().chain(spec.cut()) {
        let same =
            run::<O, F>(&call, plan, &streaming).bits() == run::<O, F>(&call, plan, best(2)).bits();
        assert!(same, "{plan:?}");
    }
}

/// Sequences as they are, whatever `pieces` a state joins them from.
fn joined<O: Operator, F: Real>(call: &Call<F>, at: usize, plan: Plan) -> Output<F> {
    let (length, channels) = (call.dims.length, call.dims.channels);
    let rows = |steps: std::ops::Range<usize>| -> Vec<usize> {
        (0..call.dims.batch).flat_map(|i| steps.clone().map(move |t| i * length + t)).collect()
    };
    let mut pieces = [rows(0..at), rows(at..length)];
    if call.reverse {
        pieces.reverse();
    }
    let mut joined = Output {
        h: vec![vec![F::nan(); call.dims.signal()]; O::PLANES],
        state: call.state.clone(),
    };
    for rows in pieces {
        let mut piece = call.rows(O::gate(channels), call.dims.batch, &rows);
        piece.state = joined.state;
        let Output { h, state } = run::<O, F>(&piece, plan, best(2));
        for (whole, part) in joined.h.iter_mut().zip(&h) {
            for (k, &t) in rows.iter().enumerate() {
                whole[t * channels..][..channels]
                    .copy_from_slice(&part[k * channels..][..channels]);
            }
        }
        joined.state = state;
    }
    joined
}

pub(crate) fn two_pieces_joined_by_their_state_are_the_whole<O: Operator, F: Real>(spec: &Spec) {
    let call = spec.batched::<O, F>();
    let at = spec.random().upto(call.dims.length);
    for plan in spec.uncut() {
        let (whole, joined) = (run::<O, F>(&call, plan, best(2)), joined::<O, F>(&call, at, plan));
        assert_close::<O, F>(&call, &joined, &format!("{plan:?} at {at}"));
        assert!(whole.bits() == joined.bits() || is_tiled::<O, F>(&call), "{plan:?} at {at}");
    }
    for plan in spec.cut() {
        assert_close::<O, F>(&call, &joined::<O, F>(&call, at, plan), &format!("{plan:?} at {at}"));
    }
}

pub(crate) fn reversing_data_and_time_changes_nothing<O: Operator, F: Real>(spec: &Spec) {
    let call = spec.call::<O, F>();
    let rows = call.mirrored_rows();
    let mirrored = Call {
        dims: call.dims,
        reverse: !call.reverse,
        ..call.rows(O::gate(call.dims.channels), call.dims.batch, &rows)
    };
    for plan in spec.uncut().into_iter().chain(spec.cut()) {
        let want = run::<O, F>(&call, plan, best(2));
        let got = run::<O, F>(&mirrored, plan, best(2));
        let got = Output { h: got.rows(call.dims.channels, &rows), state: got.state };
        assert_eq!(got.bits(), want.bits(), "{plan:?}");
    }
}

pub(crate) fn a_sequence_does_not_see_its_neighbours<O: Operator, F: Real>(spec: &Spec) {
    let call = spec.call::<O, F>();
    let channels = call.dims.channels;
    for plan in spec.uncut().into_iter().chain(spec.cut()) {
        let all = run::<O, F>(&call, plan, best(2));
        for (i, rows) in call.sequences().into_iter().enumerate() {
            let alone = run::<O, F>(&call.sequence(O::gate(channels), i), plan, best(2));
            let rows: Vec<usize> = rows.collect();
            let state = all.state.iter().map(|s| super::pick(s, channels, &[i])).collect();
            let own = Output { h: all.rows(channels, &rows), state };
            assert_eq!(own.bits(), alone.bits(), "{plan:?}, sequence {i}");
        }
    }
}

pub(crate) fn padding_is_zero<O: Operator, F: Real>(spec: &Spec) {
    let call = spec.call::<O, F>();
    let channels = call.dims.channels;
    let mut padding: Vec<usize> = (0..call.dims.rows()).collect();
    call.sequences().into_iter().rev().for_each(|rows| drop(padding.drain(rows)));
    for plan in spec.uncut().into_iter().chain(spec.cut()) {
        let h = run::<O, F>(&call, plan, best(2)).rows(channels, &padding);
        assert!(h.iter().flatten().all(|x| x.is_zero()), "{plan:?}");
    }
}

pub(crate) fn a_reset_starts_a_sequence<O: Operator, F: Real>(spec: &Spec) {
    let call = spec.call::<O, F>();
    for i in 0..call.sequences().len() {
        let one = call.sequence(O::gate(call.dims.channels), i);
        let marks = one.reset.clone().unwrap_or_default();
        let starts = marks.iter().enumerate().filter(|(_, mark)| **mark != 0);
        let cuts = starts.map(|(t, _)| (t + usize::from(one.reverse)) as i32);
        let bounds: Vec<i32> = [0].into_iter().chain(cuts).chain([marks.len() as i32]).collect();
        if one.reset.is_none() {
            continue;
        }
        let (channels, sequences) = (call.dims.channels, bounds.len() - 1);
        let first = if one.reverse { sequences - 1 } else { 0 };
        let last = sequences - 1 - first;
        let mut packed = Call { cu_seqlens: Some(bounds), reset: None, ..one.clone() };
        for (packed, own) in packed.state.iter_mut().zip(&one.state) {
            *packed = vec![F::zero(); sequences * channels];
            packed[first * channels..][..channels].copy_from_slice(own);
        }
        for plan in spec.uncut() {
            let mut got = run::<O, F>(&packed, plan, best(2));
            got.state.iter_mut().for_each(|s| *s = super::pick(s, channels, &[last]));
            assert_eq!(got.bits(), run::<O, F>(&one, plan, best(2)).bits(), "{plan:?}, {i}");
        }
    }
}

pub(crate) fn shared_gates_are_gates_repeated<O: Operator, F: Real>(spec: &Spec) {
    let call = spec.call::<O, F>();
    let rows: Vec<usize> = (0..call.dims.rows()).collect();
    let width = O::gate(call.dims.channels);
    let repeated = Call { dims: call.dims, ..call.rows(width, call.dims.batch, &rows) };
    for plan in spec.uncut().into_iter().chain(spec.cut()) {
        let want = run::<O, F>(&repeated, plan, best(2)).bits();
        assert_eq!(run::<O, F>(&call, plan, best(2)).bits(), want, "{plan:?}");
    }
}
