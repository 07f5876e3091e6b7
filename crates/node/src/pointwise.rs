//! [`ssm_scan_core::pointwise`] for Node.

use crate::{
    engine::Engine,
    error::{Result, thrown},
    view::{Arguments, View, with_real},
};
use napi_derive::napi;
use ssm_scan_core::{binding::function, pointwise::Pointwise};

/// Binds [`Pointwise::run`]; fills `y`.
#[napi(catch_unwind)]
pub fn pointwise(
    engine: &Engine,
    kind: u32,
    x: View<'_>,
    times: Option<View<'_>>,
    plus: Option<View<'_>>,
    mut y: View<'_>,
) -> Result<()> {
    with_real!(x, F => {
        let mut arguments = Arguments::default();
        let x = arguments.read::<F>("x", &x)?;
        let times = arguments.read_optional("times", &times)?;
        let plus = arguments.read_optional("plus", &plus)?;
        let y = arguments.write("y", &mut y)?;
        Pointwise::new(function(kind).map_err(thrown)?, x, times, plus)
            .and_then(|pointwise| pointwise.run(&engine.0, y))
            .map_err(thrown)
    })
}
