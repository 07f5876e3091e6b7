//! `x[t] = a x[t-1] + gain (B u[t])`, `y[t] = scale Re(C x[t]) + D u[t]` with diagonal complex `a`.

mod adjoint;
mod backward;
mod kernel;
mod reference;
mod sums;
mod transition;

use crate::{
    Dims, Engine, Error, Options, Real,
    dims::check,
    driver::{self, Context, Operator, Shape},
    layout::Stretch,
    link::Link,
    mimo::Mimo,
    rows::RowsMut,
};

pub use crate::mimo::Weights;
pub use backward::{Cotangents, Gradients};
pub use reference::reference;
pub use transition::{Sampling, Transition};

/// A checked call: the length of every buffer agrees with the dimensions.
#[derive(Clone, Copy, Debug)]
pub struct DiagonalSsm<'a, F> {
    mimo: Mimo<'a, F>,
    transition: Transition<'a, F>,
}

impl<'a, F: Real> DiagonalSsm<'a, F> {
    /// Borrows the input `u` (`[batch, length, channels]`), the weights and the transition of
    /// `states` states.
    pub fn new(
        dims: Dims,
        states: usize,
        u: &'a [F],
        weights: Weights<'a, F>,
        transition: Transition<'a, F>,
        options: Options<'a>,
    ) -> Result<Self, Error> {
        let mimo = Mimo::new(dims, states, u, weights, options)?;
        transition.check(dims, states)?;
        Ok(Self { mimo, transition })
    }

    /// The same call, adding to `y` what it would otherwise write: the second half of a
    /// bidirectional layer.
    #[must_use]
    pub fn adding(self) -> Self {
        Self { mimo: Mimo { adds: true, ..self.mimo }, ..self }
    }

    /// Elements of a plane of the state: `[sequences, states]`.
    pub fn state(&self) -> usize {
        self.mimo.state()
    }

    /// Fills `y` (`[batch, length, channels]`). `state` holds what enters, then what leaves.
    pub fn run(self, engine: &Engine, state: [&mut [F]; 2], y: &mut [F]) -> Result<(), Error> {
        check("out.state.re", self.state(), state[0].len())?;
        check("out.state.im", self.state(), state[1].len())?;
        check("out.y", self.mimo.dims.signal(), y.len())?;
        let planes = self.mimo.planes(engine);
        let call = DiagonalSsm { mimo: self.mimo.with(planes.as_ref()), ..self };
        let plan = driver::plan(&call, &call.mimo.layout, engine);
        driver::run(&call, &call.mimo.layout, engine, plan, state, [y]);
        Ok(())
    }
}

impl<F: Real> Operator<F, 2, 1> for DiagonalSsm<'_, F> {
    fn shape(&self) -> Shape<1> {
        self.mimo.shape()
    }

    /// Not looked for: chunks wait for each other but a small part of their time.
    fn reach(&self, _: &Stretch) -> Option<usize> {
        None
    }

    fn pass(
        &self,
        context: Context<'_>,
        at: &Stretch,
        link: Link<'_, F, 2>,
        [out]: [RowsMut<'_, F>; 1],
    ) {
        self.mimo.pass(context, at, link, out, |at, state, projected| {
            kernel::scan(self, context, at, state, projected);
        });
    }
}
