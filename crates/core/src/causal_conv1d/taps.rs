//! The gradients of taps and biases: sums over time, block by block.

use super::CausalConv1d;
use crate::{Engine, Real, layout::Stretch};
use fearless_simd::{Simd, dispatch, prelude::*};
use std::ops::Range;

/// Steps and columns whose sums one thread takes: the columns' stay in the first cache.
const STEPS: usize = 512;
const COLUMNS: usize = 512;

/// Steps that are added up before the sum goes on in `f64`.
const SHORT: usize = 64;

/// Taps summed in one go.
const TAPS: usize = 4;

impl<F: Real> CausalConv1d<'_, F> {
    /// Fills the gradients of `weight` and `bias`, `g` being that of the sums.
    pub(super) fn taps(
        &self,
        engine: &Engine,
        g: &[F],
        entering: &[F],
        [weight, bias]: [&mut [F]; 2],
    ) {
        let (channels, width) = (self.dims.channels, self.width);
        let groups = self.groups();
        let blocks = channels.div_ceil(COLUMNS);
        let parts = engine.pool().map(0..groups.len() * blocks, |job| {
            let first = job % blocks * COLUMNS;
            let columns = first..(first + COLUMNS).min(channels);
            let total = vec![0.0; (width + 1) * columns.len()];
            let mut sums = Sums { conv: self, g, entering, columns, total };
            for at in &groups[job / blocks] {
                sums.add(at, |sums, steps| {
                    dispatch!(engine.level(), simd => sums.steps(simd, at, steps));
                });
            }
            sums.total
        });
        for c in 0..channels {
            let (block, size) = (c / COLUMNS, COLUMNS.min(channels - c / COLUMNS * COLUMNS));
            let sum = |k: usize| {
                let parts = parts.iter().skip(block).step_by(blocks);
                F::of(parts.map(|part| part[k * size + c % COLUMNS]).sum())
            };
            (0..width).for_each(|k| weight[c * width + k] = sum(k));
            bias[c] = sum(width);
        }
    }

    /// All steps, in groups for a thread each.
    fn groups(&self) -> Vec<Vec<Stretch>> {
        let mut groups: Vec<Vec<Stretch>> = Vec::new();
        let mut count = 0;
        let whole = |i| self.layout.stretch(i, self.layout.rows(i), 0..0);
        for part in (0..self.layout.sequences()).flat_map(|i| whole(i).parts(STEPS)) {
            if groups.is_empty() || count + part.rows.len() > STEPS {
                groups.push(Vec::new());
                count = 0;
            }
            count += part.rows.len();
            groups.last_mut().into_iter().for_each(|group| group.push(part.clone()));
        }
        groups
    }
}

/// Sums in the making.
struct Sums<'a, F> {
    conv: &'a CausalConv1d<'a, F>,
    g: &'a [F],
    entering: &'a [F],
    columns: Range<usize>,
    /// Of the taps and of the bias, `[width + 1, columns]`.
    total: Vec<f64>,
}

