//! Jobs on the threads of an engine. No other file knows whether there are threads.

use crate::Error;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The caller's thread, and the others that help it.
#[derive(Debug)]
pub(crate) struct Pool {
    threads: usize,
    #[cfg(feature = "parallel")]
    helpers: Option<rayon::ThreadPool>,
}

impl Pool {
    /// Whether a pool can have more threads than the caller's.
    pub(crate) const HAS_THREADS: bool = cfg!(feature = "parallel");

    /// A pool of `threads`, the caller's included.
    #[cfg(feature = "parallel")]
    pub(crate) fn new(threads: usize) -> Result<Self, Error> {
        let build = |count| {
            rayon::ThreadPoolBuilder::new()
                .num_threads(count)
                .thread_name(|i| format!("ssm-scan {i}"))
                .build()
                .map_err(|cause| Error::Threads(format!("cannot start {threads} threads: {cause}")))
        };
        let helpers = if threads > 1 { Some(build(threads - 1)?) } else { None };
        Ok(Self { threads, helpers })
    }

    /// The caller's thread: there are no others.
    #[cfg(not(feature = "parallel"))]
    pub(crate) fn new(_: usize) -> Result<Self, Error> {
        Ok(Self { threads: 1 })
    }

    /// How many jobs can run at once.
    pub(crate) fn threads(&self) -> usize {
        self.threads
    }

    /// Calls `f` with every job. Jobs are begun in their order, so a job may wait for an earlier one.
    pub(crate) fn each<J: Send>(&self, jobs: impl Iterator<Item = J> + Send, f: impl Fn(J) + Sync) {
        #[cfg(feature = "parallel")]
        if let Some(helpers) = &self.helpers {
            let queue = Mutex::new(jobs);
            let next = || queue.lock().ok()?.next();
            let work = || {
                while let Some(job) = next() {
                    f(job);
                }
            };
            return helpers.in_place_scope(|scope| {
                for _ in 1..self.threads {
                    scope.spawn(|_| work());
                }
                work();
            });
        }
        jobs.for_each(f);
    }

    /// The results of `f` for every job, in the order of the jobs.
    pub(crate) fn map<J: Send, R: Send>(
        &self,
        jobs: impl ExactSizeIterator<Item = J> + Send,
        f: impl Fn(J) -> R + Sync,
    ) -> Vec<R> {
        let results: Vec<Mutex<Option<R>>> = (0..jobs.len()).map(|_| Mutex::new(None)).collect();
        self.each(jobs.zip(&results), |(job, result)| {
            let value = f(job);
            if let Ok(mut slot) = result.lock() {
                *slot = Some(value);
            }
        });
        results.into_iter().filter_map(|slot| slot.into_inner().ok().flatten()).collect()
    }
}

/// What a mutex guards; what a job that panicked left there is whole.
pub(crate) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
