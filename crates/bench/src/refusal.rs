//! Why a contestant does not do a case.

use crate::protocol::Answer;

#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    /// It is not for such cases.
    #[error("{0}")]
    Unsupported(&'static str),
    /// It should have done it, and did not.
    #[error("{0}")]
    Failed(String),
    #[error(transparent)]
    Core(#[from] ssm_scan_core::Error),
    #[error(transparent)]
    Fft(#[from] realfft::FftError),
    #[error("cannot start threads: {0}")]
    Threads(#[from] rayon::ThreadPoolBuildError),
    #[error("no memory: {0}")]
    Memory(#[from] std::collections::TryReserveError),
}

impl From<Refusal> for Answer {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Unsupported(why) => Self::Unsupported { unsupported: why.to_owned() },
            other => Self::Failed { failed: other.to_string() },
        }
    }
}
