//! Where a state lives while a stretch is computed.

use crate::Real;
use bytemuck::{Pod, Zeroable};

/// A plane of the state for as long as a stretch lasts: at the start of a cache line. Vectors that
/// straddle two lines, or worse, two pages, would be written and read again in every row.
pub(crate) struct Home {
    lines: Vec<Line>,
    bytes: usize,
}

#[derive(Clone, Copy, Pod, Zeroable)]
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
        Self { lines: vec![Line::zeroed(); bytes.div_ceil(size_of::<Line>())], bytes }
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
