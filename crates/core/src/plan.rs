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
    /// A job for every `chunk` steps of every sequence; each starts from what the steps before it
    /// leave, and is put right where that was not the state. The bits are those of one thread.
    Warm {
        /// Steps of a job.
        chunk: usize,
        /// Steps before it.
        before: usize,
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
    /// Steps of a chunk that fits a core's cache.
    pub chunk: usize,
    /// Whether reading a chunk twice pays, given enough threads.
    pub has_cheap_summary: bool,
}

impl Plan {
    /// Below this many elements (0.3 ms of one thread) a second thread costs more than it gives.
    pub const PARALLEL: usize = 1_500_000;

    /// Elements of a chunk of time: two inputs and an output of it fit a core's cache.
    pub const CHUNK: usize = 1 << 15;

    /// Columns of a block at the least: narrower pieces of a row cost more than one thread.
    pub const BLOCK: usize = 256;

    /// From so many bytes of outputs on they are written past the caches.
    pub const STREAM: usize = 1 << 23;

    /// A chunk has at least so many times the steps that its guess takes.
    const GUESS: usize = 8;

    /// Chunks are multiples of so many steps. One channel is computed by so many at once, and where that
    /// begins is part of its bits.
    const STEP: usize = 16;
    const STEP_OF_ONE: usize = 512;

    /// So many threads does a deterministic plan reckon with, however many there are.
    const RECKONED: usize = 8;

    /// Steps of a chunk at the most.
    pub const SSD_LONGEST: usize = 256;

    /// Chunks that a thread computes at once, where time is cut.
    pub const SSD_CHUNK_COUNT: usize = 8;

    /// Channels of a tile of heads: what a chunk makes of them fits a core's cache.
    pub const SSD_TILE: usize = 128;

    /// Below so many steps matrix products cost more than steps.
    pub const SSD_STEPS: usize = 12;

    /// Below so many elements of a head's state they do, too.
    pub const SSD_AREA: usize = 256;

    /// The steps of a chunk whose rows hold `width` elements.
    pub fn chunk(width: usize) -> usize {
        (Self::CHUNK / width.max(1)).max(16)
    }

    /// The plan for `work` on `threads`. `reach` says after how many steps, at most so many, nothing
    /// is left of a state. Only [`Plan::Time`] changes bits: where results must be `deterministic`,
    /// whether it is taken depends on the work alone.
    pub fn new(
        work: &Work,
        threads: usize,
        deterministic: bool,
        reach: impl FnOnce(usize) -> Option<usize>,
    ) -> Self {
        let serial = Self::Sequences { group: work.sequences.max(1) };
        let elements = work.rows.saturating_mul(work.columns).saturating_mul(work.cost);
        if elements < Self::PARALLEL {
            return serial;
        }
        let reckoned = if deterministic { Self::RECKONED } else { threads };
        let uneven = reckoned > 1 && work.longest.saturating_mul(reckoned) > work.rows;
        let narrow = work.columns < reckoned.saturating_mul(Self::BLOCK);
        if uneven && narrow && work.longest >= 4 * work.chunk {
            if let Some(reach) = reach(work.longest / (Self::GUESS * reckoned)) {
                return if threads == 1 { serial } else { Self::warm(work, reach, threads) };
            }
            if work.has_cheap_summary {
                return Self::Time { chunk: work.chunk };
            }
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

    /// Steps of a chunk of [`ssd`](crate::ssd): longer ones cost more products of pairs of steps, shorter ones
    /// more work on states, of which a channel has so many.
    pub fn ssd_chunk(states: usize) -> usize {
        if states < 64 { 32 } else { 64 }
    }

    /// The plan for work whose columns are worth a job each, `tile` of them being computed together, and
    /// whose bits do not depend on the plan.
    pub fn of_heads(work: &Work, threads: usize, tile: usize) -> Self {
        let serial = Self::Sequences { group: work.sequences.max(1) };
        let elements = work.rows.saturating_mul(work.columns).saturating_mul(work.cost);
        if threads == 1 || elements < Self::PARALLEL {
            return serial;
        }
        if work.sequences >= 4 * threads {
            return Self::Sequences { group: work.sequences.div_ceil(4 * threads) };
        }
        let tiles = work.columns.div_ceil(tile);
        if work.sequences * tiles < 2 * threads && work.longest >= 2 * work.chunk {
            return Self::Time { chunk: work.chunk };
        }
        let jobs = (4 * threads).div_ceil(work.sequences.max(1));
        Self::Columns { block: tiles.div_ceil(jobs) * tile }
    }

    /// As many chunks as keep all threads busy to the end, but none so short that its guess counts.
    fn warm(&Work { longest, columns, .. }: &Work, reach: usize, threads: usize) -> Self {
        let step = if columns == 1 { Self::STEP_OF_ONE } else { Self::STEP };
        let before = (reach + reach / 4).next_multiple_of(step);
        let each = (longest / (2 * Self::GUESS * before * threads)).clamp(1, 4);
        let chunk = longest.div_ceil(each * threads).next_multiple_of(step).max(before);
        Self::Warm { chunk, before }
    }
}
