//! `x[t] = a x[t-1] + gain (B u[t])`, `y[t] = scale Re(C x[t]) + D u[t]` with diagonal complex `a`.

mod few;
mod kernel;
mod reference;
mod transition;

use crate::{
    Dims, Engine, Error, Options, Real,
    dims::check,
    driver::{self, Context, Operator, Shape},
    layout::{Layout, Stretch},
    link::{Link, planes},
    product::Matrix,
    rows::RowsMut,
};

pub use reference::reference;
pub use transition::{Sampling, Transition};

/// Weights of a [`DiagonalSsm`]. Complex ones have a trailing axis of 2: `re`, `im`.
#[derive(Clone, Copy, Debug)]
pub struct Weights<'a, F> {
    /// `[states, channels, 2]`.
    pub input: &'a [F],
    /// `[channels, pitch, 2]`; the readout of state `s` is column `first + s`.
    pub output: &'a [F],
    /// Columns of a row of `output`.
    pub pitch: usize,
    /// The column of the first state.
    pub first: usize,
    /// What the real part of the readout is multiplied by.
    pub scale: F,
    /// The skip from input to output, `[channels]`; none where absent.
    pub skip: Option<&'a [F]>,
}

/// A checked call: the length of every buffer agrees with the dimensions.
#[derive(Clone, Copy, Debug)]
pub struct DiagonalSsm<'a, F> {
    dims: Dims,
    states: usize,
    u: &'a [F],
    weights: Weights<'a, F>,
    transition: Transition<'a, F>,
    layout: Layout<'a>,
    adds: bool,
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
        let Weights { input, output, pitch, first, skip, .. } = weights;
        let Dims { channels, .. } = dims;
        check("u", dims.signal(), u.len())?;
        check("B", states.saturating_mul(channels).saturating_mul(2), input.len())?;
        check("C", channels.saturating_mul(pitch).saturating_mul(2), output.len())?;
        if first.saturating_add(states) > pitch {
            let message = format!("`C` has {pitch} columns, expected at least {}", first + states);
            return Err(Error::Layout(message));
        }
        if let Some(skip) = skip {
            check("D", channels, skip.len())?;
        }
        transition.check(dims, states)?;
        let layout = Layout::new(dims, options)?;
        Ok(Self { dims, states, u, weights, transition, layout, adds: false })
    }

    /// The same call, adding to `y` what it would otherwise write: the second half of a
    /// bidirectional layer.
    #[must_use]
    pub fn adding(self) -> Self {
        Self { adds: true, ..self }
    }

    /// Elements of a plane of the state: `[sequences, states]`.
    pub fn state(&self) -> usize {
        self.layout.sequences().saturating_mul(self.states)
    }

    /// Fills `y` (`[batch, length, channels]`). `state` holds what enters, then what leaves.
    pub fn run(self, engine: &Engine, state: [&mut [F]; 2], y: &mut [F]) -> Result<(), Error> {
        check("out.state.re", self.state(), state[0].len())?;
        check("out.state.im", self.state(), state[1].len())?;
        check("out.y", self.dims.signal(), y.len())?;
        let plan = driver::plan(&self, &self.layout, engine);
        driver::run(&self, &self.layout, engine, plan, state, [y]);
        Ok(())
    }

    /// A plane of the input weights, `[states, channels]`.
    fn input(&self, plane: usize) -> Matrix<'a, F> {
        let Dims { channels, .. } = self.dims;
        let data = self.weights.input.get(plane..).unwrap_or(&[]);
        Matrix { data, rows: self.states, columns: channels, row: 2 * channels, column: 2 }
    }

    /// A plane of the output weights, `[channels, states]`.
    fn output(&self, plane: usize) -> Matrix<'a, F> {
        let Weights { output, pitch, first, .. } = self.weights;
        let data = output.get(2 * first + plane..).unwrap_or(&[]);
        Matrix { data, rows: self.dims.channels, columns: self.states, row: 2 * pitch, column: 2 }
    }
}

/// Both products with weights are done chunk by chunk on any thread; only the scan between them, a
/// small part of the work, runs chunk after chunk. So there is nothing to summarize, and the bits
/// are the same however the chunks are spread.
impl<F: Real> Operator<F, 2, 1> for DiagonalSsm<'_, F> {
    fn shape(&self) -> Shape<1> {
        let Dims { channels, .. } = self.dims;
        // A scan element takes about as long as ten multiplications of a matrix product.
        let cost = (4 * self.states * channels / 10).max(1);
        Shape {
            columns: 1,
            depth: self.states,
            widths: [channels],
            cost,
            chunk: kernel::chunk(self.states, channels),
            cut_from: 2,
        }
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
        [mut out]: [RowsMut<'_, F>; 1],
    ) {
        match link {
            Link::Alone(mut state) => {
                for part in at.parts(self.shape().chunk) {
                    let mut projected = kernel::project(self, context.level, &part);
                    let state = state.each_mut().map(|plane| &mut **plane);
                    kernel::scan(self, context, &part, state, &mut projected);
                    kernel::read_out(
                        self,
                        context.level,
                        &part,
                        &projected,
                        out.reborrow(at.local(&part.rows)),
                    );
                }
            }
            Link::Chained(mut link) => {
                let mut projected = kernel::project(self, context.level, at);
                let mut state = link.enter();
                kernel::scan(self, context, at, planes(&mut state), &mut projected);
                link.leave(&state);
                kernel::read_out(self, context.level, at, &projected, out);
            }
        }
    }
}
