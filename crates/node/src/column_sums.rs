//! [`ssm_scan_core::column_sums`] for Node.

use crate::{
    engine::Engine,
    error::{Result, thrown},
    view::{Arguments, View, with_real},
};
use napi_derive::napi;
use ssm_scan_core::column_sums::ColumnSums;

/// Binds [`ColumnSums::run`]; fills `sums`.
#[napi(catch_unwind)]
pub fn column_sums(
    engine: &Engine,
    width: f64,
    x: View<'_>,
    times: Option<View<'_>>,
    mut sums: View<'_>,
) -> Result<()> {
    with_real!(x, F => {
        let mut arguments = Arguments::default();
        let x = arguments.read::<F>("x", &x)?;
        let times = arguments.read_optional("times", &times)?;
        let out = arguments.write("sums", &mut sums)?;
        ColumnSums::new(width as usize, x, times).and_then(|call| call.run(&engine.0, out)).map_err(thrown)
    })
}
