//! Where a state lives while a stretch is computed.

use crate::{Real, pool::locked};
use bytemuck::{Pod, Zeroable};
use std::sync::Mutex;

/// A plane of the state for as long as a stretch lasts: at the start of a cache line. Vectors that
/// straddle two lines, or worse, two pages, would be written and read again in every row.
#[derive(Debug)]
pub(crate) struct Home {
    lines: Vec<Line>,
    bytes: usize,
}

#[derive(Clone, Copy, Debug, Pod, Zeroable)]
#[repr(C, align(64))]
struct Line([u8; 64]);

impl Home {
    pub(crate) fn of<F: Real>(plane: &[F]) -> Self {
        let mut home = Self::zeros::<F>(plane.len());
        home.numbers().copy_from_slice(plane);
        home
    }

    /// So many zeros.
    pub(crate) fn zeros<F: Real>(count: usize) -> Self {
        let bytes = count * size_of::<F>();
        Self { lines: vec![Line::zeroed(); lines(bytes)], bytes }
    }

    pub(crate) fn numbers<F: Real>(&mut self) -> &mut [F] {
        bytemuck::cast_slice_mut(
            &mut bytemuck::cast_slice_mut::<_, u8>(&mut self.lines)[..self.bytes],
        )
    }

    pub(crate) fn read<F: Real>(&self) -> &[F] {
        bytemuck::cast_slice(&bytemuck::cast_slice::<_, u8>(&self.lines)[..self.bytes])
    }
}

/// Cache lines of so many bytes.
fn lines(bytes: usize) -> usize {
    bytes.div_ceil(size_of::<Line>())
}

/// Homes that serve again: those of new memory cost more than what is computed there.
#[derive(Debug, Default)]
pub(crate) struct Homes(Mutex<Vec<Home>>);

impl Homes {
    /// Bytes of all that are kept, at the most.
    const KEPT: usize = 1 << 24;

    /// A home of so many numbers, whatever they are.
    pub(crate) fn take<F: Real>(&self, count: usize) -> Home {
        let bytes = count * size_of::<F>();
        let mut homes = locked(&self.0);
        let fit = homes.iter().position(|home| home.lines.len() >= lines(bytes));
        match fit.map(|i| homes.swap_remove(i)) {
            Some(home) => Home { bytes, ..home },
            None => Home::zeros::<F>(count),
        }
    }

    /// Keeps a home for later, where there is room for it.
    pub(crate) fn give(&self, home: Home) {
        let mut homes = locked(&self.0);
        let kept: usize = homes.iter().chain([&home]).map(|home| size_of_val(&*home.lines)).sum();
        if kept <= Self::KEPT {
            homes.push(home);
        }
    }
}