impl<F: Real> Sums<'_, F> {
    /// Adds a piece of time; `long` adds steps that see inputs of the piece's sequence alone.
    fn add(&mut self, at: &Stretch, mut long: impl FnMut(&mut Self, Range<usize>)) {
        let before = self.conv.width - 1;
        for (is_fresh, rows) in self.conv.layout.runs(at) {
            let first = Stretch { rows: rows.clone(), ..at.clone() }.elapsed();
            let (seen, sees_state) = if is_fresh { (0, false) } else { self.reach(at, first) };
            let edge = before.saturating_sub(seen).min(rows.len());
            for k in 0..edge {
                self.step(at, first + k, seen + k, sees_state);
            }
            for start in (first + edge..first + rows.len()).step_by(SHORT) {
                long(self, start..(start + SHORT).min(first + rows.len()));
            }
        }
    }

    /// How many steps before `step` its taps reach, and whether they also reach what entered.
    fn reach(&self, at: &Stretch, step: usize) -> (usize, bool) {
        let reset = self.conv.layout.options().reset;
        for seen in 0..self.conv.width - 1 {
            if seen == step {
                return (seen, true);
            }
            if reset.is_some_and(|reset| reset[row(at, step - seen - 1)] != 0) {
                return (seen + 1, false);
            }
        }
        (self.conv.width - 1, false)
    }

    /// Adds a step that sees so many steps before it.
    fn step(&mut self, at: &Stretch, step: usize, seen: usize, sees_state: bool) {
        let (channels, before) = (self.conv.dims.channels, self.conv.width - 1);
        let g = &self.g[row(at, step) * channels..][self.columns.clone()];
        let size = self.columns.len();
        for (k, total) in self.total.chunks_exact_mut(size).enumerate() {
            if k > before {
                add(total, g.iter().map(|g| g.wide()));
            } else if before - k <= seen {
                let first = row(at, step + k - before) * channels;
                let x = &self.conv.x[first..][self.columns.clone()];
                add(total, g.iter().zip(x).map(|(g, x)| g.wide() * x.wide()));
            } else if sees_state {
                let own = (at.sequence * channels + self.columns.start) * before;
                let x = self.entering[own..].iter().skip(seen + k).step_by(before);
                add(total, g.iter().zip(x).map(|(g, x)| g.wide() * x.wide()));
            }
        }
    }

    /// Adds steps all of whose taps see inputs.
    #[inline(always)]
    fn steps<S: Simd>(&mut self, simd: S, at: &Stretch, steps: Range<usize>) {
        let width = self.conv.width;
        for first in (0..width).step_by(TAPS) {
            match TAPS.min(width - first) {
                1 => self.some::<_, 1>(simd, at, steps.clone(), first),
                2 => self.some::<_, 2>(simd, at, steps.clone(), first),
                3 => self.some::<_, 3>(simd, at, steps.clone(), first),
                _ => self.some::<_, 4>(simd, at, steps.clone(), first),
            }
        }
    }

    /// `N` taps, and with the first ones the bias.
    #[inline(always)]
    fn some<S: Simd, const N: usize>(
        &mut self,
        simd: S,
        at: &Stretch,
        steps: Range<usize>,
        tap: usize,
    ) {
        let (channels, width, lanes) =
            (self.conv.dims.channels, self.conv.width, F::Vector::<S>::LEN);
        let size = self.columns.len();
        for column in (0..size).step_by(lanes) {
            let count = lanes.min(size - column);
            let place = |step| row(at, step) * channels + self.columns.start + column;
            let mut sums = [F::Vector::<S>::splat(simd, F::zero()); N];
            let mut bias = F::Vector::<S>::splat(simd, F::zero());
            for step in steps.clone() {
                let g = load(simd, &self.g[place(step)..], count);
                bias += g;
                for (k, sum) in sums.iter_mut().enumerate() {
                    let x = &self.conv.x[place(step + tap + k + 1 - width)..];
                    *sum += g * load(simd, x, count);
                }
            }
            let bias = (tap == 0).then_some((width, bias));
            let sums = sums.into_iter().enumerate().map(|(k, sum)| (tap + k, sum)).chain(bias);
            for (k, sum) in sums {
                let total = &mut self.total[k * size + column..][..count];
                add(total, sum.as_slice().iter().map(|sum| sum.wide()));
            }
        }
    }
}

#[inline(always)]
fn add(total: &mut [f64], terms: impl Iterator<Item = f64>) {
    total.iter_mut().zip(terms).for_each(|(total, term)| *total += term);
}

/// The first `count` elements as a vector that is filled up.
#[inline(always)]
fn load<S: Simd, F: Real>(simd: S, data: &[F], count: usize) -> F::Vector<S> {
    let size = F::Vector::<S>::LEN;
    if count == size {
        return F::Vector::<S>::from_slice(simd, &data[..size]);
    }
    let mut lanes = [F::zero(); 16];
    lanes[..count].copy_from_slice(&data[..count]);
    F::Vector::<S>::from_slice(simd, &lanes[..size])
}

/// The row of a sequence's step.
fn row(at: &Stretch, step: usize) -> usize {
    if at.reverse { at.all.end - 1 - step } else { at.all.start + step }
}
