//! The gradients of the systems: the transposed step, run the other way, and sums over all steps.

use super::{SisoSsm, back};
use crate::{
    Dims, Engine, Error, Plan, Real,
    dims::check,
    driver::{self, Context, Operator, Shape},
    layout::Stretch,
    link::{Link, planes},
    rows::RowsMut,
};

/// What the gradients are of.
#[derive(Clone, Copy, Debug)]
pub struct Cotangents<'a, F> {
    /// With respect to the outputs, `[batch, length, channels]`.
    pub y: &'a [F],
    /// The states that entered, `[sequences, channels, states]`; zero where absent.
    pub entering: Option<[&'a [F]; 2]>,
}

/// The gradients to fill, of the shapes that the arrays have; complex ones hold the derivatives with respect to
/// real and imaginary parts.
#[derive(Debug)]
pub struct Gradients<'a, F> {
    /// Of the input.
    pub u: &'a mut [F],
    /// Of the diagonal.
    pub a: [&'a mut [F]; 2],
    /// Of the input weights.
    pub b: [&'a mut [F]; 2],
    /// Of the readout.
    pub c: [&'a mut [F]; 2],
    /// Of the low-rank part.
    pub p: [&'a mut [F]; 2],
    /// Of its other factor.
    pub q: [&'a mut [F]; 2],
}

/// Numbers of a state's gradients: `c`, which goes back, and the sums for a, b, c; then two of each p and q.
const OWN: usize = 8;

impl<F: Real> SisoSsm<'_, F> {
    /// Fills all gradients but that of the skip. `state` holds the gradient of the states that leave, and then that
    /// of those that enter.
    pub fn backward(
        self,
        engine: &Engine,
        cotangents: Cotangents<'_, F>,
        state: [&mut [F]; 2],
        gradients: Gradients<'_, F>,
    ) -> Result<(), Error> {
        let Dims { channels, .. } = self.dims;
        let (states, rank) = (self.systems.states, self.systems.rank);
        let own = channels.saturating_mul(states);
        check("gradients.y", self.dims.signal(), cotangents.y.len())?;
        check("out.u", self.dims.signal(), gradients.u.len())?;
        let Gradients { u, a, b, c, p, q } = gradients;
        for (names, planes, expected) in [
            (["gradients.state.re", "gradients.state.im"], &state, self.state()),
            (["out.a.re", "out.a.im"], &a, own),
            (["out.b.re", "out.b.im"], &b, own),
            (["out.c.re", "out.c.im"], &c, own),
            (["out.p.re", "out.p.im"], &p, own.saturating_mul(rank)),
            (["out.q.re", "out.q.im"], &q, own.saturating_mul(rank)),
        ] {
            check(names[0], expected, planes[0].len())?;
            check(names[1], expected, planes[1].len())?;
        }
        if let Some([re, im]) = cotangents.entering {
            check("state.re", self.state(), re.len())?;
            check("state.im", self.state(), im.len())?;
        }
        let depth = states * (OWN + 4 * rank);
        let sequences = self.layout.sequences();
        let mut all = vec![F::zero(); sequences.saturating_mul(channels).saturating_mul(depth)];
        for (part, system) in all.chunks_exact_mut(depth.max(1)).enumerate() {
            for (plane, carry) in state.iter().zip(system.chunks_exact_mut(states)) {
                carry.copy_from_slice(&plane[part * states..(part + 1) * states]);
            }
        }
        let backward = Backward { ssm: &self, cotangents, depth };
        driver::run(&backward, &self.layout, engine, self.plan(engine), [&mut all], [u]);
        for (part, system) in all.chunks_exact(depth.max(1)).enumerate() {
            for (plane, carry) in [0, 1].into_iter().zip(system.chunks_exact(states)) {
                state[plane][part * states..(part + 1) * states].copy_from_slice(carry);
            }
        }
        // Kinds of gradients as they stand in a system's part.
        let single = [(a, 2, 1), (b, 4, 1), (c, 6, 1)];
        let low = [(p, OWN, rank), (q, OWN + 2 * rank, rank)];
        for (out, first, rows) in single.into_iter().chain(low) {
            for (plane, out) in out.into_iter().enumerate() {
                let from = (first + plane * rows) * states;
                sum(&all, depth, from..from + rows * states, out);
            }
        }
        Ok(())
    }
}

/// Sums a piece of every system's part over sequences.
fn sum<F: Real>(all: &[F], depth: usize, piece: std::ops::Range<usize>, out: &mut [F]) {
    let size = piece.len();
    if size == 0 {
        return;
    }
    let mut sums = vec![0.0; out.len()];
    let parts = all.chunks_exact(depth).map(|part| &part[piece.clone()]);
    for (part, at) in parts.zip((0..out.len()).step_by(size).cycle()) {
        sums[at..at + size].iter_mut().zip(part).for_each(|(sum, x)| *sum += x.wide());
    }
    out.iter_mut().zip(sums).for_each(|(out, sum)| *out = F::of(sum));
}

/// The gradients of all sequences, each with sums of its own.
struct Backward<'a, F> {
    ssm: &'a SisoSsm<'a, F>,
    cotangents: Cotangents<'a, F>,
    /// Numbers of a system's gradients.
    depth: usize,
}

impl<F: Real> Backward<'_, F> {
    fn stretch(&self, context: Context<'_>, at: &Stretch, all: &mut [F], out: &mut RowsMut<'_, F>) {
        let Dims { channels, .. } = self.ssm.dims;
        let states = self.ssm.systems.states;
        if states == 0 {
            return (0..at.rows.len()).for_each(|t| out.row(t).fill(F::zero()));
        }
        let mut channel = back::Channel::new(self.ssm);
        let runs = context.layout.runs(at);
        for (column, system) in at.columns.clone().zip(all.chunks_exact_mut(self.depth)) {
            let entering = self.cotangents.entering.map(|planes| {
                let from = (at.sequence * channels + column) * states;
                planes.map(|plane| &plane[from..from + states])
            });
            let own = column - at.columns.start;
            channel.load(self.ssm, column, system);
            for (is_fresh, rows) in runs.iter().rev() {
                let entering = if *is_fresh { None } else { entering };
                let given = [self.ssm.u, self.cotangents.y];
                channel.run(self.ssm, context.level, (column, rows, at.reverse), given, entering);
                for (k, &value) in channel.signal().iter().enumerate() {
                    let row = if at.reverse { rows.end - 1 - k } else { rows.start + k };
                    out.row(row - at.rows.start)[own] = value;
                }
                if *is_fresh {
                    channel.forget();
                }
            }
            channel.store(self.ssm, system);
        }
    }
}

impl<F: Real> Operator<F, 1, 1> for Backward<'_, F> {
    fn shape(&self) -> Shape<1> {
        let columns = self.ssm.dims.channels;
        let (depth, chunk) = (self.depth, Plan::chunk(2 * columns));
        Shape { columns, depth, widths: [1], cost: depth, chunk, cut_from: usize::MAX }
    }

    /// Not looked for: time is not cut.
    fn reach(&self, _: &Stretch) -> Option<usize> {
        None
    }

    fn pass(
        &self,
        context: Context<'_>,
        at: &Stretch,
        link: Link<'_, F, 1>,
        [mut out]: [RowsMut<'_, F>; 1],
    ) {
        match link {
            Link::Alone([all]) => self.stretch(context, at, all, &mut out),
            Link::Chained(mut link) => {
                let mut state = link.enter();
                let [all] = planes(&mut state);
                self.stretch(context, at, all, &mut out);
                link.leave(&state);
            }
        }
    }
}
