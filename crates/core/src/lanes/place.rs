//! Where the state of a recurrence is between its rows.

use crate::{Real, home::Home};
use std::ops::Range;

/// A state: where it came from, or at home.
pub(super) struct Place<'a, F, const S: usize> {
    state: [&'a mut [F]; S],
    home: Option<[Home; S]>,
    skew: usize,
}

impl<'a, F: Real, const S: usize> Place<'a, F, S> {
    /// A state that stays where it is, if `skew` is absent; else it begins with the `skew`th element of each plane and
    /// ends with those before it.
    #[inline(always)]
    pub(super) fn new(state: [&'a mut [F]; S], skew: Option<usize>) -> Self {
        let home = skew.map(|skew| {
            state.each_ref().map(|plane| {
                let mut home = Home::of(plane);
                home.numbers::<F>().rotate_left(skew);
                home
            })
        });
        Self { state, home, skew: skew.unwrap_or(0) }
    }

    /// Columns of it.
    #[inline(always)]
    pub(super) fn now(&mut self, columns: Range<usize>) -> [&mut [F]; S] {
        match &mut self.home {
            Some(home) => home.each_mut().map(|plane| &mut plane.numbers()[columns.clone()]),
            None => self.state.each_mut().map(|plane| &mut plane[columns.clone()]),
        }
    }

    /// Brings it back to where it came from.
    #[inline(always)]
    pub(super) fn leave(self) {
        let Some(home) = self.home else { return };
        for (state, home) in self.state.into_iter().zip(home) {
            state.copy_from_slice(home.read());
            state.rotate_right(self.skew);
        }
    }
}
