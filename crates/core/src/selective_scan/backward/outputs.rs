//! The arrays that gradients go to: their check, their pieces, and the sums of what jobs have found.

use super::{super::SelectiveScan, Cotangents, Gradients, job::Call, sums::Ledger};
use crate::{Engine, Error, Real, dims::check, rows::RowsMut};
use std::ops::Range;

/// The names of the planes of `A`, `B`, `C` and `state`.
type Names = [&'static str; 3];

impl<F: Real, const P: usize> SelectiveScan<'_, F, P> {
    pub(super) fn check_gradients(
        &self,
        cotangents: &Cotangents<'_, F, P>,
        state: &[&mut [F]; P],
        out: &Gradients<'_, F, P>,
    ) -> Result<(), Error> {
        let (inputs, given) = (&self.inputs, |input: Option<&[F]>| input.map_or(0, <[F]>::len));
        let planes = |[whole, re, im]: Names, wanted: [usize; P], found: [usize; P]| {
            let names = if P == 1 { [whole; 2] } else { [re, im] };
            let sizes = wanted.into_iter().zip(found);
            names
                .into_iter()
                .zip(sizes)
                .try_for_each(|(name, (wanted, found))| check(name, wanted, found))
        };
        let of = |planes: [&[F]; P]| planes.map(<[F]>::len);
        let made = |planes: &[&mut [F]; P]| planes.each_ref().map(|plane| plane.len());
        check("gradients.y", self.dims.signal(), cotangents.y.len())?;
        if let Some(entering) = cotangents.entering {
            planes(["state", "state.re", "state.im"], [self.state(); P], of(entering))?;
        }
        let names = ["gradients.state", "gradients.state.re", "gradients.state.im"];
        planes(names, [self.state(); P], made(state))?;
        check("out.u", inputs.u.len(), out.u.len())?;
        check("out.dt", inputs.dt.len(), out.dt.len())?;
        planes(["out.A", "out.A.re", "out.A.im"], of(inputs.a), made(&out.a))?;
        planes(["out.B", "out.B.re", "out.B.im"], of(inputs.b), made(&out.b))?;
        planes(["out.C", "out.C.re", "out.C.im"], of(inputs.c), made(&out.c))?;
        check("out.D", given(inputs.d), out.d.len())?;
        check("out.z", given(inputs.z), out.z.len())?;
        check("out.dtBias", given(inputs.dt_bias), out.dt_bias.len())
    }
}

/// Rows of `depth` elements a column, or of nothing, cut into spans of columns.
pub(super) fn pieces<F: Real>(
    data: &mut [F],
    columns: usize,
    span: usize,
    depth: usize,
) -> Vec<RowsMut<'_, F>> {
    if data.is_empty() { Vec::new() } else { RowsMut::blocks(data, columns, span, depth) }
}

/// Rows of nothing.
pub(super) fn none<'a, F: Real>() -> RowsMut<'a, F> {
    RowsMut::Whole { data: &mut [], width: 0, streams: false }
}

impl<F: Real, const P: usize> Call<'_, F, P> {
    /// Adds up what jobs have found, those of all spans of the first part first.
    pub(super) fn add_up(
        &self,
        engine: &Engine,
        (parts, spans): (&[Range<usize>], &[Range<usize>]),
        ledgers: &[Ledger<F, P>],
        out: Gradients<'_, F, P>,
    ) {
        let spread = self.scan.spread;
        for (i, span) in spans.iter().enumerate() {
            let own = || ledgers.iter().skip(i).step_by(spans.len());
            self.of_channels(span, own().map(|ledger| &ledger.of_channels[0]), out.d);
            self.of_channels(span, own().map(|ledger| &ledger.of_channels[1]), out.dt_bias);
        }
        let fixed = [true, spread.has_fixed_b, spread.has_fixed_c];
        for (k, planes) in [out.a, out.b, out.c].into_iter().enumerate() {
            for (p, plane) in planes.into_iter().enumerate() {
                if !fixed[k] {
                    self.of_steps(engine, (parts, spans), ledgers, (k - 1, p), plane);
                    continue;
                }
                plane.fill(F::zero());
                for (i, span) in spans.iter().enumerate() {
                    let own = ledgers.iter().skip(i).step_by(spans.len());
                    self.of_states(span, own.map(|ledger| &ledger.of_states[k][p]), plane);
                }
            }
        }
    }

    /// `[channels]`, if there is such an input.
    fn of_channels<'l>(
        &self,
        span: &Range<usize>,
        sums: impl Iterator<Item = &'l Vec<f64>> + Clone,
        out: &mut [F],
    ) {
        if out.is_empty() {
            return;
        }
        let mut first = 0;
        for block in self.table.blocks(span).unwrap_or(&[]) {
            for (lane, c) in block.columns.clone().enumerate() {
                out[c] = F::of(sums.clone().map(|sums| sums[first + lane]).fold(0.0, |x, y| x + y));
            }
            first += block.width;
        }
    }

    /// `[channels, states]`.
    fn of_states<'l>(
        &self,
        span: &Range<usize>,
        sums: impl Iterator<Item = &'l Vec<f64>> + Clone,
        out: &mut [F],
    ) {
        let states = self.scan.states;
        let mut first = 0;
        for block in self.table.blocks(span).unwrap_or(&[]) {
            for (lane, c) in block.columns.clone().enumerate() {
                for n in 0..states {
                    let at = first * states + n * block.width + lane;
                    out[c * states + n] =
                        F::of(sums.clone().map(|sums| sums[at]).fold(0.0, |x, y| x + y));
                }
            }
            first += block.width;
        }
    }

    /// `[rows, groups, states]`: what all spans have of a group, in their order.
    fn of_steps(
        &self,
        engine: &Engine,
        (parts, spans): (&[Range<usize>], &[Range<usize>]),
        ledgers: &[Ledger<F, P>],
        (of, plane): (usize, usize),
        out: &mut [F],
    ) {
        let (layout, states) = (&self.scan.layout, self.scan.states);
        let width = self.scan.spread.groups * states;
        if out.is_empty() {
            return;
        }
        out.fill(F::zero());
        for (part, ledgers) in parts.iter().zip(ledgers.chunks(spans.len().max(1))) {
            let rows = layout.padded(part.start).start..layout.padded(part.end - 1).end;
            let own = &mut out[rows.start * width..rows.end * width];
            engine.rows(spans.len(), width, own, |rows, out| {
                for (span, ledger) in spans.iter().zip(ledgers) {
                    let groups = self.groups(span);
                    let size = groups.len() * states;
                    let sums = &ledger.of_steps[of][plane][rows.start * size..];
                    for (out, sums) in out.chunks_exact_mut(width).zip(sums.chunks_exact(size)) {
                        let out = &mut out[groups.start * states..][..size];
                        out.iter_mut().zip(sums).for_each(|(out, sum)| *out += *sum);
                    }
                }
            });
        }
    }
}
