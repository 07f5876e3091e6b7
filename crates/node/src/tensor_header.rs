//! [`ssm_scan_core::tensor_header`] for Node.

use crate::{
    engine::Engine,
    error::{Result, thrown},
    view::{Arguments, View},
};
use napi::bindgen_prelude::Uint8Array;
use napi_derive::napi;
use ssm_scan_core::tensor_header;

/// Binds [`tensor_header::read`].
#[napi(catch_unwind)]
pub fn read_tensor_header(_: &Engine, header: View<'_>, data: f64) -> Result<String> {
    let mut arguments = Arguments::default();
    let header = arguments.read("header", &header)?;
    tensor_header::read(header, data as u64).map_err(thrown)
}

/// Binds [`tensor_header::write`].
#[napi(catch_unwind)]
pub fn write_tensor_header(_: &Engine, header: String) -> Result<Uint8Array> {
    tensor_header::write(&header).map(Uint8Array::from).map_err(thrown)
}
