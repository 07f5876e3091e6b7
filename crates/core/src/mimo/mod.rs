//! What layers of complex states and many inputs and outputs share: `w = B u` before their recurrence,
//! `y = scale Re(C x) + D u` after it, and how chunks of time run through the three.

mod few;
mod planes;
mod products;

use crate::{
    Dims, Engine, Error, Options, Real,
    dims::check,
    dots::FEW,
    driver::{Context, Shape},
    layout::{Layout, Stretch},
    link::{Link, planes},
    rows::RowsMut,
};

pub(crate) use planes::Planes;
pub(crate) use products::Projected;

/// Weights of a layer. Complex ones have a trailing axis of 2: `re`, `im`.
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

/// The input and the weights of a checked call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mimo<'a, F> {
    pub(crate) dims: Dims,
    pub(crate) states: usize,
    pub(crate) u: &'a [F],
    pub(crate) weights: Weights<'a, F>,
    pub(crate) layout: Layout<'a>,
    /// Whether the output is added to what is there.
    pub(crate) adds: bool,
    /// The weights for products of many rows.
    pub(crate) planes: Option<&'a Planes<F>>,
}

impl<'a, F: Real> Mimo<'a, F> {
    /// Borrows the input `u` (`[batch, length, channels]`) and the weights of `states` states.
    pub(crate) fn new(
        dims: Dims,
        states: usize,
        u: &'a [F],
        weights: Weights<'a, F>,
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
        let layout = Layout::new(dims, options)?;
        Ok(Self { dims, states, u, weights, layout, adds: false, planes: None })
    }

    /// The weights for products of many rows; nothing where there are few.
    pub(crate) fn planes(&self, engine: &Engine) -> Option<Planes<F>> {
        (self.layout.longest() >= FEW).then(|| Planes::new(engine, self))
    }

    /// The same call with these.
    pub(crate) fn with<'b>(self, planes: Option<&'b Planes<F>>) -> Mimo<'b, F>
    where
        'a: 'b,
    {
        Mimo { planes, ..self }
    }

    /// Elements of a plane of the state: `[sequences, states]`.
    pub(crate) fn state(&self) -> usize {
        self.layout.sequences().saturating_mul(self.states)
    }

    /// Both products with weights are done chunk by chunk on any thread; only the scan between them,
    /// a small part of the work, runs chunk after chunk. So there is nothing to summarize, and the
    /// bits are the same however the chunks are spread.
    pub(crate) fn shape(&self) -> Shape<1> {
        let Dims { channels, .. } = self.dims;
        // A scan element takes about as long as ten multiplications of a matrix product.
        let cost = (4 * self.states * channels / 10).max(1);
        Shape {
            columns: 1,
            depth: self.states,
            widths: [channels],
            cost,
            chunk: products::chunk(self.states, channels),
            cut_from: 2,
        }
    }

    /// Computes a stretch; `scan` turns projected inputs into what is read out, in place, and moves
    /// the state.
    pub(crate) fn pass<const S: usize>(
        &self,
        context: Context<'_>,
        at: &Stretch,
        link: Link<'_, F, S>,
        mut out: RowsMut<'_, F>,
        scan: impl Fn(&Stretch, [&mut [F]; S], &mut Projected<F>),
    ) {
        match link {
            Link::Alone(mut state) => {
                for part in at.parts(self.shape().chunk) {
                    let mut projected = products::project(self, context.level, &part);
                    scan(&part, state.each_mut().map(|plane| &mut **plane), &mut projected);
                    let rows = out.reborrow(at.local(&part.rows));
                    products::read_out(self, context.level, &part, &projected, rows);
                }
            }
            Link::Chained(mut link) => {
                let mut projected = products::project(self, context.level, at);
                let mut state = link.enter();
                scan(at, planes(&mut state), &mut projected);
                link.leave(&state);
                products::read_out(self, context.level, at, &projected, out);
            }
        }
    }

    /// Walks the steps of a stretch in time order: `step` gets the row and whether it starts from a
    /// zero state.
    pub(crate) fn walk(&self, at: &Stretch, mut step: impl FnMut(usize, bool)) {
        for (is_fresh, rows) in self.layout.runs(at) {
            for k in 0..rows.len() {
                let row = if at.reverse { rows.end - 1 - k } else { rows.start + k };
                step(row, is_fresh && k == 0);
            }
        }
    }
}
