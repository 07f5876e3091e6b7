//! `y = f(x) times + plus`, element by element.

mod slope;

use crate::{
    Engine, Error, Real,
    dims::check,
    math::{erf, sigmoid, silu, tanh},
};
use fearless_simd::{Simd, dispatch, prelude::*};

/// What is done to an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Function {
    /// `x`.
    Identity,
    /// `x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3)))`.
    Gelu,
    /// `x/2 (1 + erf(x / sqrt 2))`.
    GeluErf,
    /// `x sigmoid(x)`.
    Silu,
    /// `1 / (1 + exp(-x))`.
    Sigmoid,
    /// `tanh(x)`.
    Tanh,
    /// `max(x, 0)`.
    Relu,
    /// The derivative of [`Gelu`](Self::Gelu).
    GeluSlope,
    /// The derivative of [`GeluErf`](Self::GeluErf).
    GeluErfSlope,
    /// The derivative of [`Silu`](Self::Silu).
    SiluSlope,
    /// The derivative of [`Sigmoid`](Self::Sigmoid).
    SigmoidSlope,
    /// The derivative of [`Tanh`](Self::Tanh).
    TanhSlope,
    /// The derivative of [`Relu`](Self::Relu), 0 at 0.
    ReluSlope,
}

/// All of them, in the order of the numbers that bindings know them by.
pub const FUNCTIONS: [Function; 13] = [
    Function::Identity,
    Function::Gelu,
    Function::GeluErf,
    Function::Silu,
    Function::Sigmoid,
    Function::Tanh,
    Function::Relu,
    Function::GeluSlope,
    Function::GeluErfSlope,
    Function::SiluSlope,
    Function::SigmoidSlope,
    Function::TanhSlope,
    Function::ReluSlope,
];

/// A checked call: all buffers have one length.
#[derive(Clone, Copy, Debug)]
pub struct Pointwise<'a, F> {
    function: Function,
    x: &'a [F],
    times: Option<&'a [F]>,
    plus: Option<&'a [F]>,
}

impl<'a, F: Real> Pointwise<'a, F> {
    /// Borrows the inputs.
    pub fn new(
        function: Function,
        x: &'a [F],
        times: Option<&'a [F]>,
        plus: Option<&'a [F]>,
    ) -> Result<Self, Error> {
        for (argument, other) in [("times", times), ("plus", plus)] {
            check(argument, x.len(), other.map_or(x.len(), <[F]>::len))?;
        }
        Ok(Self { function, x, times, plus })
    }

    /// Fills `y`.
    pub fn run(self, engine: &Engine, y: &mut [F]) -> Result<(), Error> {
        check("y", self.x.len(), y.len())?;
        engine.rows(8, 1, y, |rows, y| {
            let cut = |data: &'a [F]| &data[rows.clone()];
            let part = Self {
                x: cut(self.x),
                times: self.times.map(cut),
                plus: self.plus.map(cut),
                ..self
            };
            dispatch!(engine.level(), simd => part.compute(simd, y));
        });
        Ok(())
    }

    #[inline(always)]
    fn compute<S: Simd>(self, simd: S, y: &mut [F]) {
        match self.function {
            Function::Identity => self.each(simd, y, |x| x),
            Function::Gelu => self.each(simd, y, gelu),
            Function::GeluErf => self.each(simd, y, gelu_erf),
            Function::Silu => self.each(simd, y, silu),
            Function::Sigmoid => self.each(simd, y, sigmoid),
            Function::Tanh => self.each(simd, y, tanh),
            Function::GeluSlope => self.each(simd, y, slope::gelu),
            Function::GeluErfSlope => self.each(simd, y, slope::gelu_erf),
            Function::SiluSlope => self.each(simd, y, slope::silu),
            Function::SigmoidSlope => self.each(simd, y, slope::sigmoid_slope),
            Function::TanhSlope => self.each(simd, y, slope::tanh_slope),
            Function::ReluSlope => self.each(simd, y, slope::relu),
            Function::Relu => self.each(simd, y, |x| {
                let zero = F::Vector::splat(simd, F::zero());
                x.simd_lt(zero).select(zero, x)
            }),
        }
    }

    /// Vector by vector; what is left at the end as a vector that is filled up.
    #[inline(always)]
    fn each<S: Simd>(&self, simd: S, y: &mut [F], f: impl Fn(F::Vector<S>) -> F::Vector<S>) {
        let size = F::Vector::<S>::LEN;
        let mut lanes = [F::zero(); 16];
        for start in (0..y.len()).step_by(size) {
            let own = start..(start + size).min(y.len());
            let mut vector = |data: &[F]| match data.get(start..start + size) {
                Some(whole) => F::Vector::from_slice(simd, whole),
                None => {
                    lanes[..own.len()].copy_from_slice(&data[own.clone()]);
                    F::Vector::from_slice(simd, &lanes[..size])
                }
            };
            let mut value = f(vector(self.x));
            if let Some(times) = self.times {
                value *= vector(times);
            }
            if let Some(plus) = self.plus {
                value += vector(plus);
            }
            let out = &mut y[own];
            out.copy_from_slice(&value.as_slice()[..out.len()]);
        }
    }
}

#[inline(always)]
fn gelu<S: Simd, F: Real, V: SimdFloat<S, Element = F>>(x: V) -> V {
    let v = |y: f64| V::splat(x.token(), F::of(y));
    let inner = v((2.0 / std::f64::consts::PI).sqrt()) * (x + v(0.044_715) * x * x * x);
    v(0.5) * x * (v(1.0) + tanh(inner))
}

#[inline(always)]
fn gelu_erf<S: Simd, F: Real, V: SimdFloat<S, Element = F>>(x: V) -> V {
    let v = |y: f64| V::splat(x.token(), F::of(y));
    v(0.5) * x * (v(1.0) + erf(x * v(std::f64::consts::FRAC_1_SQRT_2)))
}
