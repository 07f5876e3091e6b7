//! [`ssm_scan_core::tensor_header`] for WebAssembly.

use crate::error::thrown;
use ssm_scan_core::tensor_header;
use wasm_bindgen::prelude::*;

/// Binds [`tensor_header::read`].
#[wasm_bindgen(js_name = readTensorHeader)]
pub fn read_tensor_header(header: &[u8], data: f64) -> Result<String, JsValue> {
    tensor_header::read(header, data as u64).map_err(thrown)
}

/// Binds [`tensor_header::write`].
#[wasm_bindgen(js_name = writeTensorHeader)]
pub fn write_tensor_header(header: &str) -> Result<Vec<u8>, JsValue> {
    tensor_header::write(header).map_err(thrown)
}
