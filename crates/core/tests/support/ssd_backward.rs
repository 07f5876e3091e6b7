//! The gradients of random calls of Mamba-2's recurrence, judged by their definition.

use super::{Random, best, engines, ssd::Arrays};
use ssm_scan_core::{
    Options, Real,
    ssd::{Cotangents, Gradients, Steps, Truth, reference_backward},
};

fn wide<F: Real>(data: &[F]) -> Vec<f64> {
    data.iter().map(|x| x.wide()).collect()
}

pub(crate) fn listed(truth: &Truth) -> [(&'static str, &Vec<f64>); 9] {
    let Truth { x, dt, a, b, c, d, z, dt_bias, state } = truth;
    let names = ["x", "dt", "A", "B", "C", "D", "z", "dtBias", "state"];
    let mut all = names.into_iter().zip([x, dt, a, b, c, d, z, dt_bias, state]);
    std::array::from_fn(|_| all.next().unwrap())
}

impl<F: Real> Arrays<F> {
    /// The gradients of `y` and of the state that leaves.
    pub(crate) fn cotangents(&self) -> [Vec<F>; 2] {
        let mut random = Random(5);
        [&self.x, &self.state].map(|of| of.iter().map(|_| F::of(random.normal())).collect())
    }

    pub(crate) fn backward(
        &self,
        threads: Option<usize>,
        is_full: bool,
        steps: Steps,
        options: Options<'_>,
    ) -> Truth {
        let call = self.call(is_full, steps, options);
        let zeros = |of: &[F], is: bool| vec![F::nan(); if is { of.len() } else { 0 }];
        let mut x = zeros(&self.x, true);
        let mut dt = zeros(&self.dt, true);
        let mut a = zeros(&self.a, true);
        let [mut b, mut c] = [&self.b, &self.c].map(|of| zeros(of, true));
        let [mut d, mut z] = [&self.d, &self.z].map(|of| zeros(of, is_full));
        let mut dt_bias = zeros(&self.dt_bias, true);
        let [y, mut state] = self.cotangents();
        let of = Cotangents { y: &y, entering: Some(&self.state) };
        let out = Gradients {
            x: &mut x,
            dt: &mut dt,
            a: &mut a,
            b: &mut b,
            c: &mut c,
            d: &mut d,
            z: &mut z,
            dt_bias: &mut dt_bias,
        };
        let engine = threads.map_or_else(|| &engines()[0], best);
        call.backward(engine, of, &mut state, out).unwrap();
        Truth {
            x: wide(&x),
            dt: wide(&dt),
            a: wide(&a),
            b: wide(&b),
            c: wide(&c),
            d: wide(&d),
            z: wide(&z),
            dt_bias: wide(&dt_bias),
            state: wide(&state),
        }
    }

    pub(crate) fn check_backward(&self, is_full: bool, steps: Steps, options: Options<'_>) {
        let call = self.call(is_full, steps, options);
        let [y, state] = self.cotangents();
        let mut truth = reference_backward(&call, &wide(&self.state), [&wide(&y), &wide(&state)]);
        if !is_full {
            truth.z.clear();
        }
        let first = self.backward(None, is_full, steps, options);
        for ((name, got), (_, want)) in listed(&first).into_iter().zip(listed(&truth)) {
            assert_eq!(got.len(), want.len(), "{name}");
            let scale = want.iter().fold(1e-3, |max: f64, x| max.max(x.abs()));
            for (i, (got, want)) in got.iter().zip(want).enumerate() {
                let error = (got - want).abs() / scale;
                let bound = 100.0 * F::epsilon().wide();
                let at = format!("{name}[{i}] of {:?} {is_full} {steps:?}", self.sizes);
                assert!(error <= bound, "{at}: {got}, not {want}, {error:e}");
            }
        }
        let one = self.backward(Some(1), is_full, steps, options);
        for threads in 2..=3 {
            assert!(self.backward(Some(threads), is_full, steps, options) == one, "{threads}");
        }
    }
}
