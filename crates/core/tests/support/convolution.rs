//! Random calls of the short convolution.

use super::Random;
use ssm_scan_core::{
    Dims, Options, Real,
    causal_conv1d::{Activation, CausalConv1d},
};

pub(crate) fn random<F: Real>(random: &mut Random, count: usize) -> Vec<F> {
    (0..count).map(|_| F::of(random.normal())).collect()
}

pub(crate) struct Arrays<F> {
    pub(crate) dims: Dims,
    pub(crate) width: usize,
    pub(crate) x: Vec<F>,
    pub(crate) weight: Vec<F>,
    pub(crate) bias: Option<Vec<F>>,
    pub(crate) state: Vec<F>,
}

impl<F: Real> Arrays<F> {
    pub(crate) fn new(dims: Dims, width: usize, sequences: usize, has_bias: bool) -> Self {
        let mut numbers = Random((width + dims.length) as u64);
        Self {
            dims,
            width,
            x: random(&mut numbers, dims.signal()),
            weight: random(&mut numbers, dims.channels * width),
            bias: has_bias.then(|| random(&mut numbers, dims.channels)),
            state: random(&mut numbers, sequences * dims.channels * (width - 1)),
        }
    }

    pub(crate) fn call<'a>(
        &'a self,
        activation: Activation,
        options: Options<'a>,
    ) -> CausalConv1d<'a, F> {
        let bias = self.bias.as_deref();
        let (dims, width) = (self.dims, self.width);
        CausalConv1d::new(dims, width, &self.x, &self.weight, bias, activation, options).unwrap()
    }
}
