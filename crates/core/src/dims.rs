//! Sizes of the axes, and the one check of every buffer against them.

use crate::{Error, Real};

/// Axis sizes of a `[batch, length, channels]` signal, channels contiguous.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dims {
    /// Independent sequences.
    pub batch: usize,
    /// Time steps.
    pub length: usize,
    /// Independent recurrences in each sequence.
    pub channels: usize,
}

impl Dims {
    /// Steps of all sequences together. Saturates, so that no buffer can match a product that
    /// overflowed.
    pub fn rows(self) -> usize {
        self.batch.saturating_mul(self.length)
    }

    /// Elements of a signal.
    pub fn signal(self) -> usize {
        self.rows().saturating_mul(self.channels)
    }
}

/// Checks the length of the buffer called `argument`.
pub(crate) fn check(argument: &'static str, expected: usize, actual: usize) -> Result<(), Error> {
    if actual == expected {
        return Ok(());
    }
    Err(Error::Length { argument, expected: expected.to_string(), actual })
}

/// Fills `leaving`, which must have `expected` elements, with the states that enter: zeros where
/// none are given. `arguments` names both.
pub fn enter<F: Real>(
    arguments: [&'static str; 2],
    expected: usize,
    entering: Option<&[F]>,
    leaving: &mut [F],
) -> Result<(), Error> {
    check(arguments[1], expected, leaving.len())?;
    match entering {
        Some(entering) => {
            check(arguments[0], expected, entering.len())?;
            leaving.copy_from_slice(entering);
        }
        None => leaving.fill(F::zero()),
    }
    Ok(())
}
