//! The gradients of a layer with diagonal complex states: between its products, the recurrence run the other way.

use super::{DiagonalSsm, Transition, adjoint::Sequence};
use crate::{
    Engine, Error, Real,
    dims::check,
    mimo::{Mimo, Planes, Weights},
};

/// Sequences are shared out in so many parts, each with its own sums; they depend on the dimensions alone.
const PARTS: usize = 16;

/// What the gradients are of.
#[derive(Clone, Copy, Debug)]
pub struct Cotangents<'a, F> {
    /// With respect to the output, `[batch, length, channels]`.
    pub y: &'a [F],
    /// The states that entered, two planes; zero where absent.
    pub entering: Option<[&'a [F]; 2]>,
}

/// What gradients are written to, shaped as what they are of.
#[derive(Debug)]
pub struct Gradients<'a, F> {
    /// Of the input; zero in padding.
    pub u: &'a mut [F],
    /// Of the weights before the recurrence.
    pub input: &'a mut [F],
    /// Of those after it; zero in other columns than the states' own.
    pub output: &'a mut [F],
    /// Of the skip; empty where there is none.
    pub skip: &'a mut [F],
    /// Of the poles.
    pub a: [&'a mut [F]; 2],
    /// Of the gains.
    pub gain: [&'a mut [F]; 2],
}

impl<F: Real> DiagonalSsm<'_, F> {
    /// Fills the gradients. `state` holds the gradient of the states that leave, and then that of those that enter.
    /// Poles have to be discrete.
    pub fn backward(
        self,
        engine: &Engine,
        cotangents: Cotangents<'_, F>,
        state: [&mut [F]; 2],
        out: Gradients<'_, F>,
    ) -> Result<(), Error> {
        let Mimo { dims, states, weights, layout, .. } = self.mimo;
        let Transition::Fixed { a, gain } = self.transition else {
            return Err(Error::Layout(
                "continuous poles have no gradients, expected discrete ones".into(),
            ));
        };
        check("gradients.y", dims.signal(), cotangents.y.len())?;
        check("out.u", dims.signal(), out.u.len())?;
        check("out.B", weights.input.len(), out.input.len())?;
        check("out.C", weights.output.len(), out.output.len())?;
        check("out.D", weights.skip.map_or(0, <[F]>::len), out.skip.len())?;
        for (plane, state) in state.iter().enumerate() {
            check("out.state", self.state(), state.len())?;
            check("out.Lambda", states, out.a[plane].len())?;
            check("out.gain", states, out.gain[plane].len())?;
        }
        let entering = cotangents.entering.unwrap_or([&[], &[]]);
        // Gains are taken into the weights, so that the recurrence has none.
        let folded = folded(&self.mimo, gain);
        let mimo = Mimo { weights: Weights { input: &folded, ..weights }, ..self.mimo };
        let planes = Planes::new(engine, &mimo);
        let call = Sequence {
            mimo: &mimo,
            planes: &planes,
            a,
            level: engine.level(),
            entering,
            dy: cotangents.y,
        };
        let size = layout.sequences().div_ceil(PARTS).max(1);
        let [mut re, mut im] = state;
        let mut du = &mut *out.u;
        let mut jobs = Vec::new();
        for first in (0..layout.sequences()).step_by(size) {
            let own = first..(first + size).min(layout.sequences());
            let rows = layout.padded(own.start).start..layout.padded(own.end - 1).end;
            let parts = [
                split(&mut du, rows.len() * dims.channels),
                split(&mut re, own.len() * states),
                split(&mut im, own.len() * states),
            ];
            jobs.push((own, parts));
        }
        let sums = engine
            .pool()
            .map(jobs.into_iter(), |(sequences, [du, re, im])| call.all(sequences, du, [re, im]));
        let mut total = call.sums();
        sums.iter().for_each(|part| total.add(part));
        total.write(&self.mimo, gain, out);
        Ok(())
    }
}

/// The first elements of a slice, which keeps the others.
fn split<'a, F>(rest: &mut &'a mut [F], count: usize) -> &'a mut [F] {
    let (first, others) = std::mem::take(rest).split_at_mut(count);
    *rest = others;
    first
}

/// The weights before the recurrence, times the gains of their states.
fn folded<F: Real>(mimo: &Mimo<'_, F>, [gr, gi]: [&[F]; 2]) -> Vec<F> {
    let width = 2 * mimo.dims.channels;
    let rows = mimo.weights.input.chunks_exact(width.max(1)).zip(gr.iter().zip(gi));
    rows.flat_map(|(row, (&gr, &gi))| {
        row.chunks_exact(2)
            .flat_map(move |pair| [gr * pair[0] - gi * pair[1], gr * pair[1] + gi * pair[0]])
    })
    .collect()
}
