//! A product of gates may overflow where no state does: what the serial loop finds finite stays so.

mod support;

use ssm_scan_core::{Plan, Real};
use support::{
    Call, Complex, Linear, Matrix, Operator, Random, best, bound, engines, error, noisy, quiet,
    run, scaling, truth,
};

const SERIAL: Plan = Plan::Sequences { group: 1 };

/// Runs the test named for every operator, in both number types.
macro_rules! for_all {
    ($($law:ident)*) => {
        $(
            #[test]
            fn $law() {
                laws::$law::<Linear, f32>();
                laws::$law::<Linear, f64>();
                laws::$law::<Complex, f32>();
                laws::$law::<Complex, f64>();
                laws::$law::<Matrix, f32>();
                laws::$law::<Matrix, f64>();
            }
        )*
    };
}

for_all! {
    zeros_that_grow_stay_zero
    growth_in_one_channel_leaves_the_others_alone
    a_product_that_overflows_and_meets_a_zero
    a_state_that_overflows_only_on_its_way_by_the_product
    what_does_overflow_overflows_at_the_same_step
    a_reset_ends_an_overflow
}

mod laws {
    use super::*;

    /// On four threads and on one, with chunks that end where the product does and that do not.
    fn assert_like_the_serial_loop<O: Operator, F: Real>(call: &Call<F>, chunks: &[usize]) {
        for reverse in [false, true] {
            let call = Call { reverse, ..call.clone() };
            let serial = run::<O, F>(&call, SERIAL, best(1)).bits();
            for &chunk in chunks {
                for threads in [1, 4] {
                    let cut = run::<O, F>(&call, Plan::Time { chunk }, best(threads)).bits();
                    assert_eq!(cut, serial, "chunks of {chunk}, {threads} threads");
                }
            }
        }
    }

    /// 4^1024 is beyond both number types.
    pub(super) fn zeros_that_grow_stay_zero<O: Operator, F: Real>() {
        let call = quiet::<O, F>(4096, 3, |_| scaling::<O>(&[4.0; 3]));
        for engine in engines() {
            for chunk in [1024, 1000, 512, 64] {
                let out = run::<O, F>(&call, Plan::Time { chunk }, engine);
                let all = out.h.iter().chain(&out.state).flatten();
                assert!(all.clone().all(|x| x.is_zero()), "chunks of {chunk} on {engine:?}");
            }
        }
    }

    pub(super) fn growth_in_one_channel_leaves_the_others_alone<O: Operator, F: Real>() {
        let gates = |_| scaling::<O>(&[4.0, 0.9, -0.5]);
        let mut call = noisy(quiet::<O, F>(4096, 3, gates), &mut Random(1));
        for plane in call.b.iter_mut().chain(&mut call.state) {
            plane.iter_mut().step_by(3).for_each(|x| *x = F::zero());
        }
        assert_like_the_serial_loop::<O, F>(&call, &[1024, 2000]);
    }

    pub(super) fn a_product_that_overflows_and_meets_a_zero<O: Operator, F: Real>() {
        let huge = F::max_value().sqrt().wide() * 1e3;
        let factors = [1.0, huge, huge, 0.0];
        let mut call = quiet::<O, F>(64, 3, |t| scaling::<O>(&[factors[t % 4]; 3]));
        call.b.iter_mut().flatten().for_each(|x| *x = F::of(1e-3 / huge / huge));
        call.state.iter_mut().flatten().for_each(|x| *x = F::of(1e-3 / huge / huge));
        assert_like_the_serial_loop::<O, F>(&call, &[4, 8]);
    }

    /// State and carry are finite and so is every state; the product of the two is not.
    pub(super) fn a_state_that_overflows_only_on_its_way_by_the_product<O: Operator, F: Real>() {
        let most = F::max_value().wide();
        let factor = |t| if t == 5 { 2.5 } else { 1.0 };
        let mut call = quiet::<O, F>(16, 2, |t| scaling::<O>(&[factor(t); 2]));
        call.state[0].fill(F::of(0.6 * most));
        call.b[0][4 * 2..5 * 2].fill(F::of(-0.38 * most));
        let truth = truth::<O, F>(&call);
        for threads in [1, 4] {
            let error = error(&run::<O, F>(&call, Plan::Time { chunk: 4 }, best(threads)), &truth);
            assert!(error <= bound::<O, F>(&call, &truth), "{error:e} on {threads} threads");
        }
    }

    pub(super) fn what_does_overflow_overflows_at_the_same_step<O: Operator, F: Real>() {
        let mut call = quiet::<O, F>(2000, 1, |_| scaling::<O>(&[2.0]));
        call.state[0].fill(F::one());
        let finite = |out: support::Output<F>| -> Vec<bool> {
            out.h.iter().chain(&out.state).flatten().map(|x| x.is_finite()).collect()
        };
        let serial = finite(run::<O, F>(&call, SERIAL, best(1)));
        assert!(serial[0] && !serial[1999]);
        for chunk in [1, 64, 100, 900] {
            let cut = finite(run::<O, F>(&call, Plan::Time { chunk }, best(4)));
            assert_eq!(cut, serial, "chunks of {chunk}");
        }
    }

    pub(super) fn a_reset_ends_an_overflow<O: Operator, F: Real>() {
        let gates = |t| scaling::<O>(&[if t < 2000 { 4.0 } else { 0.5 }; 2]);
        let mut call = quiet::<O, F>(4000, 2, gates);
        call.b.iter_mut().flatten().for_each(|x| *x = F::one());
        call.reset = Some((0..4000).map(|t| u8::from(t == 2000)).collect());
        let serial = run::<O, F>(&call, SERIAL, best(1));
        assert!(!serial.h[0][3999].is_finite() && serial.state[0][0] == F::of(2.0));
        for chunk in [64, 999, 1000, 1024] {
            let cut = run::<O, F>(&call, Plan::Time { chunk }, best(4));
            let after = 4000..8000;
            assert_eq!(cut.h[0][after.clone()], serial.h[0][after], "chunks of {chunk}");
            assert_eq!(cut.state[0], serial.state[0], "chunks of {chunk}");
        }
    }
}
