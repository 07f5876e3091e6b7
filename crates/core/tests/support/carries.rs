//! What holds for the carry of every operator: it is a monoid that acts on states.

use super::{Call, Operator, Output, Planes, Spec, best, bound, error, pick, run, truth};
use ssm_scan_core::{Plan, Real};

/// A call that has no resets, as a summary knows none.
fn call<O: Operator, F: Real>(spec: &Spec) -> Call<F> {
    Call { reset: None, ..spec.call::<O, F>() }
}

/// The largest difference, relative to the largest number; infinite where one is NaN.
fn apart<F: Real>(x: &[Vec<F>], y: &[Vec<F>]) -> f64 {
    let scale = x.iter().flatten().fold(1.0_f64, |most, x| most.max(x.wide().abs()));
    let pairs = x.iter().flatten().zip(y.iter().flatten());
    let difference = |(&x, &y): (&F, &F)| if x == y { 0.0 } else { (x - y).wide().abs() };
    let number = |x: f64| if x.is_nan() { f64::INFINITY } else { x };
    pairs.map(difference).map(number).fold(0.0, f64::max) / scale
}

/// That of the matrices, or that of the vectors.
fn distance<O: Operator, F: Real>(x: &O::Carry<F>, y: &O::Carry<F>) -> f64 {
    let ([xa, xb], [ya, yb]) = (O::numbers(x), O::numbers(y));
    apart(&xa, &ya).max(apart(&xb, &yb))
}

fn tolerance<F: Real>() -> f64 {
    256.0 * F::epsilon().wide()
}

/// The carries of the first step, the next `k` and all others of every sequence, in time order.
fn thirds<O: Operator, F: Real>(call: &Call<F>, k: usize) -> Vec<[O::Carry<F>; 3]> {
    let width = O::gate(call.dims.channels);
    let of = |i: usize| {
        let one = call.sequence(width, i);
        let mut rows: Vec<usize> = (0..one.dims.length).collect();
        if call.reverse {
            rows.reverse();
        }
        let (first, rest) = rows.split_at(rows.len().min(1));
        let (second, third) = rest.split_at(k.min(rest.len()));
        [first, second, third].map(|rows| {
            let mut rows = rows.to_vec();
            rows.sort_unstable();
            O::summarize(&one.rows(width, 1, &rows), best(2)).remove(0)
        })
    };
    (0..call.sequences().len()).map(of).collect()
}

pub(crate) fn then_is_associative<O: Operator, F: Real>(spec: &Spec) {
    for [x, y, z] in thirds::<O, F>(&call::<O, F>(spec), spec.random().upto(50)) {
        let left = O::then(&O::then(&x, &y), &z);
        let right = O::then(&x, &O::then(&y, &z));
        let distance = distance::<O, F>(&left, &right);
        assert!(distance <= tolerance::<F>(), "{distance:e}");
    }
}

pub(crate) fn the_identity_changes_nothing<O: Operator, F: Real>(spec: &Spec) {
    let call = call::<O, F>(spec);
    let identity = O::identity::<F>(call.dims.channels);
    for carry in O::summarize(&call, best(2)) {
        assert_eq!(O::then(&identity, &carry), carry);
        assert_eq!(O::then(&carry, &identity), carry);
    }
    let mut state = call.state.iter().map(|s| pick(s, call.dims.channels, &[])).collect::<Vec<_>>();
    state.iter_mut().for_each(|s| s.resize(call.dims.channels, F::one()));
    let before = state.clone();
    O::apply(&identity, &mut state);
    assert_eq!(state, before);
}

pub(crate) fn a_summary_is_the_fold_of_its_pieces<O: Operator, F: Real>(spec: &Spec) {
    let call = call::<O, F>(spec);
    let wholes = O::summarize(&call, best(2));
    let thirds = thirds::<O, F>(&call, spec.random().upto(50));
    assert_eq!(wholes.len(), thirds.len());
    for (whole, [x, y, z]) in wholes.iter().zip(&thirds) {
        let distance = distance::<O, F>(whole, &O::then(&O::then(x, y), z));
        assert!(distance <= tolerance::<F>(), "{distance:e}");
    }
}

/// The arrays of many carries, one carry after the other.
fn arrays<O: Operator, F: Real>(carries: &[O::Carry<F>]) -> Planes<F> {
    let mut arrays = vec![vec![]; 2 * O::PLANES];
    for carry in carries {
        for (array, plane) in arrays.iter_mut().zip(O::numbers(carry).into_iter().flatten()) {
            array.extend(plane);
        }
    }
    arrays
}

pub(crate) fn arrays_of_carries_are_carries<O: Operator, F: Real>(spec: &Spec) {
    let call = call::<O, F>(spec);
    let summaries = O::summarize(&call, best(2));
    let want = arrays::<O, F>(&summaries);
    let empty: Planes<F> = want.iter().map(|array| vec![F::nan(); array.len()]).collect();
    let mut got = empty.clone();
    O::summarize_into(&call, best(2), &mut got).unwrap();
    assert_eq!(got, want);

    let channels = call.dims.channels;
    let turned: Vec<O::Carry<F>> = summaries.iter().rev().cloned().collect();
    let pairs = summaries.iter().zip(&turned);
    let totals: Vec<O::Carry<F>> = pairs.map(|(x, y)| O::then(x, y)).collect();
    let mut got = empty;
    O::combine(channels, &want, &arrays::<O, F>(&turned), &mut got).unwrap();
    for (got, want) in got.iter().zip(arrays::<O, F>(&totals)) {
        assert!(apart(std::slice::from_ref(got), &[want]) <= tolerance::<F>());
    }
}

/// The states that the summaries of a call make of those that enter it, beside what a scan leaves.
fn applied<O: Operator, F: Real>(call: &Call<F>, threads: usize) -> Output<F> {
    let (channels, mut out) = (call.dims.channels, run::<O, F>(call, None, best(threads)));
    for (i, carry) in O::summarize(call, best(threads)).iter().enumerate() {
        let mut state: Planes<F> = call.state.iter().map(|s| pick(s, channels, &[i])).collect();
        O::apply(carry, &mut state);
        for (all, state) in out.state.iter_mut().zip(&state) {
            all[i * channels..][..channels].copy_from_slice(state);
        }
    }
    out
}

pub(crate) fn a_summary_applied_to_a_state_is_the_last_state<O: Operator, F: Real>(spec: &Spec) {
    let call = call::<O, F>(spec);
    let truth = truth::<O, F>(&call);
    let error = error(&applied::<O, F>(&call, 2), &truth);
    let bound = bound::<O, F>(&call, &truth);
    assert!(error <= bound, "error {error:e} is over {bound:e}");
}

/// The same where a summary is itself cut in time: see `plan.rs` for what is.
pub(crate) fn a_long_summary_is_the_sum_of_its_chunks<O: Operator, F: Real>(long: &Call<F>) {
    for reverse in [false, true] {
        let call = Call { reverse, ..long.clone() };
        let truth = truth::<O, F>(&call);
        let error = error(&applied::<O, F>(&call, 4), &truth);
        let bound = bound::<O, F>(&call, &truth);
        assert!(error <= bound, "reverse {reverse}: error {error:e} is over {bound:e}");
    }
}
