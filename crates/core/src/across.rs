//! Work on rows that do not depend on each other, across threads.

use crate::{Engine, Plan};
use std::ops::Range;

/// Elements of a job at the least: fewer are done before another thread has begun.
const JOB: usize = 1 << 14;

impl Engine {
    /// Calls `f` with ranges of rows and their part of `out`, whose rows have `width` elements. `cost`
    /// says how many elements of a scan take as long as one of `out`.
    pub(crate) fn rows<T: Send>(
        &self,
        cost: usize,
        width: usize,
        out: &mut [T],
        f: impl Fn(Range<usize>, &mut [T]) + Sync,
    ) {
        self.many_rows(cost, width, 1, out, f);
    }

    /// The same by jobs of at least so many rows, unless that leaves threads without one.
    pub(crate) fn many_rows<T: Send>(
        &self,
        cost: usize,
        width: usize,
        least: usize,
        out: &mut [T],
        f: impl Fn(Range<usize>, &mut [T]) + Sync,
    ) {
        let width = width.max(1);
        let rows = out.len() / width;
        let alone = self.threads() == 1 || out.len().saturating_mul(cost) < Plan::PARALLEL;
        if alone {
            return f(0..rows, out);
        }
        let job = rows.div_ceil(4 * self.threads()).max(least.min(rows.div_ceil(self.threads())));
        let job = job.max(JOB.div_ceil(cost.max(1) * width));
        let jobs = out.chunks_mut(job * width).enumerate();
        self.pool().each(jobs, |(k, part)| {
            let first = k * job;
            f(first..first + part.len() / width, part);
        });
    }
}
