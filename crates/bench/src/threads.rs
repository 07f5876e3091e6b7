//! Equal pieces of work, one for each core.

use crate::refusal::Refusal;
use rayon::{ThreadPool, ThreadPoolBuilder};

/// Elements that a piece is a multiple of: whole cache lines.
const GRAIN: usize = 64;

/// The caller's thread, and others that sleep while there is nothing to do.
pub(crate) struct Threads {
    count: usize,
    helpers: Option<ThreadPool>,
}

impl Threads {
    pub(crate) fn new(count: usize) -> Result<Self, Refusal> {
        let build = || ThreadPoolBuilder::new().num_threads(count - 1).build();
        Ok(Self { count, helpers: if count > 1 { Some(build()?) } else { None } })
    }

    pub(crate) fn count(&self) -> usize {
        self.count
    }

    /// The length of a piece of `count` elements.
    pub(crate) fn piece(&self, count: usize) -> usize {
        count.div_ceil(self.count).next_multiple_of(GRAIN).max(GRAIN)
    }

    /// Calls `f` with every job, of which there is at most one for each thread.
    pub(crate) fn each<J: Send>(&self, jobs: impl IntoIterator<Item = J>, f: impl Fn(J) + Sync) {
        let Some(helpers) = &self.helpers else { return jobs.into_iter().for_each(f) };
        let mut jobs = jobs.into_iter();
        let own = jobs.next();
        let f = &f;
        helpers.in_place_scope(|scope| {
            jobs.for_each(|job| scope.spawn(move |_| f(job)));
            own.into_iter().for_each(f);
        });
    }
}
