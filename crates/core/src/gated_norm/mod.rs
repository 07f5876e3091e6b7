//! Rows that are gated, and normalised in groups by their root mean square.

mod reference;

pub use reference::reference;

use crate::{Engine, Error, Real, dims::check, math::silu, norm::mean_of};
use fearless_simd::{Simd, dispatch, prelude::*};

/// How rows are normalised.
#[derive(Clone, Copy, Debug)]
pub struct Grouping {
    /// Parts of a row that are normalised each by itself.
    pub groups: usize,
    /// What is added to a mean square.
    pub epsilon: f64,
    /// Whether the gate comes after the norm, and not before it.
    pub norm_first: bool,
}

/// A checked call: the length of every buffer agrees with the dimensions.
#[derive(Clone, Copy, Debug)]
pub struct GatedNorm<'a, F> {
    width: usize,
    grouping: Grouping,
    x: &'a [F],
    z: &'a [F],
    scale: &'a [F],
}

impl<'a, F: Real> GatedNorm<'a, F> {
    /// Borrows `x` and its gates `z`, both `[rows, width]`, and `scale`, `[width]`.
    pub fn new(
        [rows, width]: [usize; 2],
        grouping: Grouping,
        x: &'a [F],
        z: &'a [F],
        scale: &'a [F],
    ) -> Result<Self, Error> {
        check("x", rows.saturating_mul(width), x.len())?;
        check("z", rows.saturating_mul(width), z.len())?;
        check("scale", width, scale.len())?;
        if grouping.groups == 0 || !width.is_multiple_of(grouping.groups) {
            let message = format!("`width` is {width}, no multiple of {} groups", grouping.groups);
            return Err(Error::Layout(message));
        }
        Ok(Self { width, grouping, x, z, scale })
    }

    /// Fills `y`, `[rows, width]`.
    pub fn run(self, engine: &Engine, y: &mut [F]) -> Result<(), Error> {
        check("y", self.x.len(), y.len())?;
        let width = self.width.max(1);
        engine.rows(10, width, y, |rows, y| {
            let own = rows.start * width..rows.end * width;
            let [x, z] = [&self.x[own.clone()], &self.z[own]];
            dispatch!(engine.level(), simd => self.rows(simd, x, z, y));
        });
        Ok(())
    }

    #[inline(always)]
    fn rows<S: Simd>(&self, simd: S, x: &[F], z: &[F], y: &mut [F]) {
        let width = self.width.max(1);
        let rows = x.chunks_exact(width).zip(z.chunks_exact(width));
        for ((x, z), y) in rows.zip(y.chunks_exact_mut(width)) {
            y.copy_from_slice(x);
            if !self.grouping.norm_first {
                gate(simd, z, y);
            }
            self.norm(y);
            if self.grouping.norm_first {
                gate(simd, z, y);
            }
        }
    }

    fn norm(&self, y: &mut [F]) {
        let size = (self.width / self.grouping.groups).max(1);
        for (y, scale) in y.chunks_exact_mut(size).zip(self.scale.chunks_exact(size)) {
            let square = mean_of(y, |y| y * y);
            let factor = F::of(1.0 / (square + self.grouping.epsilon).sqrt());
            y.iter_mut().zip(scale).for_each(|(y, &scale)| *y = *y * factor * scale);
        }
    }
}

/// Multiplies `y` by `silu(z)`, vector by vector; what is left at the end as a vector that is filled up.
#[inline(always)]
fn gate<S: Simd, F: Real>(simd: S, z: &[F], y: &mut [F]) {
    let size = F::Vector::<S>::LEN;
    let mut lanes = [F::zero(); 16];
    for (z, y) in z.chunks(size).zip(y.chunks_mut(size)) {
        lanes[..z.len()].copy_from_slice(z);
        let factor = silu(F::Vector::from_slice(simd, &lanes[..size]));
        y.iter_mut().zip(factor.as_slice()).for_each(|(y, &factor)| *y *= factor);
    }
}
