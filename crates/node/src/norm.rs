//! [`ssm_scan_core::norm`] for Node.

use crate::{
    engine::Engine,
    error::{Result, thrown},
    view::{Arguments, View, with_real},
};
use napi_derive::napi;
use ssm_scan_core::{
    binding::statistics,
    norm::{Gradients, Norm},
};

/// Binds [`Norm::run`]; fills `y`. Rows have the features' `mean` and `var` where these are given, else
/// their own.
#[napi(catch_unwind)]
pub fn norm(
    engine: &Engine,
    rows: f64,
    width: f64,
    epsilon: f64,
    flags: u32,
    x: View<'_>,
    scale: Option<View<'_>>,
    bias: Option<View<'_>>,
    mean: Option<View<'_>>,
    var: Option<View<'_>>,
    mut y: View<'_>,
) -> Result<()> {
    with_real!(x, F => {
        let mut arguments = Arguments::default();
        let x = arguments.read::<F>("x", &x)?;
        let scale = arguments.read_optional("scale", &scale)?;
        let bias = arguments.read_optional("bias", &bias)?;
        let mean = arguments.read_optional("mean", &mean)?;
        let var = arguments.read_optional("var", &var)?;
        let y = arguments.write("y", &mut y)?;
        let statistics = statistics(flags, [mean, var]);
        Norm::new(rows as usize, width as usize, epsilon, x, statistics, [scale, bias])
            .and_then(|norm| norm.run(&engine.0, y))
            .map_err(thrown)
    })
}

/// Binds [`Norm::backward`]; fills `x_out`, `scale_out` and `bias_out`.
#[napi(catch_unwind)]
pub fn norm_backward(
    engine: &Engine,
    rows: f64,
    width: f64,
    epsilon: f64,
    flags: u32,
    x: View<'_>,
    scale: Option<View<'_>>,
    mean: Option<View<'_>>,
    var: Option<View<'_>>,
    y_gradient: View<'_>,
    mut x_out: View<'_>,
    mut scale_out: View<'_>,
    mut bias_out: View<'_>,
) -> Result<()> {
    with_real!(x, F => {
        let mut arguments = Arguments::default();
        let x = arguments.read::<F>("x", &x)?;
        let scale = arguments.read_optional("scale", &scale)?;
        let mean = arguments.read_optional("mean", &mean)?;
        let var = arguments.read_optional("var", &var)?;
        let y = arguments.read("gradients.y", &y_gradient)?;
        let out = Gradients {
            x: arguments.write("out.x", &mut x_out)?,
            scale: arguments.write("out.scale", &mut scale_out)?,
            bias: arguments.write("out.bias", &mut bias_out)?,
        };
        let statistics = statistics(flags, [mean, var]);
        Norm::new(rows as usize, width as usize, epsilon, x, statistics, [scale, None])
            .and_then(|norm| norm.backward(&engine.0, y, out))
            .map_err(thrown)
    })
}
