//! As a convolution with the response to a single one, by Fourier transforms.

use super::kernel;
use crate::{
    contestants::Compute, number::Number, problem::Problem, refusal::Refusal, threads::Threads,
};
use fearless_simd::Level;
use realfft::{ComplexToReal, FftError, RealFftPlanner, RealToComplex, num_complex::Complex};
use std::sync::{Arc, Mutex};

/// A sequence, padded with zeros to twice its length, and its transform.
struct Signal<F> {
    time: Vec<F>,
    frequency: Vec<Complex<F>>,
    scratch: Vec<Complex<F>>,
}

impl<F: Number> Signal<F> {
    fn new(forward: &dyn RealToComplex<F>) -> Self {
        Self {
            time: forward.make_input_vec(),
            frequency: forward.make_output_vec(),
            scratch: forward.make_scratch_vec(),
        }
    }

    /// Transforms what `fill` writes at the start.
    fn transform(
        &mut self,
        forward: &dyn RealToComplex<F>,
        length: usize,
        fill: impl FnOnce(&mut [F]),
    ) -> Result<(), FftError> {
        let (start, rest) = self.time.split_at_mut(length);
        fill(start);
        rest.fill(F::zero());
        forward.process_with_scratch(&mut self.time, &mut self.frequency, &mut self.scratch)
    }
}

/// Threads share the making of the kernel, then the two transforms, one each; the way back is one's.
pub(crate) fn compute<F: Number>(problem: &Problem, threads: usize) -> Result<Compute<F>, Refusal> {
    let length = problem.dims().signal();
    let size = (2 * length).next_power_of_two();
    let mut planner = RealFftPlanner::<F>::new();
    let forward: Arc<dyn RealToComplex<F>> = planner.plan_fft_forward(size);
    let inverse: Arc<dyn ComplexToReal<F>> = planner.plan_fft_inverse(size);
    let mut signals = [Signal::new(&*forward), Signal::new(&*forward)];
    let (mut response, mut scratch) = (vec![F::zero(); length], inverse.make_scratch_vec());
    let (level, threads) = (Level::new(), Threads::new(threads)?);
    let scale = F::of(1.0 / size as f64);
    Ok(Box::new(move |buffers| {
        let ([ar, ai, br, bi, cr, ci, u], [y]) = buffers.planes();
        kernel::fill(level, &threads, [ar, ai, br, bi, cr, ci], &mut response);
        let failed = Mutex::new(None);
        threads.each(signals.iter_mut().zip([u, &response]), |(signal, values)| {
            let fill = |start: &mut [F]| start.copy_from_slice(values);
            if let Err(why) = signal.transform(&*forward, length, fill)
                && let Ok(mut failed) = failed.lock()
            {
                *failed = Some(why);
            }
        });
        if let Some(why) = failed.into_inner().unwrap_or(None) {
            return Err(why.into());
        }
        let [signal, response] = &mut signals;
        let product = signal.frequency.iter_mut().zip(&response.frequency);
        product.for_each(|(x, k)| *x *= k.scale(scale));
        inverse.process_with_scratch(&mut signal.frequency, &mut signal.time, &mut scratch)?;
        y.copy_from_slice(&signal.time[..length]);
        Ok(())
    }))
}
