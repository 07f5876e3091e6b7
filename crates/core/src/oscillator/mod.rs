//! Forced harmonic oscillators with dense inputs and outputs: a real 2x2 matrix for every complex state.

mod backward;
mod kernel;
mod motion;
mod oscillation;
mod reference;

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
pub use motion::{METHODS, Method, Motion};
pub use oscillation::Oscillation;
pub use reference::reference;

/// The names of the planes of a state: velocities, then positions.
pub const PLANES: [&str; 4] = ["zRe", "zIm", "yRe", "yIm"];

/// A checked call: the length of every buffer agrees with the dimensions.
#[derive(Clone, Copy, Debug)]
pub struct Oscillator<'a, F> {
    mimo: Mimo<'a, F>,
    motion: Motion<'a, F>,
}

impl<'a, F: Real> Oscillator<'a, F> {
    /// Borrows the input `u` (`[batch, length, channels]`), the weights and the motion of `states`
    /// oscillators.
    pub fn new(
        dims: Dims,
        states: usize,
        u: &'a [F],
        weights: Weights<'a, F>,
        motion: Motion<'a, F>,
        options: Options<'a>,
    ) -> Result<Self, Error> {
        let mimo = Mimo::new(dims, states, u, weights, options)?;
        motion.check(dims, states)?;
        Ok(Self { mimo, motion })
    }

    /// Elements of a plane of the state: `[sequences, states]`.
    pub fn state(&self) -> usize {
        self.mimo.state()
    }

    /// Fills `y` (`[batch, length, channels]`). `state`, in the order of [`PLANES`], holds what
    /// enters, then what leaves.
    pub fn run(self, engine: &Engine, state: [&mut [F]; 4], y: &mut [F]) -> Result<(), Error> {
        for (argument, plane) in PLANES.iter().zip(&state) {
            check(argument, self.state(), plane.len())?;
        }
        check("out.y", self.mimo.dims.signal(), y.len())?;
        let planes = self.mimo.planes(engine);
        let call = Oscillator { mimo: self.mimo.with(planes.as_ref()), ..self };
        let plan = driver::plan(&call, &call.mimo.layout, engine);
        driver::run(&call, &call.mimo.layout, engine, plan, state, [y]);
        Ok(())
    }
}

impl<F: Real> Operator<F, 4, 1> for Oscillator<'_, F> {
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
        link: Link<'_, F, 4>,
        [out]: [RowsMut<'_, F>; 1],
    ) {
        self.mimo.pass(context, at, link, out, |at, state, projected| {
            kernel::scan(self, context, at, state, projected);
        });
    }
}
