//! The recurrence of Mamba-2: heads with one decay each, whose states are matrices.

mod backward;
mod chunk;
mod gates;
mod inputs;
mod matrix;
mod reference;
mod reference_backward;
mod room;
mod step;

use crate::{
    Dims, Engine, Error, Options, Plan, Real,
    dims::check,
    driver::{self, Context, Operator, Shape},
    layout::{Layout, Stretch},
    link::Link,
    plan::Work,
    rows::RowsMut,
};

pub use backward::{Cotangents, Gradients};
pub use inputs::{Inputs, Sizes, Steps};
pub use reference::reference;
pub use reference_backward::{Truth, reference_backward};

/// A checked call: the length of every buffer agrees with the dimensions.
#[derive(Clone, Copy, Debug)]
pub struct Ssd<'a, F> {
    sizes: Sizes,
    inputs: Inputs<'a, F>,
    steps: Steps,
    layout: Layout<'a>,
}

impl<'a, F: Real> Ssd<'a, F> {
    /// Borrows the inputs.
    pub fn new(
        sizes: Sizes,
        inputs: Inputs<'a, F>,
        steps: Steps,
        options: Options<'a>,
    ) -> Result<Self, Error> {
        let Sizes { batch, length, heads, head_dim, states, groups } = sizes;
        if groups == 0 && heads > 0 {
            return Err(Error::Layout(format!("`groups` must be 1 to heads {heads}, got 0")));
        }
        let dims = |channels| Dims { batch, length, channels };
        let (width, shared) = (heads.saturating_mul(head_dim), groups.saturating_mul(states));
        check("x", dims(width).signal(), inputs.x.len())?;
        check("dt", dims(heads).signal(), inputs.dt.len())?;
        check("A", heads, inputs.a.len())?;
        check("B", dims(shared).signal(), inputs.b.len())?;
        check("C", dims(shared).signal(), inputs.c.len())?;
        if let Some(d) = inputs.d.filter(|d| d.len() != heads && d.len() != width) {
            let expected = format!("{heads} (one for each head) or {width} (one for each channel)");
            return Err(Error::Length { argument: "D", expected, actual: d.len() });
        }
        check("z", inputs.x.len(), inputs.z.map_or(inputs.x.len(), <[F]>::len))?;
        check("dtBias", heads, inputs.dt_bias.map_or(heads, <[F]>::len))?;
        let [low, high] = steps.limit;
        if low > high || low.is_nan() || high.is_nan() {
            return Err(Error::Layout(format!("`dtLimit` must rise, got [{low}, {high}]")));
        }
        Ok(Self { sizes, inputs, steps, layout: Layout::new(dims(width), options)? })
    }

    /// Elements of a state: `[sequences, heads, head_dim, states]`.
    pub fn state(&self) -> usize {
        let Sizes { heads, head_dim, states, .. } = self.sizes;
        let sizes = [heads, head_dim, states];
        sizes.into_iter().fold(self.layout.sequences(), usize::saturating_mul)
    }

    /// Elements of an output.
    pub fn outputs(&self) -> usize {
        self.inputs.x.len()
    }

    /// Fills `y` (`[batch, length, heads, head_dim]`). `state` holds what enters, then what leaves.
    pub fn run(self, engine: &Engine, state: &mut [F], y: &mut [F]) -> Result<(), Error> {
        self.run_as(self.plan(engine), engine, state, y)
    }

    /// [`run`](Self::run), by the given plan.
    pub fn run_as(
        self,
        plan: Plan,
        engine: &Engine,
        state: &mut [F],
        y: &mut [F],
    ) -> Result<(), Error> {
        check("out.state", self.state(), state.len())?;
        check("out.y", self.outputs(), y.len())?;
        driver::run(&self, &self.layout, engine, plan, [state], [y]);
        Ok(())
    }

    /// The plan of a call; its bits are the same by every plan.
    pub fn plan(&self, engine: &Engine) -> Plan {
        let shape = self.shape();
        let work = Work {
            sequences: self.layout.sequences(),
            rows: self.layout.total_rows(),
            longest: self.layout.longest(),
            columns: shape.columns,
            cost: shape.cost,
            chunk: shape.chunk,
            has_cheap_summary: true,
        };
        Plan::of_heads(&work, engine.parallelism(), self.tile())
    }

    /// The group of a head.
    fn group(&self, head: usize) -> usize {
        head * self.sizes.groups / self.sizes.heads
    }

    /// What a head's inputs are multiplied by to be added to its outputs: one number, or one for each channel.
    fn skip(&self, head: usize) -> &'a [F] {
        let Some(d) = self.inputs.d else { return &[] };
        let each = d.len() / self.sizes.heads;
        &d[head * each..(head + 1) * each]
    }

    /// Steps of a chunk.
    fn chunk(&self) -> usize {
        match self.steps.chunk {
            0 => Plan::ssd_chunk(self.sizes.states),
            chunk => chunk.min(Plan::SSD_LONGEST),
        }
    }

    /// Heads computed together.
    fn tile(&self) -> usize {
        let tile = Plan::SSD_TILE / self.sizes.head_dim.max(1);
        tile.clamp(1, self.sizes.heads.div_ceil(4).max(1))
    }
}

/// A column is a head.
impl<F: Real> Operator<F, 1, 1> for Ssd<'_, F> {
    fn shape(&self) -> Shape<1> {
        let Sizes { heads, head_dim, states, .. } = self.sizes;
        Shape {
            columns: heads,
            depth: head_dim * states,
            widths: [head_dim],
            cost: (head_dim * (states / 3).max(1)).max(1),
            chunk: self.chunk() * Plan::SSD_CHUNK_COUNT,
            cut_from: 2,
        }
    }

    /// Not looked for: what a chunk does is computed apart from the state that enters it.
    fn reach(&self, _: &Stretch) -> Option<usize> {
        None
    }

    fn pass(
        &self,
        context: Context<'_>,
        at: &Stretch,
        link: Link<'_, F, 1>,
        [out]: [RowsMut<'_, F>; 1],
    ) {
        chunk::run(self, context, at, link, out);
    }
}
