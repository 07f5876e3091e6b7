//! [`ssm_scan_core::gates`] for Node.

use crate::{
    engine::Engine,
    error::{Result, thrown},
    view::{Arguments, View, with_real},
};
use napi_derive::napi;
use ssm_scan_core::{
    binding::gates,
    gates::{MinGates, RgLruGates, RgLruWeights},
};

/// Binds [`MinGates::run`]; fills `a` and `b`.
#[napi(catch_unwind)]
pub fn min_gates(
    engine: &Engine,
    parts: u32,
    rows: f64,
    width: f64,
    x: View<'_>,
    mut a: View<'_>,
    mut b: View<'_>,
) -> Result<()> {
    with_real!(x, F => {
        let mut arguments = Arguments::default();
        let x = arguments.read::<F>("x", &x)?;
        let out = [arguments.write("a", &mut a)?, arguments.write("b", &mut b)?];
        MinGates::new(gates(parts).map_err(thrown)?, rows as usize, width as usize, x)
            .and_then(|gates| gates.run(&engine.0, out))
            .map_err(thrown)
    })
}

/// Binds [`RgLruGates::run`]; fills `a` and `b`.
#[napi(catch_unwind)]
pub fn rg_lru_gates(
    engine: &Engine,
    rows: f64,
    heads: f64,
    size: f64,
    x: View<'_>,
    recurrent_param: View<'_>,
    input_gate_weight: View<'_>,
    input_gate_bias: View<'_>,
    recurrent_gate_weight: View<'_>,
    recurrent_gate_bias: View<'_>,
    fresh: Option<View<'_>>,
    mut a: View<'_>,
    mut b: View<'_>,
) -> Result<()> {
    with_real!(x, F => {
        let mut arguments = Arguments::default();
        let x = arguments.read::<F>("x", &x)?;
        let weights = RgLruWeights {
            recurrent_param: arguments.read("recurrent_param", &recurrent_param)?,
            input_gate_weight: arguments.read("input_gate_weight", &input_gate_weight)?,
            input_gate_bias: arguments.read("input_gate_bias", &input_gate_bias)?,
            recurrent_gate_weight: arguments.read("recurrent_gate_weight", &recurrent_gate_weight)?,
            recurrent_gate_bias: arguments.read("recurrent_gate_bias", &recurrent_gate_bias)?,
        };
        let fresh = arguments.read_optional("fresh", &fresh)?;
        let out = [arguments.write("a", &mut a)?, arguments.write("b", &mut b)?];
        RgLruGates::new(rows as usize, [heads as usize, size as usize], x, weights, fresh)
            .and_then(|gates| gates.run(&engine.0, out))
            .map_err(thrown)
    })
}
