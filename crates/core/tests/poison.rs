//! NaN and infinity before a reset do not get past it.

mod support;

use ssm_scan_core::{Plan, Real};
use support::{Call, Complex, Linear, Matrix, Operator, Random, best, noisy, quiet, run, scaling};

const LENGTH: usize = 64;
const CHANNELS: usize = 3;

/// Where the poison is.
#[derive(Clone, Copy, Debug)]
enum Poisoned {
    State,
    Gate { t: usize },
    Input { t: usize },
}

fn plans() -> impl Iterator<Item = Plan> {
    let uncut = [Plan::Sequences { group: 1 }, Plan::Columns { block: 2 }];
    uncut.into_iter().chain([1, 5, 8, 16, 21, LENGTH].map(|chunk| Plan::Time { chunk }))
}

fn clean<O: Operator, F: Real>() -> Call<F> {
    noisy(quiet::<O, F>(LENGTH, CHANNELS, |_| scaling::<O>(&[0.9, -0.7, 1.0])), &mut Random(3))
}

fn poison<O: Operator, F: Real>(call: &mut Call<F>, at: Poisoned, with: F) {
    let (plane, i) = match at {
        Poisoned::State => (&mut call.state[0], 0),
        Poisoned::Gate { t } => (&mut call.a[0], t * O::gate(CHANNELS)),
        Poisoned::Input { t } => (&mut call.b[0], t * CHANNELS),
    };
    plane[i] = with;
}

/// `after` are the steps from the reset on, in time.
fn assert_stopped<O: Operator, F: Real>(at: Poisoned, reset: usize, reverse: bool) {
    let marks = (0..LENGTH).map(|t| u8::from(t == reset)).collect();
    let clean = Call { reverse, reset: Some(marks), ..clean::<O, F>() };
    let after = if reverse { 0..reset + 1 } else { reset..LENGTH };
    let after = after.start * CHANNELS..after.end * CHANNELS;
    for with in [F::nan(), F::infinity(), F::neg_infinity()] {
        let mut poisoned = clean.clone();
        poison::<O, F>(&mut poisoned, at, with);
        for plan in plans() {
            let how = format!("{with:?} in {at:?}, reset at {reset}, {reverse}, {plan:?}");
            let want = run::<O, F>(&clean, plan, best(3));
            let got = run::<O, F>(&poisoned, plan, best(3));
            assert_eq!(got.state, want.state, "{how}");
            for (got, want) in got.h.iter().zip(&want.h) {
                assert_eq!(got[after.clone()], want[after.clone()], "{how}");
            }
            assert!(got.h[0].iter().any(|x| !x.is_finite()), "{how}: no poison was there");
        }
    }
}

fn a_reset_stops_poison<O: Operator, F: Real>() {
    for reset in [1, 8, 13, 16, 40, LENGTH - 1] {
        for t in [0, reset / 2, reset - 1] {
            assert_stopped::<O, F>(Poisoned::Gate { t }, reset, false);
            assert_stopped::<O, F>(Poisoned::Input { t }, reset, false);
            let (t, reset) = (LENGTH - 1 - t, LENGTH - 1 - reset);
            assert_stopped::<O, F>(Poisoned::Gate { t }, reset, true);
            assert_stopped::<O, F>(Poisoned::Input { t }, reset, true);
        }
        assert_stopped::<O, F>(Poisoned::State, reset, false);
        assert_stopped::<O, F>(Poisoned::State, LENGTH - 1 - reset, true);
    }
}

/// Without a reset poison stays, in its own channel.
fn poison_stays_in_its_channel<O: Operator, F: Real>() {
    for t in [0, 20, LENGTH - 1] {
        let (clean, mut poisoned) = (clean::<O, F>(), clean::<O, F>());
        poison::<O, F>(&mut poisoned, Poisoned::Input { t }, F::nan());
        // A chunk with poison in it is computed in another order: only uncut bits are the same.
        for plan in plans().take(2) {
            let want = run::<O, F>(&clean, plan, best(3));
            let got = run::<O, F>(&poisoned, plan, best(3));
            for (i, (got, want)) in got.h[0].iter().zip(&want.h[0]).enumerate() {
                let is_poisoned = i % CHANNELS == 0 && i / CHANNELS >= t;
                assert_eq!(got.is_nan(), is_poisoned, "{plan:?}, step {}", i / CHANNELS);
                assert!(is_poisoned || got == want, "{plan:?}, step {}", i / CHANNELS);
            }
        }
        for plan in plans() {
            let got = run::<O, F>(&poisoned, plan, best(3));
            let nans: Vec<usize> =
                (0..LENGTH * CHANNELS).filter(|&i| got.h[0][i].is_nan()).collect();
            let want: Vec<usize> = (t..LENGTH).map(|t| t * CHANNELS).collect();
            assert_eq!(nans, want, "{plan:?}");
        }
    }
}

#[test]
fn a_reset_stops_poison_in_a_linear_scan() {
    a_reset_stops_poison::<Linear, f32>();
    a_reset_stops_poison::<Linear, f64>();
}

#[test]
fn a_reset_stops_poison_in_a_complex_scan() {
    a_reset_stops_poison::<Complex, f32>();
    a_reset_stops_poison::<Complex, f64>();
}

#[test]
fn a_reset_stops_poison_in_a_matrix_scan() {
    a_reset_stops_poison::<Matrix, f32>();
    a_reset_stops_poison::<Matrix, f64>();
}

#[test]
fn without_a_reset_poison_stays_in_its_channel() {
    poison_stays_in_its_channel::<Linear, f32>();
    poison_stays_in_its_channel::<Linear, f64>();
    poison_stays_in_its_channel::<Complex, f32>();
}
