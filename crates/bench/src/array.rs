//! Arrays that begin where a cache line does, whatever the allocator says.

use crate::{number::Number, refusal::Refusal};
use std::ops::{Deref, DerefMut};

const LINE: usize = 64;

pub(crate) struct Array<F> {
    numbers: Vec<F>,
    start: usize,
}

impl<F: Number> Array<F> {
    /// An array whose memory is there for good, as every element has been written.
    pub(crate) fn filled(count: usize, value: F) -> Result<Self, Refusal> {
        let mut numbers = Vec::<F>::new();
        let most = LINE / size_of::<F>();
        numbers.try_reserve_exact(count.saturating_add(most))?;
        let start = numbers.as_ptr().align_offset(LINE).min(most);
        numbers.resize(start + count, value);
        Ok(Self { numbers, start })
    }

    /// An array in which whatever is not written shows.
    pub(crate) fn unwritten(count: usize) -> Result<Self, Refusal> {
        Self::filled(count, F::nan())
    }
}

impl<F> Deref for Array<F> {
    type Target = [F];

    fn deref(&self) -> &[F] {
        &self.numbers[self.start..]
    }
}

impl<F> DerefMut for Array<F> {
    fn deref_mut(&mut self) -> &mut [F] {
        &mut self.numbers[self.start..]
    }
}
