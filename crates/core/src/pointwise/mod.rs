//! `y = f(x) times + plus`, element by element; factors and summands may be rows that serve all rows of `x`.

mod each;
mod function;
mod slope;

pub use function::{FUNCTIONS, Function};
pub(crate) use slope::silu as silu_slope;

use crate::{
    Engine, Error, Real,
    dims::check,
    math::{erf, exp, sigmoid, silu, softplus, tanh},
};
use fearless_simd::{Simd, dispatch, prelude::*};

/// A checked call.
#[derive(Clone, Copy, Debug)]
pub struct Pointwise<'a, F> {
    function: Function,
    x: &'a [F],
    others: Others<'a, F>,
}

/// `times` and `plus`: as long as `x`, of one element, or as long as a row.
type Others<'a, F> = [Option<&'a [F]>; 2];

impl<'a, F: Real> Pointwise<'a, F> {
    /// Borrows the inputs. `times` and `plus` are as long as `x`, or one row that serves every row of `x`: their
    /// lengths divide that of `x`, and where both are rows of more than one element they are equally long.
    pub fn new(
        function: Function,
        x: &'a [F],
        times: Option<&'a [F]>,
        plus: Option<&'a [F]>,
    ) -> Result<Self, Error> {
        for (argument, other) in [("times", times), ("plus", plus)] {
            let len = other.map_or(x.len(), <[F]>::len);
            check(argument, if x.len().is_multiple_of(len) { len } else { x.len() }, len)?;
        }
        let call = Self { function, x, others: [times, plus] };
        let rows = call.others.into_iter().flatten().filter(|other| is_row(other, x));
        let widths: Vec<usize> = rows.map(<[F]>::len).collect();
        if let [width, plus] = widths[..] {
            check("plus", width, plus)?;
        }
        Ok(call)
    }

    /// Fills `y`.
    pub fn run(self, engine: &Engine, y: &mut [F]) -> Result<(), Error> {
        check("y", self.x.len(), y.len())?;
        let mut rows = self.others.into_iter().flatten().filter(|other| is_row(other, self.x));
        let width = rows.next().map_or(1, <[F]>::len);
        engine.rows(8, width, y, |rows, y| {
            let own = rows.start * width..rows.end * width;
            let cut = |other: &'a [F]| {
                if other.len() == self.x.len() { &other[own.clone()] } else { other }
            };
            let others = self.others.map(|other| other.map(cut));
            let part = Self { x: &self.x[own.clone()], others, ..self };
            let width = if width == 1 { part.x.len() } else { width };
            dispatch!(engine.level(), simd => part.compute(simd, width, y));
        });
        Ok(())
    }

    #[inline(always)]
    fn compute<S: Simd>(self, simd: S, width: usize, y: &mut [F]) {
        match self.function {
            Function::Identity => self.each(simd, width, y, |x| x),
            Function::Gelu => self.each(simd, width, y, gelu),
            Function::GeluErf => self.each(simd, width, y, gelu_erf),
            Function::Silu => self.each(simd, width, y, silu),
            Function::Sigmoid => self.each(simd, width, y, sigmoid),
            Function::Tanh => self.each(simd, width, y, tanh),
            Function::GeluSlope => self.each(simd, width, y, slope::gelu),
            Function::GeluErfSlope => self.each(simd, width, y, slope::gelu_erf),
            Function::SiluSlope => self.each(simd, width, y, slope::silu),
            Function::SigmoidSlope => self.each(simd, width, y, slope::sigmoid_slope),
            Function::TanhSlope => self.each(simd, width, y, slope::tanh_slope),
            Function::ReluSlope => self.each(simd, width, y, slope::relu),
            Function::Relu => self.each(simd, width, y, |x| {
                let zero = F::Vector::splat(simd, F::zero());
                x.simd_lt(zero).select(zero, x)
            }),
            Function::Reciprocal => self.each(simd, width, y, reciprocal),
            Function::ReciprocalSlope => self.each(simd, width, y, |x| {
                let inverse = reciprocal(x);
                inverse * (F::Vector::splat(simd, F::zero()) - inverse)
            }),
            Function::Exp => self.each(simd, width, y, exp),
            Function::Softplus => self.each(simd, width, y, softplus),
        }
    }

    /// Row by row, `width` elements each.
    #[inline(always)]
    fn each<S: Simd>(
        &self,
        simd: S,
        width: usize,
        y: &mut [F],
        f: impl Fn(F::Vector<S>) -> F::Vector<S>,
    ) {
        let whole = self.x.len();
        let rows = self.x.chunks(width.max(1)).zip(y.chunks_mut(width.max(1)));
        for (row, (x, y)) in rows.enumerate() {
            let cut = |other: &'a [F]| {
                if other.len() == whole { &other[row * width..][..x.len()] } else { other }
            };
            each::run(simd, x, self.others.map(|other| other.map(cut)), y, &f);
        }
    }
}

/// Whether an operand is a row of several elements that serves several rows.
fn is_row<F>(other: &[F], x: &[F]) -> bool {
    other.len() > 1 && other.len() < x.len()
}

#[inline(always)]
fn reciprocal<S: Simd, F: Real, V: SimdFloat<S, Element = F>>(x: V) -> V {
    V::splat(x.token(), F::one()) / x
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
