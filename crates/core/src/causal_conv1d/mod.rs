//! Short causal convolutions of every channel with its own taps.

mod backward;
mod kernel;
mod reference;
mod taps;

use crate::{
    Dims, Engine, Error, Options, Plan, Real,
    dims::check,
    driver::{self, Context, Operator, Shape},
    layout::{Layout, Stretch},
    link::{Link, planes},
    rows::RowsMut,
};

pub use backward::{Cotangents, Gradients};
pub use reference::{reference, reference_backward};

/// What is done to a sum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activation {
    /// Nothing.
    None,
    /// `x / (1 + exp(-x))`.
    Silu,
}

/// All of them, in the order of the numbers that bindings know them by.
pub const ACTIVATIONS: [Activation; 2] = [Activation::None, Activation::Silu];

/// A checked call: the length of every buffer agrees with the dimensions.
#[derive(Clone, Copy, Debug)]
pub struct CausalConv1d<'a, F> {
    dims: Dims,
    width: usize,
    x: &'a [F],
    weight: &'a [F],
    bias: Option<&'a [F]>,
    activation: Activation,
    /// Where outputs are not the activations of sums, but these times the activations' derivatives.
    dy: Option<&'a [F]>,
    layout: Layout<'a>,
}

impl<'a, F: Real> CausalConv1d<'a, F> {
    /// Borrows `x` (`[batch, length, channels]`), `weight` (`[channels, width]`, the present last) and `bias`
    /// (`[channels]`).
    pub fn new(
        dims: Dims,
        width: usize,
        x: &'a [F],
        weight: &'a [F],
        bias: Option<&'a [F]>,
        activation: Activation,
        options: Options<'a>,
    ) -> Result<Self, Error> {
        if width == 0 {
            return Err(Error::Layout("`width` must be at least 1, got 0".into()));
        }
        check("x", dims.signal(), x.len())?;
        check("weight", dims.channels.saturating_mul(width), weight.len())?;
        check("bias", dims.channels, bias.map_or(dims.channels, <[F]>::len))?;
        let layout = Layout::new(dims, options)?;
        Ok(Self { dims, width, x, weight, bias, activation, dy: None, layout })
    }

    /// Elements of a state: `[sequences, channels, width - 1]`.
    pub fn state(&self) -> usize {
        self.layout.sequences().saturating_mul(self.dims.channels).saturating_mul(self.width - 1)
    }

    /// Fills `y` (`[batch, length, channels]`). `state` holds what enters, oldest first, then what leaves.
    pub fn run(self, engine: &Engine, state: &mut [F], y: &mut [F]) -> Result<(), Error> {
        check("out.state", self.state(), state.len())?;
        check("out.y", self.dims.signal(), y.len())?;
        let plan = driver::plan(&self, &self.layout, engine);
        driver::run(&self, &self.layout, engine, plan, [state], [y]);
        Ok(())
    }
}

impl<F: Real> Operator<F, 1, 1> for CausalConv1d<'_, F> {
    fn shape(&self) -> Shape<1> {
        let columns = self.dims.channels;
        let cost = self.width.div_ceil(2) + if self.activation == Activation::Silu { 4 } else { 0 };
        let chunk = Plan::chunk(2 * columns);
        Shape { columns, depth: self.width - 1, widths: [1], cost, chunk, cut_from: usize::MAX }
    }

    /// A step sees no further back than its first tap.
    fn reach(&self, at: &Stretch) -> Option<usize> {
        (self.width <= at.rows.len()).then_some(self.width - 1)
    }

    fn pass(
        &self,
        context: Context<'_>,
        at: &Stretch,
        link: Link<'_, F, 1>,
        [out]: [RowsMut<'_, F>; 1],
    ) {
        match link {
            Link::Alone([state]) => kernel::run(self, context, at, state, out),
            Link::Chained(mut link) => {
                let mut state = link.enter();
                let [own] = planes(&mut state);
                kernel::run(self, context, at, own, out);
                link.leave(&state);
            }
        }
    }
}
