//! The gradients of the recurrence: first the states at the borders of chunks, then every chunk by itself.

mod borders;
mod chunk;
mod matrix;
mod room;
mod rows;
mod step;

use super::Ssd;
use crate::{
    Engine, Error, Real,
    adjoint::entered,
    cut::{Cut, Piece},
    dims::check,
    driver::Shape,
    pointwise::{Function, Pointwise},
};
use borders::Borders;

/// What the gradients of a call are of.
#[derive(Clone, Copy, Debug)]
pub struct Cotangents<'a, F> {
    /// With respect to `y`, `[batch, length, heads, head_dim]`.
    pub y: &'a [F],
    /// The states that entered; zero where absent.
    pub entering: Option<&'a [F]>,
}

/// What the gradients of inputs are written to, each of its input's shape; of no elements where there is no input.
#[derive(Debug)]
pub struct Gradients<'a, F> {
    /// `[batch, length, heads, head_dim]`.
    pub x: &'a mut [F],
    /// `[batch, length, heads]`.
    pub dt: &'a mut [F],
    /// `[heads]`.
    pub a: &'a mut [F],
    /// `[batch, length, groups, states]`.
    pub b: &'a mut [F],
    /// `[batch, length, groups, states]`.
    pub c: &'a mut [F],
    /// `[heads]` or `[heads, head_dim]`.
    pub d: &'a mut [F],
    /// `[batch, length, heads, head_dim]`.
    pub z: &'a mut [F],
    /// `[heads]`, wanted without a bias too.
    pub dt_bias: &'a mut [F],
}

/// What all chunks read.
#[derive(Clone, Copy)]
struct Call<'a, F> {
    ssd: &'a Ssd<'a, F>,
    /// The gradients of outputs before their gates, as `y`.
    g: &'a [F],
    /// What outputs before their gates are multiplied by to be gradients of `z`.
    slopes: Option<&'a [F]>,
}

/// Sums over the steps of a chunk.
struct Sums {
    /// `[heads]`.
    a: Vec<f64>,
    /// As long as `D`.
    d: Vec<f64>,
    /// `[heads]`.
    dt_bias: Vec<f64>,
}

impl<F: Real> Ssd<'_, F> {
    /// Fills the gradients. `state` holds that of the states that leave, and then that of those that enter. The same
    /// bits on any number of threads.
    pub fn backward(
        self,
        engine: &Engine,
        cotangents: Cotangents<'_, F>,
        state: &mut [F],
        out: Gradients<'_, F>,
    ) -> Result<(), Error> {
        let Self { sizes, inputs, layout, .. } = self;
        let size = self.state();
        check("gradients.y", inputs.x.len(), cotangents.y.len())?;
        check("gradients.state", size, state.len())?;
        check("state", size, cotangents.entering.map_or(size, <[F]>::len))?;
        check("out.x", inputs.x.len(), out.x.len())?;
        check("out.dt", inputs.dt.len(), out.dt.len())?;
        check("out.A", sizes.heads, out.a.len())?;
        check("out.B", inputs.b.len(), out.b.len())?;
        check("out.C", inputs.c.len(), out.c.len())?;
        check("out.D", inputs.d.unwrap_or_default().len(), out.d.len())?;
        check("out.z", inputs.z.unwrap_or_default().len(), out.z.len())?;
        check("out.dtBias", sizes.heads, out.dt_bias.len())?;
        let through = |function, z| -> Result<Vec<F>, Error> {
            let mut through = vec![F::zero(); inputs.x.len()];
            let call = Pointwise::new(function, z, Some(cotangents.y), None)?;
            call.run(engine, &mut through)?;
            Ok(through)
        };
        let gated = inputs.z.map(|z| through(Function::Silu, z)).transpose()?;
        let slopes = inputs.z.map(|z| through(Function::SiluSlope, z)).transpose()?;
        let g = gated.as_deref().unwrap_or(cotangents.y);
        let call = Call { ssd: &self, g, slopes: slopes.as_deref() };
        let entering = entered(cotangents.entering, size);
        let borders = Borders::new(call, engine, &entering, state);
        let width = sizes.heads * sizes.head_dim;
        let shared = sizes.groups * sizes.states;
        let shape = Shape {
            columns: 1,
            depth: 0,
            widths: [width, sizes.heads, if slopes.is_some() { width } else { 0 }, shared, shared],
            cost: 1,
            chunk: self.chunk(),
            cut_from: usize::MAX,
        };
        let cut = Cut { shape, layout: &layout, streams: false };
        let pieces = cut.chunks(self.chunk(), [out.x, out.dt, out.z, out.b, out.c]);
        let pieces: Vec<Piece<'_, F, 5>> = pieces.into_iter().flatten().collect();
        let sums = engine.pool().map(pieces.into_iter().enumerate(), |(k, piece)| {
            chunk::pull(call, engine.level(), borders.at(k), piece)
        });
        add_up(&sums, |sums| &sums.a, out.a);
        add_up(&sums, |sums| &sums.d, out.d);
        add_up(&sums, |sums| &sums.dt_bias, out.dt_bias);
        Ok(())
    }
}

/// In the order of the chunks.
fn add_up<F: Real>(sums: &[Sums], of: impl Fn(&Sums) -> &[f64], out: &mut [F]) {
    let mut total = vec![0.0; out.len()];
    for sums in sums {
        total.iter_mut().zip(of(sums)).for_each(|(total, sum)| *total += sum);
    }
    out.iter_mut().zip(total).for_each(|(out, total)| *out = F::of(total));
}
