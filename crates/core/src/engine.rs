//! What kernels run on: the CPU's vectors and the threads.

use crate::{Error, Plan, home::Homes, pool::Pool};
use fearless_simd::Level;

/// SIMD level, threads, and whether results may depend on how many threads there are.
#[derive(Debug)]
pub struct Engine {
    level: Level,
    pool: Pool,
    cores: usize,
    deterministic: bool,
    stream_from: usize,
    homes: Homes,
}

impl Engine {
    /// `threads` counts the caller's own; 0 stands for every core there is.
    pub fn new(threads: usize, deterministic: bool) -> Result<Self, Error> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let threads = if threads == 0 { cores } else { threads };
        let (level, pool) = (Level::new(), Pool::new(threads)?);
        let homes = Homes::default();
        Ok(Self { level, pool, cores, deterministic, stream_from: Plan::STREAM, homes })
    }

    /// The same engine at another SIMD level, for tests and benches.
    #[must_use]
    pub fn at(self, level: Level) -> Self {
        Self { level, ..self }
    }

    /// The same engine, writing outputs of at least so many bytes past the caches, for tests and
    /// benches.
    #[must_use]
    pub fn streaming_from(self, bytes: usize) -> Self {
        Self { stream_from: bytes, ..self }
    }

    /// How many threads there are.
    pub fn threads(&self) -> usize {
        self.pool.threads()
    }

    pub(crate) fn level(&self) -> Level {
        self.level
    }

    pub(crate) fn pool(&self) -> &Pool {
        &self.pool
    }

    /// Memory that its calls use again.
    pub(crate) fn homes(&self) -> &Homes {
        &self.homes
    }

    /// How many threads can make progress at once.
    pub(crate) fn parallelism(&self) -> usize {
        self.threads().min(self.cores)
    }

    pub(crate) fn stream_from(&self) -> usize {
        self.stream_from
    }

    pub(crate) fn deterministic(&self) -> bool {
        self.deterministic
    }
}
