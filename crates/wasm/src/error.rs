//! The core's errors, as JavaScript throws them.

use js_sys::Reflect;
use ssm_scan_core::Error;
use wasm_bindgen::JsValue;

/// An `Error` whose `code` is that of the `ScanError` it becomes.
pub(crate) fn thrown(error: Error) -> JsValue {
    coded(error.code(), &error.to_string())
}

/// An `Error` with a `code`.
pub(crate) fn coded(code: &str, message: &str) -> JsValue {
    let error = js_sys::Error::new(message);
    // Setting a property of an object just made cannot fail.
    let _ = Reflect::set(&error, &"code".into(), &code.into());
    error.into()
}
