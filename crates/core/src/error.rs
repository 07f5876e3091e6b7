//! What can be wrong with a call; the sentences name arguments as JavaScript spells them.

/// Why a call was refused. Nothing was computed, nothing was written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A buffer whose length disagrees with the dimensions it was passed with.
    #[error("`{argument}` has {actual} elements, expected {expected}")]
    Length {
        /// The argument's name.
        argument: &'static str,
        /// The length that the dimensions imply; several where the argument may be broadcast.
        expected: String,
        /// The length that arrived.
        actual: usize,
    },
    /// Values that describe no layout of sequences, or dimensions that do not fit together.
    #[error("{0}")]
    Layout(String),
    /// A file that is damaged, or no file of its kind.
    #[error("{0}")]
    File(String),
    /// Threads that the system did not give.
    #[error("{0}")]
    Threads(String),
}

impl Error {
    /// The `code` of the `ScanError` that JavaScript sees.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Length { .. } | Self::Layout(_) => "shape",
            Self::File(_) => "file",
            Self::Threads(_) => "backend",
        }
    }
}
