//! `x[t] = a x[t-1] + b u[t]`, `y[t] = scale Re(c x[t]) + D u[t]`: one system for each channel.

mod back;
mod backward;
mod kernel;
mod reference;

use crate::{
    Dims, Engine, Error, Options, Plan, Real,
    dims::check,
    driver::{self, Context, Operator, Shape},
    layout::{Layout, Stretch},
    link::{Link, planes},
    rows::RowsMut,
};

pub use backward::{Cotangents, Gradients};
pub use reference::reference;

/// The systems of all channels. Complex arrays are planar.
#[derive(Clone, Copy, Debug)]
pub struct Systems<'a, F> {
    /// States of a channel.
    pub states: usize,
    /// Columns of `p` and `q`.
    pub rank: usize,
    /// What a step multiplies states by, `[channels, states]`.
    pub a: [&'a [F]; 2],
    /// What it multiplies the input by, `[channels, states]`.
    pub b: [&'a [F]; 2],
    /// The readout, `[channels, states]`.
    pub c: [&'a [F]; 2],
    /// The low-rank part of a step, `[channels, rank, states]`.
    pub p: [&'a [F]; 2],
    /// Its other factor, `[channels, rank, states]`.
    pub q: [&'a [F]; 2],
    /// What the real part of the readout is multiplied by.
    pub scale: F,
    /// The skip from input to output, `[channels]`; none where absent.
    pub skip: Option<&'a [F]>,
}

/// What becomes of a readout.
#[derive(Clone, Copy, Debug, Default)]
pub struct Readout {
    /// It is of the state before the step.
    pub shifted: bool,
    /// It is added to what stands in `y`.
    pub adds: bool,
}

/// A checked call: the length of every buffer agrees with the dimensions.
#[derive(Clone, Copy, Debug)]
pub struct SisoSsm<'a, F> {
    dims: Dims,
    u: &'a [F],
    systems: Systems<'a, F>,
    readout: Readout,
    layout: Layout<'a>,
}

impl<'a, F: Real> SisoSsm<'a, F> {
    /// Borrows the input `u` (`[batch, length, channels]`) and the systems.
    pub fn new(
        dims: Dims,
        u: &'a [F],
        systems: Systems<'a, F>,
        readout: Readout,
        options: Options<'a>,
    ) -> Result<Self, Error> {
        let Systems { states, rank, a, b, c, p, q, skip, .. } = systems;
        check("u", dims.signal(), u.len())?;
        let own = dims.channels.saturating_mul(states);
        for (argument, planes, expected) in [
            (["a.re", "a.im"], a, own),
            (["b.re", "b.im"], b, own),
            (["c.re", "c.im"], c, own),
            (["p.re", "p.im"], p, own.saturating_mul(rank)),
            (["q.re", "q.im"], q, own.saturating_mul(rank)),
        ] {
            check(argument[0], expected, planes[0].len())?;
            check(argument[1], expected, planes[1].len())?;
        }
        if let Some(skip) = skip {
            check("D", dims.channels, skip.len())?;
        }
        Ok(Self { dims, u, systems, readout, layout: Layout::new(dims, options)? })
    }

    /// Elements of a plane of the state: `[sequences, channels, states]`.
    pub fn state(&self) -> usize {
        let sequences = self.layout.sequences();
        sequences.saturating_mul(self.dims.channels).saturating_mul(self.systems.states)
    }

    /// Fills `y` (`[batch, length, channels]`). `state` holds what enters, then what leaves.
    pub fn run(self, engine: &Engine, state: [&mut [F]; 2], y: &mut [F]) -> Result<(), Error> {
        check("out.state.re", self.state(), state[0].len())?;
        check("out.state.im", self.state(), state[1].len())?;
        check("out.y", self.dims.signal(), y.len())?;
        driver::run(&self, &self.layout, engine, self.plan(engine), state, [y]);
        Ok(())
    }

    /// Where there are few sequences, channels are spread: each is work enough.
    fn plan(&self, engine: &Engine) -> Plan {
        let (threads, sequences) = (engine.threads(), self.layout.sequences());
        let work = self.dims.signal().saturating_mul(self.shape().cost);
        if threads == 1 || sequences >= 2 * threads || work < Plan::PARALLEL {
            return driver::plan(self, &self.layout, engine);
        }
        Plan::Columns { block: self.dims.channels.div_ceil(threads).max(1) }
    }
}

impl<F: Real> Operator<F, 2, 1> for SisoSsm<'_, F> {
    fn shape(&self) -> Shape<1> {
        let Systems { states, rank, .. } = self.systems;
        let columns = self.dims.channels;
        let cost = (states * (1 + rank) / 2).max(1);
        let chunk = Plan::chunk(2 * columns);
        Shape { columns, depth: states, widths: [1], cost, chunk, cut_from: usize::MAX }
    }

    /// Not looked for: time is not cut.
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
            Link::Alone(state) => kernel::run(self, context, at, state, &mut out),
            Link::Chained(mut link) => {
                let mut state = link.enter();
                kernel::run(self, context, at, planes(&mut state), &mut out);
                link.leave(&state);
            }
        }
    }
}
