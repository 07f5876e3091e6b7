//! Transforms of real numbers by two algorithms: radix 4 where the length is a power of two, Bluestein's where
//! it is not. The numbers are transformed as complex ones, which takes twice as long.

use realfft::{ComplexToReal, FftError, FftNum, RealToComplex, num_complex::Complex};
use rustfft::{
    Fft, FftDirection,
    algorithm::{BluesteinsAlgorithm, Radix4},
};
use std::sync::Arc;

/// A transform of complex numbers that serves for one of real ones.
pub(super) struct Small<F> {
    whole: Arc<dyn Fft<F>>,
}

impl<F: FftNum> Small<F> {
    pub(super) fn forward(size: usize) -> Self {
        Self { whole: plan(size, FftDirection::Forward) }
    }

    pub(super) fn inverse(size: usize) -> Self {
        Self { whole: plan(size, FftDirection::Inverse) }
    }

    fn size(&self) -> usize {
        self.whole.len()
    }

    fn scratch_len(&self) -> usize {
        self.size() + self.whole.get_inplace_scratch_len()
    }
}

fn plan<F: FftNum>(size: usize, direction: FftDirection) -> Arc<dyn Fft<F>> {
    if size.is_power_of_two() {
        return Arc::new(Radix4::new(size, direction));
    }
    let inner = Radix4::new((2 * size).next_power_of_two(), direction);
    Arc::new(BluesteinsAlgorithm::new(size, Arc::new(inner)))
}

impl<F: FftNum> RealToComplex<F> for Small<F> {
    fn process(&self, input: &mut [F], output: &mut [Complex<F>]) -> Result<(), FftError> {
        let mut scratch = RealToComplex::make_scratch_vec(self);
        RealToComplex::process_with_scratch(self, input, output, &mut scratch)
    }

    fn process_with_scratch(
        &self,
        input: &mut [F],
        output: &mut [Complex<F>],
        scratch: &mut [Complex<F>],
    ) -> Result<(), FftError> {
        let (numbers, scratch) = scratch.split_at_mut(self.size());
        numbers.iter_mut().zip(&*input).for_each(|(z, &x)| *z = Complex::new(x, F::zero()));
        self.whole.process_with_scratch(numbers, scratch);
        output.copy_from_slice(&numbers[..output.len()]);
        Ok(())
    }

    fn get_scratch_len(&self) -> usize {
        self.scratch_len()
    }

    fn len(&self) -> usize {
        self.size()
    }

    fn make_input_vec(&self) -> Vec<F> {
        vec![F::zero(); self.size()]
    }

    fn make_output_vec(&self) -> Vec<Complex<F>> {
        vec![Complex::new(F::zero(), F::zero()); self.size() / 2 + 1]
    }

    fn make_scratch_vec(&self) -> Vec<Complex<F>> {
        vec![Complex::new(F::zero(), F::zero()); self.scratch_len()]
    }
}

impl<F: FftNum> ComplexToReal<F> for Small<F> {
    fn process(&self, input: &mut [Complex<F>], output: &mut [F]) -> Result<(), FftError> {
        let mut scratch = ComplexToReal::make_scratch_vec(self);
        ComplexToReal::process_with_scratch(self, input, output, &mut scratch)
    }

    /// What is left out of `input` is the conjugate of what is there.
    fn process_with_scratch(
        &self,
        input: &mut [Complex<F>],
        output: &mut [F],
        scratch: &mut [Complex<F>],
    ) -> Result<(), FftError> {
        let size = self.size();
        let (numbers, scratch) = scratch.split_at_mut(size);
        for (k, z) in numbers.iter_mut().enumerate() {
            *z = if k < input.len() { input[k] } else { input[size - k].conj() };
        }
        self.whole.process_with_scratch(numbers, scratch);
        output.iter_mut().zip(&*numbers).for_each(|(x, z)| *x = z.re);
        Ok(())
    }

    fn get_scratch_len(&self) -> usize {
        self.scratch_len()
    }

    fn len(&self) -> usize {
        self.size()
    }

    fn make_input_vec(&self) -> Vec<Complex<F>> {
        vec![Complex::new(F::zero(), F::zero()); self.size() / 2 + 1]
    }

    fn make_output_vec(&self) -> Vec<F> {
        vec![F::zero(); self.size()]
    }

    fn make_scratch_vec(&self) -> Vec<Complex<F>> {
        vec![Complex::new(F::zero(), F::zero()); self.scratch_len()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_those_of_the_planner() {
        for size in [1, 2, 3, 4, 5, 7, 12, 16, 31, 100, 128, 1000, 1024] {
            let mut x: Vec<f64> = (0..size).map(|i| (i as f64 * 1.7).sin() + 0.1).collect();
            let given = x.clone();
            let (mine, theirs) = (Small::forward(size), super::super::forward::<f64>(size));
            let mut want = theirs.make_output_vec();
            theirs.process(&mut x.clone(), &mut want).unwrap();
            let mut got = RealToComplex::make_output_vec(&mine);
            RealToComplex::process(&mine, &mut x, &mut got).unwrap();
            for (got, want) in got.iter().zip(&want) {
                assert!((got - want).norm() < 1e-11, "{size}: {got} is not {want}");
            }
            let mut back = vec![f64::NAN; size];
            ComplexToReal::process(&Small::inverse(size), &mut got, &mut back).unwrap();
            for (back, x) in back.iter().zip(&given) {
                assert!((back / size as f64 - x).abs() < 1e-13, "{size}: {back} is not {x}");
            }
        }
    }
}
