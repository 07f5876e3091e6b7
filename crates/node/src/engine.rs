//! [`ssm_scan_core::Engine`] for Node.

use crate::error::{Result, thrown};
use napi_derive::napi;

/// Threads to run on; every backend has its own.
#[napi]
pub struct Engine(pub(crate) ssm_scan_core::Engine);

#[napi]
impl Engine {
    /// An engine of `threads` threads, the caller's included; 0 stands for every core.
    #[napi(constructor, catch_unwind)]
    pub fn new(threads: u32) -> Result<Self> {
        ssm_scan_core::Engine::new(threads as usize, false).map(Self).map_err(thrown)
    }

    /// How many threads there are.
    #[napi(getter, catch_unwind)]
    pub fn threads(&self) -> u32 {
        self.0.threads() as u32
    }

    /// The CPU features that kernels are compiled for and that this CPU has.
    #[napi(getter, catch_unwind)]
    pub fn features(&self) -> Vec<String> {
        features().into_iter().map(String::from).collect()
    }

    /// The crate's version, which must be the package's.
    #[napi(getter, catch_unwind)]
    pub fn version(&self) -> String {
        env!("CARGO_PKG_VERSION").into()
    }
}

#[cfg(target_arch = "x86_64")]
fn features() -> Vec<&'static str> {
    let mut found = vec!["sse2"];
    for (name, is_there) in [
        ("sse4.2", is_x86_feature_detected!("sse4.2")),
        ("avx2", is_x86_feature_detected!("avx2")),
        ("fma", is_x86_feature_detected!("fma")),
        ("avx512f", is_x86_feature_detected!("avx512f")),
    ] {
        if is_there {
            found.push(name);
        }
    }
    found
}

#[cfg(target_arch = "aarch64")]
fn features() -> Vec<&'static str> {
    vec!["neon"]
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
fn features() -> Vec<&'static str> {
    Vec::new()
}
