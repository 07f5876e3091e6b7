//! [`ssm_scan_core::matmul`] for Node.

use crate::{
    engine::Engine,
    error::{Result, thrown},
    view::{Arguments, View, with_real},
};
use napi_derive::napi;
use ssm_scan_core::{
    binding::{factors, flag},
    matmul::Matmul,
};

/// Binds [`Matmul::run`]; fills (or adds to) `c`.
#[napi(catch_unwind)]
pub fn matmul(
    engine: &Engine,
    rows: f64,
    inner: f64,
    columns: f64,
    flags: u32,
    a: View<'_>,
    b: View<'_>,
    mut c: View<'_>,
) -> Result<()> {
    with_real!(a, F => {
        let mut arguments = Arguments::default();
        let a = arguments.read::<F>("a", &a)?;
        let b = arguments.read("b", &b)?;
        let c = arguments.write("c", &mut c)?;
        let [a, b] = factors(flags, [a, b]);
        let product = Matmul::new([rows, inner, columns].map(|size| size as usize), a, b).map_err(thrown)?;
        let product = if flags & flag::ADDS != 0 { product.adding() } else { product };
        product.run(&engine.0, c).map_err(thrown)
    })
}
