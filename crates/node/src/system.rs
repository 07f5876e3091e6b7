//! [`ssm_scan_core::system`] for Node.

use crate::{
    engine::Engine,
    error::{Result, thrown},
    view::{Arguments, View, with_real},
};
use napi_derive::napi;
use ssm_scan_core::binding::rule;

/// Binds [`Rule::discretize`](ssm_scan_core::system::Rule::discretize); fills `a_bar` and `b_bar`.
#[napi(catch_unwind)]
pub fn discretize_system(
    _: &Engine,
    kind: u32,
    states: f64,
    dt: f64,
    a: View<'_>,
    b: View<'_>,
    mut a_bar: View<'_>,
    mut b_bar: View<'_>,
) -> Result<()> {
    with_real!(a, F => {
        let mut arguments = Arguments::default();
        let system = [arguments.read::<F>("A", &a)?, arguments.read("B", &b)?];
        let out = [arguments.write("out.A", &mut a_bar)?, arguments.write("out.B", &mut b_bar)?];
        rule(kind).and_then(|rule| rule.discretize(states as usize, dt, system, out)).map_err(thrown)
    })
}
