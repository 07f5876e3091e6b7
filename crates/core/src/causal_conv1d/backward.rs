//! The gradients of a short convolution: the same convolution run the other way, and sums over time.

use super::{Activation, CausalConv1d};
use crate::{
    Engine, Error, Real,
    adjoint::{clear_unseen, entered, turned, turned_resets},
    dims::check,
};

/// What the gradients of a short convolution are of.
#[derive(Clone, Copy, Debug)]
pub struct Cotangents<'a, F> {
    /// With respect to `y`, `[batch, length, channels]`.
    pub y: &'a [F],
    /// The state that entered; zero where absent.
    pub entering: Option<&'a [F]>,
}

/// What the gradients of a short convolution are written to.
#[derive(Debug)]
pub struct Gradients<'a, F> {
    /// `[batch, length, channels]`.
    pub x: &'a mut [F],
    /// `[channels, width]`.
    pub weight: &'a mut [F],
    /// `[channels]`.
    pub bias: &'a mut [F],
}

impl<F: Real> CausalConv1d<'_, F> {
    /// Fills the gradients. `state` holds that of the state that leaves, and then that of the one that enters. The
    /// same bits on any number of threads.
    pub fn backward(
        self,
        engine: &Engine,
        cotangents: Cotangents<'_, F>,
        state: &mut [F],
        out: Gradients<'_, F>,
    ) -> Result<(), Error> {
        let Self { dims, width, layout, .. } = self;
        let signal = dims.signal();
        check("gradients.y", signal, cotangents.y.len())?;
        check("gradients.state", self.state(), state.len())?;
        check("state", self.state(), cotangents.entering.map_or(self.state(), <[F]>::len))?;
        check("out.x", signal, out.x.len())?;
        check("out.weight", dims.channels.saturating_mul(width), out.weight.len())?;
        check("out.bias", dims.channels, out.bias.len())?;
        let entering = entered(cotangents.entering, self.state());
        let mut of_sums = Vec::new();
        if self.activation == Activation::Silu {
            of_sums.resize(signal, F::zero());
            let through = CausalConv1d { dy: Some(cotangents.y), ..self };
            through.run(engine, &mut entering.clone(), &mut of_sums)?;
        }
        let g = if self.activation == Activation::Silu { &of_sums } else { cotangents.y };
        self.taps(engine, g, &entering, [out.weight, out.bias]);
        let resets = turned_resets(&layout);
        let layout = turned(dims, &layout, resets.as_deref())?;
        // After a run the other way the state is the first gradients of sums, the very first one last.
        let mut first = vec![F::zero(); self.state()];
        CausalConv1d { x: g, bias: None, activation: Activation::None, layout, ..self }
            .run(engine, &mut first, out.x)?;
        clear_unseen(&self.layout, dims.channels * (width - 1), &mut first);
        self.states(&first, state, out.x);
        Ok(())
    }

    /// Turns the gradient of the states that leave into that of the states that enter, `first` being the gradients
    /// of the first sums, and adds it to that of the inputs that were left.
    fn states(&self, first: &[F], state: &mut [F], x: &mut [F]) {
        let (channels, width, before) = (self.dims.channels, self.width, self.width - 1);
        let reset = self.layout.options().reset;
        for sequence in 0..self.layout.sequences() {
            let own = sequence * channels * before..(sequence + 1) * channels * before;
            let (first, state) = (&first[own.clone()], &mut state[own]);
            let at = self.layout.stretch(sequence, self.layout.rows(sequence), 0..channels);
            let steps = at.rows.len();
            let is_reset =
                |t: &usize| reset.is_some_and(|all| all[at.rows.start + at.row(*t)] != 0);
            let last = (0..steps).rev().find(is_reset);
            for c in 0..channels {
                let leaving = state[c * before..(c + 1) * before].to_vec();
                let entering = &mut state[c * before..(c + 1) * before];
                let weight = &self.weight[c * width..(c + 1) * width];
                let first = &first[c * before..(c + 1) * before];
                for (j, entering) in entering.iter_mut().enumerate() {
                    let seen = first.iter().rev().take(j + 1);
                    let taps = weight[..=j].iter().rev();
                    *entering = seen.zip(taps).fold(F::zero(), |sum, (&g, &w)| sum + g * w);
                }
                for (i, &gradient) in leaving.iter().enumerate() {
                    match (steps + i).checked_sub(before) {
                        Some(t) if last.is_none_or(|last| last <= t) => {
                            x[(at.rows.start + at.row(t)) * channels + c] += gradient;
                        }
                        None if last.is_none() => entering[steps + i] += gradient,
                        _ => {}
                    }
                }
            }
        }
    }
}
