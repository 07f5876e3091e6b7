//! What a call takes, and the check of it.

use crate::{Dims, Error, Real, dims::check};
use std::ops::Range;

/// The sizes beside those of the signals.
#[derive(Clone, Copy, Debug)]
pub struct Sizes {
    /// States of a channel.
    pub states: usize,
    /// Groups of channels that share `B` and `C`; absent where both may be the same at every step.
    pub groups: Option<usize>,
}

/// The arrays of a call; `a`, `b` and `c` have `P` planes.
#[derive(Clone, Copy, Debug)]
pub struct Inputs<'a, F, const P: usize> {
    /// The signal, `[batch, length, channels]`.
    pub u: &'a [F],
    /// The step sizes, `[batch, length, channels]`.
    pub dt: &'a [F],
    /// The poles, `[channels, states]`.
    pub a: [&'a [F]; P],
    /// What inputs do to states: `[batch, length, groups, states]` or `[channels, states]`.
    pub b: [&'a [F]; P],
    /// What is read of states: `[batch, length, groups, states]` or `[channels, states]`.
    pub c: [&'a [F]; P],
    /// What of the signal is added to the output, `[channels]`.
    pub d: Option<&'a [F]>,
    /// What the output is gated by, `[batch, length, channels]`.
    pub z: Option<&'a [F]>,
    /// What is added to the step sizes, `[channels]`.
    pub dt_bias: Option<&'a [F]>,
    /// Whether the step sizes are `softplus(dt + dt_bias)`.
    pub softplus: bool,
}

/// Which of `B` and `C` are the same at every step, and the groups of those that are not.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spread {
    pub(super) groups: usize,
    pub(super) has_fixed_b: bool,
    pub(super) has_fixed_c: bool,
}

impl<'a, F: Real, const P: usize> Inputs<'a, F, P> {
    /// Checks every length.
    pub(super) fn check(&self, dims: Dims, sizes: Sizes) -> Result<Spread, Error> {
        let (signal, channels) = (dims.signal(), dims.channels);
        let weights = channels.saturating_mul(sizes.states);
        let groups = sizes.groups.unwrap_or(1);
        if groups == 0 {
            return Err(Error::Layout("`groups` must be at least 1, got 0".into()));
        }
        let varying = dims.rows().saturating_mul(groups).saturating_mul(sizes.states);
        check("u", signal, self.u.len())?;
        check("dt", signal, self.dt.len())?;
        for (name, plane) in names::<P>(["A", "A.re", "A.im"]).into_iter().zip(self.a) {
            check(name, weights, plane.len())?;
        }
        let is_fixed = |all: [&'static str; 3], planes: [&[F]; P]| {
            let is_fixed = match planes[0].len() {
                n if n == varying && (n != weights || sizes.groups.is_some()) => false,
                n if n == weights => true,
                actual => {
                    let expected = format!(
                        "{varying} (of {groups} groups at each step) or {weights} (of each channel)"
                    );
                    let argument = all[usize::from(P > 1)];
                    return Err(Error::Length { argument, expected, actual });
                }
            };
            for (name, plane) in names::<P>(all).into_iter().zip(planes) {
                check(name, planes[0].len(), plane.len())?;
            }
            Ok(is_fixed)
        };
        let has_fixed_b = is_fixed(["B", "B.re", "B.im"], self.b)?;
        let has_fixed_c = is_fixed(["C", "C.re", "C.im"], self.c)?;
        check("D", channels, self.d.map_or(channels, <[F]>::len))?;
        check("z", signal, self.z.map_or(signal, <[F]>::len))?;
        check("dtBias", channels, self.dt_bias.map_or(channels, <[F]>::len))?;
        Ok(Spread { groups, has_fixed_b, has_fixed_c })
    }

    /// The inputs of some rows.
    pub(super) fn part(
        self,
        rows: Range<usize>,
        channels: usize,
        spread: Spread,
        states: usize,
    ) -> Self {
        let cut = |data: &'a [F], width: usize| &data[rows.start * width..rows.end * width];
        let width = spread.groups * states;
        Self {
            u: cut(self.u, channels),
            dt: cut(self.dt, channels),
            z: self.z.map(|z| cut(z, channels)),
            b: if spread.has_fixed_b { self.b } else { self.b.map(|plane| cut(plane, width)) },
            c: if spread.has_fixed_c { self.c } else { self.c.map(|plane| cut(plane, width)) },
            ..self
        }
    }
}

/// The names of an argument's planes.
fn names<const P: usize>([whole, re, im]: [&'static str; 3]) -> [&'static str; P] {
    let mut names = if P == 1 { [whole, whole] } else { [re, im] }.into_iter();
    [(); P].map(|()| names.next().unwrap_or(whole))
}
