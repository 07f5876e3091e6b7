//! [`ssm_scan_core::dense`] for Node.

use crate::{
    engine::Engine,
    error::{Result, thrown},
    view::{Arguments, View, with_real},
};
use napi_derive::napi;
use ssm_scan_core::{
    binding::{self, flag},
    dense::{Dense, DenseWeights, Format, Weight},
};

/// Binds [`Dense::run`]; fills `y`.
#[napi(catch_unwind)]
pub fn dense(
    engine: &Engine,
    rows: f64,
    inputs: f64,
    outputs: f64,
    total: f64,
    first: f64,
    flags: u32,
    format: u32,
    x: View<'_>,
    weight: View<'_>,
    bias: Option<View<'_>>,
    mut y: View<'_>,
) -> Result<()> {
    with_real!(x, F => {
        let mut arguments = Arguments::default();
        let x = arguments.read::<F>("x", &x)?;
        let weight = match binding::format(format).map_err(thrown)? {
            Format::Full => Weight::Full(arguments.read("weight", &weight)?),
            Format::Brain => Weight::Brain(arguments.read("weight", &weight)?),
            Format::Half => Weight::Half(arguments.read("weight", &weight)?),
        };
        let weights = DenseWeights {
            weight,
            bias: arguments.read_optional("bias", &bias)?,
            total: total as usize,
            first: first as usize,
            transposed: flags & flag::TRANSPOSED != 0,
        };
        let y = arguments.write("y", &mut y)?;
        Dense::new(rows as usize, inputs as usize, outputs as usize, x, weights)
            .and_then(|dense| dense.run(&engine.0, y))
            .map_err(thrown)
    })
}
