//! The convolution by Fourier transforms: one of each input, of each part of the kernel and of each output.

use super::MatrixConvolution;
use crate::{Dims, Engine, fft_conv::Transformed, fourier};
use realfft::num_complex::Complex;

/// Fills `y`, `[batch, length, outputs]`; no axis is 0.
pub(super) fn run<F: Transformed>(call: &MatrixConvolution<'_, F>, engine: &Engine, y: &mut [F]) {
    let Dims { batch, length, channels } = call.dims;
    let outputs = call.outputs;
    let size = (2 * length).next_power_of_two();
    let (forward, inverse) = (fourier::forward::<F>(size), fourier::inverse::<F>(size));
    let bins = size / 2 + 1;
    let cost = size.ilog2() as usize;
    let mut inputs = vec![Complex::default(); batch * channels * bins];
    engine.rows(cost, bins, &mut inputs, |rows, spectra| {
        let (mut line, mut scratch) = (forward.make_input_vec(), forward.make_scratch_vec());
        for (row, spectrum) in rows.zip(spectra.chunks_exact_mut(bins)) {
            let (sequence, channel) = (row / channels, row % channels);
            line.fill(F::zero());
            let own = call.u[sequence * length * channels..].iter().skip(channel);
            line[..length].iter_mut().zip(own.step_by(channels)).for_each(|(x, &u)| *x = u);
            // Lengths are the plan's own, which is all that could be wrong.
            let _ = forward.process_with_scratch(&mut line, spectrum, &mut scratch);
        }
    });
    let mut lines = vec![F::zero(); outputs * batch * length];
    engine.rows(cost * channels, batch * length, &mut lines, |rows, lines| {
        let mut line = forward.make_input_vec();
        let (mut there, mut back) = (forward.make_scratch_vec(), inverse.make_scratch_vec());
        let mut taps = forward.make_output_vec();
        let mut sums = vec![Complex::default(); batch * bins];
        let scale = F::of(1.0 / size as f64);
        for (output, lines) in rows.zip(lines.chunks_exact_mut(batch * length)) {
            sums.fill(Complex::default());
            for channel in 0..channels {
                line.fill(F::zero());
                let own = call.kernel[channel * length * outputs..].iter().skip(output);
                line[..length]
                    .iter_mut()
                    .zip(own.step_by(outputs))
                    .for_each(|(x, &k)| *x = k * scale);
                let _ = forward.process_with_scratch(&mut line, &mut taps, &mut there);
                for (sequence, sums) in sums.chunks_exact_mut(bins).enumerate() {
                    let own = &inputs[(sequence * channels + channel) * bins..][..bins];
                    for ((sum, &u), &k) in sums.iter_mut().zip(own).zip(&taps) {
                        *sum += u * k;
                    }
                }
            }
            for (sums, out) in sums.chunks_exact_mut(bins).zip(lines.chunks_exact_mut(length)) {
                // Products of real numbers' ends are real but for the sign of a zero.
                sums[0].im = F::zero();
                sums[bins - 1].im = F::zero();
                let _ = inverse.process_with_scratch(sums, &mut line, &mut back);
                out.copy_from_slice(&line[..length]);
            }
        }
    });
    for (output, line) in lines.chunks_exact(batch * length).enumerate() {
        y[output..].iter_mut().step_by(outputs).zip(line).for_each(|(y, &x)| *y = x);
    }
}
