//! The operator `(a, b) then (a', b') = (a'a, a'b + b')` on every complex channel.

use crate::{Carry, Error, Real, carry::is_contraction, dims::check, real::all_finite};

/// The maps `h -> a h + b` of many channels; each array as a real and an imaginary plane.
#[derive(Clone, Debug, PartialEq)]
pub struct ComplexCarry<F> {
    /// The products of the gates, in `f64`: one serves every step of the chunks that follow, so its
    /// rounding would add up where that of a state does not.
    pub a: [Vec<f64>; 2],
    /// The states left behind by a start from zero.
    pub b: [Vec<F>; 2],
}

/// `x y`.
#[inline(always)]
pub(crate) fn times<F: Real>(x: [F; 2], y: [F; 2]) -> [F; 2] {
    [x[0] * y[0] - x[1] * y[1], x[0] * y[1] + x[1] * y[0]]
}

impl<F: Real> ComplexCarry<F> {
    /// An empty stretch: `(1, 0)`.
    pub fn identity(channels: usize) -> Self {
        let zeros = || vec![F::zero(); channels];
        Self { a: [vec![1.0; channels], vec![0.0; channels]], b: [zeros(), zeros()] }
    }
}

/// Fills `out` with `first` then `second`; all arrays `[a.re, a.im, b.re, b.im]` of one length.
pub fn combine<F: Real>(
    first: [&[F]; 4],
    second: [&[F]; 4],
    out: [&mut [F]; 4],
) -> Result<(), Error> {
    let channels = first[0].len();
    for (argument, plane) in [
        ("first.a.im", first[1]),
        ("first.b.re", first[2]),
        ("first.b.im", first[3]),
        ("second.a.re", second[0]),
        ("second.a.im", second[1]),
        ("second.b.re", second[2]),
        ("second.b.im", second[3]),
    ] {
        check(argument, channels, plane.len())?;
    }
    let [first, second] = [first, second].map(|[ar, ai, br, bi]| ComplexCarry {
        a: [ar, ai].map(|plane| plane.iter().map(|x| x.wide()).collect()),
        b: [br.to_vec(), bi.to_vec()],
    });
    store(&[first.then(&second)], out)
}

/// Fills `out` with the planes of `carries`, one carry after the other.
pub(super) fn store<F: Real>(carries: &[ComplexCarry<F>], out: [&mut [F]; 4]) -> Result<(), Error> {
    let expected = carries.iter().map(|carry| carry.b[0].len()).sum();
    let names = ["out.a.re", "out.a.im", "out.b.re", "out.b.im"];
    for (plane, (out, argument)) in out.into_iter().zip(names).enumerate() {
        check(argument, expected, out.len())?;
        if plane < 2 {
            let products = carries.iter().flat_map(|carry| &carry.a[plane]);
            out.iter_mut().zip(products).for_each(|(out, &product)| *out = F::of(product));
        } else {
            let states = carries.iter().flat_map(|carry| &carry.b[plane - 2]);
            out.iter_mut().zip(states).for_each(|(out, &state)| *out = state);
        }
    }
    Ok(())
}

impl<F: Real> Carry<F, 2> for ComplexCarry<F> {
    fn then(&self, next: &Self) -> Self {
        let Self { mut a, mut b } = self.clone();
        for i in 0..a[0].len() {
            let product = times([next.a[0][i], next.a[1][i]], [a[0][i], a[1][i]]);
            [a[0][i], a[1][i]] = product;
        }
        next.apply(b.each_mut().map(Vec::as_mut_slice));
        Self { a, b }
    }

    fn apply(&self, [re, im]: [&mut [F]; 2]) {
        for i in 0..re.len() {
            let [x, y] = times([self.a[0][i], self.a[1][i]], [re[i].wide(), im[i].wide()]);
            re[i] = F::of(x + self.b[0][i].wide());
            im[i] = F::of(y + self.b[1][i].wide());
        }
    }

    fn b(&self) -> [&[F]; 2] {
        self.b.each_ref().map(Vec::as_slice)
    }

    fn is_sound(&self) -> bool {
        let square = |(x, y): (&f64, &f64)| x * x + y * y;
        self.a[0].iter().zip(&self.a[1]).all(|a| is_contraction(square(a)))
            && self.b.iter().all(|plane| all_finite(plane))
    }
}
