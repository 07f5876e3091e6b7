//! [`ssm_scan_core::gated_norm`] for Node.

use crate::{
    engine::Engine,
    error::{Result, thrown},
    view::{Arguments, View, with_real},
};
use napi_derive::napi;
use ssm_scan_core::gated_norm::{GatedNorm, Grouping};

/// Binds [`GatedNorm::run`]; fills `y`. The norm comes first where `norm_first` is not 0.
#[napi(catch_unwind)]
pub fn gated_norm(
    engine: &Engine,
    rows: f64,
    width: f64,
    groups: f64,
    epsilon: f64,
    norm_first: u32,
    x: View<'_>,
    z: View<'_>,
    scale: View<'_>,
    mut y: View<'_>,
) -> Result<()> {
    with_real!(x, F => {
        let mut arguments = Arguments::default();
        let x = arguments.read::<F>("x", &x)?;
        let z = arguments.read("z", &z)?;
        let scale = arguments.read("scale", &scale)?;
        let y = arguments.write("y", &mut y)?;
        let grouping = Grouping { groups: groups as usize, epsilon, norm_first: norm_first != 0 };
        GatedNorm::new([rows as usize, width as usize], grouping, x, z, scale)
            .and_then(|norm| norm.run(&engine.0, y))
            .map_err(thrown)
    })
}
