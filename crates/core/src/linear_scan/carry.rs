//! The operator `(a, b) then (a', b') = (a'a, a'b + b')` on every channel.

use crate::{Carry, Error, Real, carry::is_contraction, dims::check, real::all_finite};

/// The maps `h -> a h + b` of many channels.
#[derive(Clone, Debug, PartialEq)]
pub struct LinearCarry<F> {
    /// The products of the gates, in `f64`: one serves every step of the chunks that follow, so its
    /// rounding would add up where that of a state does not.
    pub a: Vec<f64>,
    /// The states left behind by a start from zero.
    pub b: Vec<F>,
}

impl<F: Real> LinearCarry<F> {
    /// An empty stretch: `(1, 0)`.
    pub fn identity(channels: usize) -> Self {
        Self { a: vec![1.0; channels], b: vec![F::zero(); channels] }
    }
}

/// Fills `out` with `first` then `second`; all arrays `[a, b]` of one length.
pub fn combine<F: Real>(
    first: [&[F]; 2],
    second: [&[F]; 2],
    out: [&mut [F]; 2],
) -> Result<(), Error> {
    let channels = first[0].len();
    check("first.b", channels, first[1].len())?;
    check("second.a", channels, second[0].len())?;
    check("second.b", channels, second[1].len())?;
    let [first, second] = [first, second]
        .map(|[a, b]| LinearCarry { a: a.iter().map(|x| x.wide()).collect(), b: b.to_vec() });
    store(&[first.then(&second)], out)
}

/// Fills `out` with the arrays of `carries`, one after the other.
pub(super) fn store<F: Real>(
    carries: &[LinearCarry<F>],
    [a, b]: [&mut [F]; 2],
) -> Result<(), Error> {
    let expected = carries.iter().map(|carry| carry.b.len()).sum();
    check("out.a", expected, a.len())?;
    check("out.b", expected, b.len())?;
    let pieces = a.iter_mut().zip(b);
    let elements = carries.iter().flat_map(|carry| carry.a.iter().zip(&carry.b));
    pieces
        .zip(elements)
        .for_each(|(out, element)| (*out.0, *out.1) = (F::of(*element.0), *element.1));
    Ok(())
}

impl<F: Real> Carry<F, 1> for LinearCarry<F> {
    fn then(&self, next: &Self) -> Self {
        let a = self.a.iter().zip(&next.a).map(|(&a, &next)| next * a).collect();
        let mut b = self.b.clone();
        next.apply([&mut b]);
        Self { a, b }
    }

    fn apply(&self, [state]: [&mut [F]; 1]) {
        for ((h, &a), &b) in state.iter_mut().zip(&self.a).zip(&self.b) {
            *h = F::of(a * h.wide() + b.wide());
        }
    }

    fn b(&self) -> [&[F]; 1] {
        [&self.b]
    }

    fn is_sound(&self) -> bool {
        self.a.iter().all(|a| is_contraction(a * a)) && all_finite(&self.b)
    }
}
