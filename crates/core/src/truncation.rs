//! Readouts that see but the first steps of a kernel: `c (I - A^length)`, and back.
//!
//! A kernel's values at the roots of unity are those of a kernel that is cut off after `length` steps; S4
//! keeps the readout of that one (Gu et al. 2022, arXiv:2111.00396, lemma C.1).

use crate::{Engine, Error, dims::check};
use nalgebra::{DMatrix, DVector};

/// The step `x -> a x - sum_r p_r Re(q_r . x)` of every channel, complex arrays as two planes.
#[derive(Clone, Copy, Debug)]
pub struct Steps<'a> {
    /// States of a channel.
    pub states: usize,
    /// Columns of `p` and `q`.
    pub rank: usize,
    /// `[channels, states]`.
    pub a: [&'a [f64]; 2],
    /// `[channels, rank, states]`.
    pub p: [&'a [f64]; 2],
    /// `[channels, rank, states]`.
    pub q: [&'a [f64]; 2],
}

impl Steps<'_> {
    /// Replaces the readouts `c` (planes `[heads, channels, states]`) by `c (I - A^length)`, or by what had
    /// to be multiplied by that to give them where `back`.
    pub fn truncate(
        &self,
        engine: &Engine,
        length: u64,
        back: bool,
        c: [&mut [f64]; 2],
    ) -> Result<(), Error> {
        let (own, n) = (self.a[0].len(), self.states);
        self.check()?;
        check("out.c.im", c[0].len(), c[1].len())?;
        if own == 0 || n == 0 {
            return Ok(());
        }
        let channels = own / n;
        let maps = engine.pool().map(0..channels, |channel| {
            let power = power(self.matrix(channel), length);
            let map = (DMatrix::identity(2 * n, 2 * n) - power).transpose();
            if back {
                map.lu().try_inverse().unwrap_or_else(|| DMatrix::repeat(2 * n, 2 * n, f64::NAN))
            } else {
                map
            }
        });
        let [re, im] = c;
        for (i, (re, im)) in re.chunks_exact_mut(n).zip(im.chunks_exact_mut(n)).enumerate() {
            // Re(c x) is c.re x.re - c.im x.im.
            let row =
                DVector::from_iterator(2 * n, re.iter().copied().chain(im.iter().map(|x| -x)));
            let row = &maps[i % channels] * row;
            for k in 0..n {
                (re[k], im[k]) = (row[k], -row[n + k]);
            }
        }
        Ok(())
    }

    /// Checks the lengths of all planes against the first.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let own = self.a[0].len();
        check("a.im", own, self.a[1].len())?;
        for (names, planes) in [(["p.re", "p.im"], self.p), (["q.re", "q.im"], self.q)] {
            check(names[0], own * self.rank, planes[0].len())?;
            check(names[1], own * self.rank, planes[1].len())?;
        }
        Ok(())
    }

    /// A channel's step as a real matrix on `[re, im]`.
    pub(crate) fn matrix(&self, channel: usize) -> DMatrix<f64> {
        let n = self.states;
        let mut step = DMatrix::zeros(2 * n, 2 * n);
        for k in 0..n {
            let [re, im] = self.a.map(|plane| plane[channel * n + k]);
            step[(k, k)] = re;
            step[(k, n + k)] = -im;
            step[(n + k, k)] = im;
            step[(n + k, n + k)] = re;
        }
        for r in 0..self.rank {
            let own = (channel * self.rank + r) * n..(channel * self.rank + r + 1) * n;
            let column = self.p.map(|plane| &plane[own.clone()]).concat();
            let row =
                self.q[0][own.clone()].iter().copied().chain(self.q[1][own].iter().map(|x| -x));
            let row: Vec<f64> = row.collect();
            step -= DVector::from_vec(column) * DVector::from_vec(row).transpose();
        }
        step
    }
}

/// By repeated squaring.
fn power(mut base: DMatrix<f64>, mut exponent: u64) -> DMatrix<f64> {
    let mut result = DMatrix::identity(base.nrows(), base.nrows());
    while exponent > 0 {
        if !exponent.is_multiple_of(2) {
            result = &result * &base;
        }
        exponent /= 2;
        if exponent > 0 {
            base = &base * &base;
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn back_is_the_inverse_and_the_rest_of_the_kernel_is_what_is_cut() {
        let (a, p, q) =
            ([[0.9, 0.2], [0.1, -0.6]], [[0.1, 0.3], [0.2, 0.0]], [[0.3, 0.1], [-0.1, 0.2]]);
        let steps =
            Steps { states: 2, rank: 1, a: [&a[0], &a[1]], p: [&p[0], &p[1]], q: [&q[0], &q[1]] };
        let engine = Engine::new(1, false).unwrap();
        let c = [vec![1.0, -2.0], vec![0.5, 0.25]];
        let mut cut = c.clone();
        let run = |c: &mut [Vec<f64>; 2], back| {
            steps.truncate(&engine, 5, back, c.each_mut().map(Vec::as_mut_slice)).unwrap();
        };
        run(&mut cut, false);
        // The same product, step by step on a state.
        let x0 = [[0.7, -0.4], [0.3, 1.1]];
        let mut x = x0;
        for _ in 0..5 {
            let sum: f64 = (0..2).map(|n| q[0][n] * x[0][n] - q[1][n] * x[1][n]).sum();
            for n in 0..2 {
                let (re, im) = (x[0][n], x[1][n]);
                x[0][n] = a[0][n] * re - a[1][n] * im - p[0][n] * sum;
                x[1][n] = a[0][n] * im + a[1][n] * re - p[1][n] * sum;
            }
        }
        let read = |c: &[Vec<f64>; 2], x: &[[f64; 2]; 2]| -> f64 {
            (0..2).map(|n| c[0][n] * x[0][n] - c[1][n] * x[1][n]).sum()
        };
        assert!((read(&cut, &x0) - (read(&c, &x0) - read(&c, &x))).abs() < 1e-14);
        run(&mut cut, true);
        for (cut, c) in cut.iter().flatten().zip(c.iter().flatten()) {
            assert!((cut - c).abs() < 1e-12);
        }
    }
}
