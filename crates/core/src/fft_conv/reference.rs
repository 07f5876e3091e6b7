//! The definition, transcribed. Slow on purpose: the kernels are judged by it.

use super::FftConv;
use crate::Real;

/// Every output, term by term in `f64`.
pub fn reference<F: Real>(conv: &FftConv<'_, F>) -> Vec<f64> {
    let (channels, length) = (conv.dims.channels, conv.dims.length);
    let mut y = vec![0.0; conv.dims.signal()];
    for (i, y) in y.iter_mut().enumerate() {
        let (row, channel) = (i / channels, i % channels);
        let (first, t) = (row - row % length, row % length);
        for j in 0..conv.kernel_length {
            let at = if conv.reach.reverse {
                Some(t + j + usize::from(conv.reach.shifted)).filter(|&at| at < length)
            } else {
                t.checked_sub(j)
            };
            if let Some(at) = at {
                let k = conv.kernel[channel * conv.kernel_length + j].wide();
                *y += k * conv.u[(first + at) * channels + channel].wide();
            }
        }
    }
    y
}
