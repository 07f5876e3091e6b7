//! What is asked, and what is answered.

use crate::problem::Problem;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, path::PathBuf};

/// A line of stdin.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Request {
    /// Who is there?
    Hello {},
    /// Load a case, run it once, compare with the truth.
    Prepare { contestant: String, case: Problem, directory: PathBuf },
    /// Run what is prepared.
    Time {
        contestant: String,
        #[serde(default = "once")]
        runs: u32,
    },
    /// Forget it.
    Drop { contestant: String },
}

fn once() -> u32 {
    1
}

/// A line of stdout.
#[derive(Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub(crate) enum Answer {
    Hello {
        name: &'static str,
        versions: BTreeMap<&'static str, String>,
        contestants: Vec<Introduced>,
        absent: [(); 0],
    },
    /// One that is not finite is `null`.
    Prepared {
        error: f64,
    },
    Timed {
        milliseconds: f64,
    },
    Unsupported {
        unsupported: String,
    },
    Failed {
        failed: String,
    },
    Dropped {},
}

#[derive(Debug, PartialEq, Serialize)]
pub(crate) struct Introduced {
    pub(crate) name: &'static str,
    pub(crate) threads: Count,
}

/// How many threads a contestant has.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub(crate) enum Count {
    Number(usize),
    Word(&'static str),
}
