//! What the machine can do, whatever is computed.

pub(crate) mod exp;
pub(crate) mod triad;

use fearless_simd::Level;

/// The level that suits what waits for memory: wider vectors gain nothing, and cost more to store.
fn narrow() -> Level {
    let level = Level::new();
    #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
    if let Some(avx2) = level.as_avx2() {
        return Level::Avx2(avx2);
    }
    level
}
