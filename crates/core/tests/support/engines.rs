//! Engines of every SIMD level that this CPU has, with one to four threads.

use fearless_simd::Simd;
use ssm_scan_core::{Engine, Level};
use std::sync::OnceLock;

pub(crate) fn levels() -> Vec<Level> {
    let best = Level::new();
    let mut levels = vec![Level::baseline()];
    #[cfg(target_arch = "x86_64")]
    {
        levels.extend(best.as_sse4_2().map(Simd::level));
        levels.extend(best.as_avx2().map(Simd::level));
        levels.extend(best.as_avx512().map(Simd::level));
    }
    #[cfg(target_arch = "aarch64")]
    levels.extend(best.as_neon().map(Simd::level));
    levels
}

/// Every level with one and with three threads, the best one also with two and with four.
pub(crate) fn engines() -> &'static [Engine] {
    static ENGINES: OnceLock<Vec<Engine>> = OnceLock::new();
    let engine = |threads| Engine::new(threads, false).unwrap();
    ENGINES.get_or_init(|| {
        let mut engines = vec![engine(1)];
        for level in levels() {
            engines.extend([engine(1).at(level), engine(3).at(level)]);
        }
        engines.extend([engine(2), engine(4)]);
        engines
    })
}

/// The best level, with up to four threads.
pub(crate) fn best(threads: usize) -> &'static Engine {
    let engines = engines();
    match threads {
        1 => &engines[0],
        2 => &engines[engines.len() - 2],
        3 => &engines[engines.len() - 3],
        _ => &engines[engines.len() - 1],
    }
}
