//! The choice of how a scan is spread over threads, as data: it can be printed, tested, overridden.

/// How a scan is spread over threads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plan {
    /// A job for every `group` sequences.
    Sequences {
        /// Sequences of a job.
        group: usize,
    },
    /// A job for every `block` columns of every sequence.
    Columns {
        /// Columns of a job.
        block: usize,
    },
    /// A job for every `chunk` steps of every sequence; each is read twice, the second time from
    /// the cache.
    Time {
        /// Steps of a job.
        chunk: usize,
    },
}

/// What a plan depends on.
#[derive(Clone, Copy, Debug)]
pub struct Work {
    /// Sequences.
    pub sequences: usize,
    /// Steps of all sequences.
    pub rows: usize,
    /// Steps of the longest.
    pub longest: usize,
    /// Independent columns of a step.
    pub columns: usize,
    /// Operations of a step and column, counted as scan elements.
    pub cost: usize,
    /// Steps of a chunk where cutting time pays, given enough threads.
    pub chunk: Option<usize>,
}

impl Plan {
    /// Below this many elements (0.3 ms of one thread) a second thread costs more than it gives.
    pub const PARALLEL: usize = 700_000;

    /// Elements of a chunk of time: two inputs and an output of it fit a core's cache.
    pub const CHUNK: usize = 1 << 15;

    /// Columns of a block at the least: narrower pieces of a row cost more than one thread.
    pub const BLOCK: usize = 256;

    /// So many threads does a deterministic plan reckon with, however many there are.
    const RECKONED: usize = 8;

    /// The steps of a chunk whose rows hold `width` elements.
    pub fn chunk(width: usize) -> usize {
        (Self::CHUNK / width.max(1)).max(16)
    }

    /// The plan for `work` on `threads`. A cut in time changes bits, the other two do not: where
    /// results must be `deterministic`, whether time is cut depends on the work alone.
    pub fn new(work: &Work, threads: usize, deterministic: bool) -> Self {
        let serial = Self::Sequences { group: work.sequences.max(1) };
        let elements = work.rows.saturating_mul(work.columns).saturating_mul(work.cost);
        if elements < Self::PARALLEL {
            return serial;
        }
        let reckoned = if deterministic { Self::RECKONED } else { threads };
        let uneven = reckoned > 1 && work.longest.saturating_mul(reckoned) > work.rows;
        let narrow = work.columns < reckoned.saturating_mul(Self::BLOCK);
        if let Some(chunk) = work.chunk
            && uneven
            && narrow
            && work.longest >= 4 * chunk
        {
            return Self::Time { chunk };
        }
        if threads == 1 {
            return serial;
        }
        if work.sequences < threads && work.columns >= 2 * Self::BLOCK {
            let block = work.columns.div_ceil(threads).next_multiple_of(Self::BLOCK);
            return Self::Columns { block };
        }
        Self::Sequences { group: work.sequences.div_ceil(4 * threads) }
    }
}
