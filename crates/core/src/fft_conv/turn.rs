//! A signal with channels in its rows becomes one with time in its rows, and back.

use super::{FftConv, Transformed};
use crate::{Dims, Engine};

/// Channels that are turned at once: a cache line of them.
const TILE: usize = 16;

/// `u` as `[batch, channels, length]`; time runs backwards where the kernel does.
pub(super) fn lines<F: Transformed>(engine: &Engine, conv: &FftConv<'_, F>) -> Vec<F> {
    let Dims { channels, length, .. } = conv.dims;
    let mut out = vec![F::zero(); conv.u.len()];
    engine.rows(2, length, &mut out, |lines, out| {
        let mut done = 0;
        while done < lines.len() {
            let (sequence, channel) =
                ((lines.start + done) / channels, (lines.start + done) % channels);
            let count = TILE.min(channels - channel).min(lines.len() - done);
            let out = &mut out[done * length..(done + count) * length];
            let rows = conv.u[sequence * length * channels..].chunks_exact(channels);
            for (t, row) in rows.take(length).enumerate() {
                let at = if conv.reach.reverse { length - 1 - t } else { t };
                for (c, &u) in row[channel..channel + count].iter().enumerate() {
                    out[c * length + at] = u;
                }
            }
            done += count;
        }
    });
    out
}

/// Writes the results back to (or adds them to) `y`, `[batch, length, channels]`.
pub(super) fn rows<F: Transformed>(
    engine: &Engine,
    conv: &FftConv<'_, F>,
    lines: &[F],
    y: &mut [F],
) {
    let Dims { channels, length, .. } = conv.dims;
    engine.rows(2, channels, y, |rows, y| {
        for first in (0..channels).step_by(TILE) {
            let count = TILE.min(channels - first);
            for (row, y) in rows.clone().zip(y.chunks_exact_mut(channels)) {
                let (sequence, t) = (row / length, row % length);
                let Some(at) = source(conv, t) else {
                    if !conv.adds {
                        y[first..first + count].fill(F::zero());
                    }
                    continue;
                };
                let start = (sequence * channels + first) * length + at;
                for (c, y) in y[first..first + count].iter_mut().enumerate() {
                    let value = lines[start + c * length];
                    *y = if conv.adds { *y + value } else { value };
                }
            }
        }
    });
}

/// Where in its line the output of step `t` stands.
fn source<F: Transformed>(conv: &FftConv<'_, F>, t: usize) -> Option<usize> {
    let last = conv.dims.length - 1;
    if conv.reach.reverse { (last - t).checked_sub(conv.reach.shifted.into()) } else { Some(t) }
}
