//! The transforms: of each channel's kernel once, of its signals block by block.

use super::{FftConv, Transformed};
use crate::{Dims, Engine, fourier};
use realfft::{ComplexToReal, RealToComplex, num_complex::Complex};
use std::sync::Arc;

/// A block has so many times the kernel's taps, and at least `SHORTEST` elements.
const BLOCK: usize = 4;
const SHORTEST: usize = 1 << 10;

/// Transforms of one length.
struct Plans<F> {
    forward: Arc<dyn RealToComplex<F>>,
    inverse: Arc<dyn ComplexToReal<F>>,
    size: usize,
}

impl<F: Transformed> Plans<F> {
    fn new(length: usize, taps: usize) -> Self {
        let whole = smooth(length + taps - 1);
        let size = whole.min((BLOCK * taps).max(SHORTEST).next_power_of_two());
        Self { forward: fourier::forward(size), inverse: fourier::inverse(size), size }
    }
}

/// What a job works in.
struct Room<F> {
    block: Vec<F>,
    spectrum: Vec<Complex<F>>,
    kernel: Vec<Complex<F>>,
    scratch: Vec<Complex<F>>,
    line: Vec<F>,
}

/// Convolves every line, in place.
pub(super) fn convolve<F: Transformed>(engine: &Engine, conv: &FftConv<'_, F>, lines: &mut [F]) {
    let Dims { batch, length, channels } = conv.dims;
    let plans = Plans::new(length, conv.taps());
    let group = if channels >= engine.threads() {
        batch
    } else {
        batch.div_ceil(engine.threads().div_ceil(channels))
    };
    let groups = batch.div_ceil(group);
    let mut jobs: Vec<Vec<&mut [F]>> = Vec::new();
    jobs.resize_with(channels * groups, Vec::new);
    for (i, line) in lines.chunks_exact_mut(length).enumerate() {
        let (sequence, channel) = (i / channels, i % channels);
        jobs[channel * groups + sequence / group].push(line);
    }
    let few = jobs.len() * 2 * length < crate::Plan::PARALLEL / 16;
    let work = |first: usize, jobs: Vec<Vec<&mut [F]>>| {
        let mut room = Room::new(&plans);
        for (job, lines) in (first..).zip(jobs) {
            let channel = job / groups;
            room.load(&plans, &conv.kernel[channel * conv.kernel_length..][..conv.taps()]);
            lines.into_iter().for_each(|line| room.convolve(&plans, line, conv.taps()));
        }
    };
    if few {
        return work(0, jobs);
    }
    let each = jobs.len().div_ceil(4 * engine.threads());
    let mut parts = Vec::new();
    for first in (0..jobs.len()).step_by(each) {
        parts.push((first, jobs.drain(..each.min(jobs.len())).collect()));
    }
    engine.pool().each(parts.into_iter(), |(first, jobs)| work(first, jobs));
}

impl<F: Transformed> Room<F> {
    fn new(plans: &Plans<F>) -> Self {
        let spectrum = plans.forward.make_output_vec();
        let scratch = plans.forward.get_scratch_len().max(plans.inverse.get_scratch_len());
        Self {
            block: plans.forward.make_input_vec(),
            kernel: spectrum.clone(),
            spectrum,
            scratch: vec![Complex::default(); scratch],
            line: Vec::new(),
        }
    }

    /// Transforms `self.block` into `self.spectrum`.
    fn forward(&mut self, plans: &Plans<F>) {
        let Self { block, spectrum, scratch, .. } = self;
        let scratch = &mut scratch[..plans.forward.get_scratch_len()];
        // Lengths are the plan's own, which is all that could be wrong.
        let _ = plans.forward.process_with_scratch(block, spectrum, scratch);
    }

    /// Transforms a kernel, which takes the factor that the two transforms leave.
    fn load(&mut self, plans: &Plans<F>, kernel: &[F]) {
        let scale = F::of(1.0 / plans.size as f64);
        self.block.fill(F::zero());
        self.block.iter_mut().zip(kernel).for_each(|(x, &k)| *x = k * scale);
        self.forward(plans);
        std::mem::swap(&mut self.kernel, &mut self.spectrum);
    }

    fn convolve(&mut self, plans: &Plans<F>, line: &mut [F], taps: usize) {
        let (hop, before) = (plans.size - (taps - 1), taps - 1);
        self.line.clear();
        self.line.extend_from_slice(line);
        for start in (0..line.len()).step_by(hop) {
            // The inputs from `start - before` on, zeros where there are none.
            let missing = before.saturating_sub(start);
            let from = start + missing - before;
            let there = (line.len() - from).min(plans.size - missing);
            self.block.fill(F::zero());
            self.block[missing..missing + there].copy_from_slice(&self.line[from..from + there]);
            self.forward(plans);
            self.spectrum.iter_mut().zip(&self.kernel).for_each(|(x, &k)| *x *= k);
            let Self { block, spectrum, scratch, .. } = self;
            // Products of real numbers' ends are real but for the sign of a zero.
            if let Some(end) = spectrum.first_mut() {
                end.im = F::zero();
            }
            if plans.size.is_multiple_of(2)
                && let Some(end) = spectrum.last_mut()
            {
                end.im = F::zero();
            }
            let scratch = &mut scratch[..plans.inverse.get_scratch_len()];
            let _ = plans.inverse.process_with_scratch(spectrum, block, scratch);
            let count = hop.min(line.len() - start);
            line[start..start + count].copy_from_slice(&block[before..before + count]);
        }
    }
}

/// The least number of at least `n` that has no prime factor above 5; in WebAssembly a power of two.
fn smooth(n: usize) -> usize {
    if cfg!(target_arch = "wasm32") {
        return n.next_power_of_two();
    }
    let mut best = n.next_power_of_two();
    let mut five = 1;
    while five < best {
        let mut odd = five;
        while odd < best {
            let size = odd * n.div_ceil(odd).next_power_of_two();
            best = best.min(size);
            odd *= 3;
        }
        five *= 5;
    }
    best
}
