//! How a state gets from one stretch of a sequence to the next.

use crate::{Real, rows::RowsMut};
use std::sync::{
    OnceLock,
    atomic::{AtomicBool, Ordering},
};

/// A state, owned.
pub(crate) type State<F, const S: usize> = [Vec<F>; S];

/// The planes of a state, to write.
pub(crate) fn planes<F, const S: usize>(state: &mut State<F, S>) -> [&mut [F]; S] {
    state.each_mut().map(Vec::as_mut_slice)
}

/// Takes the first `counts` elements off every plane.
pub(crate) fn take<'a, F, const N: usize>(
    planes: &mut [&'a mut [F]; N],
    counts: [usize; N],
) -> [&'a mut [F]; N] {
    let mut counts = counts.into_iter();
    planes
        .each_mut()
        .map(|plane| plane.split_off_mut(..counts.next().unwrap_or(0)).unwrap_or_default())
}

/// Takes the last `counts` elements off every plane.
pub(crate) fn take_end<'a, F, const N: usize>(
    planes: &mut [&'a mut [F]; N],
    counts: [usize; N],
) -> [&'a mut [F]; N] {
    let mut counts = counts.into_iter();
    planes.each_mut().map(|plane| {
        let head = plane.len().saturating_sub(counts.next().unwrap_or(0));
        plane.split_off_mut(head..).unwrap_or_default()
    })
}

/// Outputs of `widths` elements a row, as rows.
pub(crate) fn whole<'a, F, const O: usize>(
    out: [&'a mut [F]; O],
    widths: [usize; O],
    streams: bool,
) -> [RowsMut<'a, F>; O] {
    let mut widths = widths.into_iter();
    out.map(|data| RowsMut::Whole { data, width: widths.next().unwrap_or(0), streams })
}

/// The state's way into a stretch and out of it.
pub(crate) enum Link<'a, F, const S: usize> {
    /// The stretch is a whole sequence: its state is here, and stays here.
    Alone([&'a mut [F]; S]),
    /// The stretch has neighbours that other threads may be working on.
    Chained(Chained<'a, F, S>),
}

/// A stretch's place in a chain.
pub(crate) struct Chained<'a, F, const S: usize> {
    pub(crate) chain: &'a Chain<F, S>,
    pub(crate) index: usize,
    pub(crate) is_first: bool,
    /// Where the sequence's last state goes; the last stretch has it.
    pub(crate) last: Option<[&'a mut [F]; S]>,
}

/// The states that enter the stretches of all sequences, in the order of the stretches.
pub(crate) struct Chain<F, const S: usize> {
    entering: Vec<OnceLock<State<F, S>>>,
    is_broken: AtomicBool,
}

impl<F: Real, const S: usize> Chain<F, S> {
    pub(crate) fn new(stretches: usize) -> Self {
        let entering = (0..stretches).map(|_| OnceLock::new()).collect();
        Self { entering, is_broken: AtomicBool::new(false) }
    }

    /// Says which state enters stretch `index`.
    pub(crate) fn set(&self, index: usize, state: State<F, S>) {
        // A second state for the same stretch would be the same state.
        let _ = self.entering[index].set(state);
    }

    /// Waits for the state that enters stretch `index`: briefly by spinning, then giving way.
    fn wait(&self, index: usize) -> State<F, S> {
        for tries in 0_u32.. {
            if let Some(state) = self.entering[index].get() {
                return state.clone();
            }
            assert!(!self.is_broken.load(Ordering::Relaxed), "an earlier stretch panicked");
            if tries < 2000 { std::hint::spin_loop() } else { std::thread::yield_now() }
        }
        unreachable!("the loop has no end")
    }
}

impl<F: Real, const S: usize> Chained<'_, F, S> {
    /// The state that enters, as soon as it is known.
    pub(crate) fn enter(&self) -> State<F, S> {
        self.chain.wait(self.index)
    }

    /// Passes on the state that leaves.
    pub(crate) fn leave(&mut self, state: &State<F, S>) {
        match &mut self.last {
            Some(last) => {
                for (last, state) in last.iter_mut().zip(state) {
                    last.copy_from_slice(state);
                }
            }
            None => self.chain.set(self.index + 1, state.clone()),
        }
    }
}

impl<F, const S: usize> Drop for Chained<'_, F, S> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.chain.is_broken.store(true, Ordering::Relaxed);
        }
    }
}
