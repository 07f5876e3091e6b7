//! [`ssm_scan_core::same`] for Node.

use crate::{
    engine::Engine,
    error::{Result, thrown},
    view::{Arguments, View, with_real},
};
use napi_derive::napi;
use ssm_scan_core::{Real, same};

/// Binds [`same::same`] of up to eight arrays; `out` becomes 1 where they are as they were, else 0.
#[napi(catch_unwind)]
pub fn same(
    engine: &Engine,
    seen: View<'_>,
    a: Option<View<'_>>,
    b: Option<View<'_>>,
    c: Option<View<'_>>,
    d: Option<View<'_>>,
    e: Option<View<'_>>,
    f: Option<View<'_>>,
    g: Option<View<'_>>,
    h: Option<View<'_>>,
    mut out: View<'_>,
) -> Result<()> {
    with_real!(seen, F => {
        let mut arguments = Arguments::default();
        let seen = arguments.read::<F>("seen", &seen)?;
        let given = [&a, &b, &c, &d, &e, &f, &g, &h];
        let mut arrays = [&[][..]; 8];
        for (array, given) in arrays.iter_mut().zip(given) {
            *array = arguments.read_optional::<F>("array", given)?.unwrap_or_default();
        }
        let found = same::same(&engine.0, &arrays, seen).map_err(thrown)?;
        arguments.write::<F>("out", &mut out)?.fill(F::of(f64::from(u8::from(found))));
        Ok(())
    })
}
