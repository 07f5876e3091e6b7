//! The core's errors, as JavaScript throws them.

use ssm_scan_core::Error;

/// An error whose `code` is that of the `ScanError` it becomes.
pub(crate) type Thrown = napi::Error<&'static str>;

/// What every binding returns.
pub(crate) type Result<T> = std::result::Result<T, Thrown>;

/// `error`, with its own words.
pub(crate) fn thrown(error: Error) -> Thrown {
    Thrown::new(error.code(), error.to_string())
}
