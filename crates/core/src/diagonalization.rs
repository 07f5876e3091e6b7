//! The step of a diagonal plus low-rank system in the basis of its own eigenvectors, where it is diagonal.

use crate::{Engine, Error, dims::check, truncation::Steps};
use nalgebra::{Complex, DMatrix, DVector, Schur};

type C = Complex<f64>;

/// Sweeps after which a Schur form is given up.
const SWEEPS: usize = 10_000;

/// What is found of every channel; complex arrays are two planes.
#[derive(Debug)]
pub struct Diagonal<'a> {
    /// Eigenvalues, `[channels, 2 states]`.
    pub a: [&'a mut [f64]; 2],
    /// Weights of the input, `[channels, 2 states]`.
    pub b: [&'a mut [f64]; 2],
    /// Readouts: `y = Re(c . z)`, `[heads, channels, 2 states]`.
    pub c: [&'a mut [f64]; 2],
    /// How much an error grows on the way there and back, `[channels]`; infinite where there is no way.
    pub condition: &'a mut [f64],
}

/// A channel's eigenvalues and eigenvectors.
struct Basis {
    values: Vec<C>,
    vectors: DMatrix<C>,
    inverse: DMatrix<C>,
    condition: f64,
}

impl Steps<'_> {
    /// Diagonalizes the step with inputs `b` (`[channels, states]`) and readouts `y = 2 Re(c . x)` (`[heads,
    /// channels, states]`).
    pub fn diagonalize(
        &self,
        engine: &Engine,
        b: [&[f64]; 2],
        c: [&[f64]; 2],
        out: Diagonal<'_>,
    ) -> Result<(), Error> {
        let (own, n) = (self.a[0].len(), self.states);
        self.check()?;
        check("b.re", own, b[0].len())?;
        check("b.im", own, b[1].len())?;
        check("c.im", c[0].len(), c[1].len())?;
        for (argument, planes, expected) in
            [("out.a", &out.a, own), ("out.b", &out.b, own), ("out.c", &out.c, c[0].len())]
        {
            check(argument, 2 * expected, planes[0].len())?;
            check(argument, 2 * expected, planes[1].len())?;
        }
        check("out.condition", own / n.max(1), out.condition.len())?;
        if own == 0 {
            return Ok(());
        }
        let channels = own / n;
        let bases = engine.pool().map(0..channels, |channel| Basis::of(self.matrix(channel)));
        for (channel, basis) in bases.iter().enumerate() {
            let from = channel * n..(channel + 1) * n;
            let real = [b[0][from.clone()].to_vec(), b[1][from].to_vec()].concat();
            let gains = &basis.inverse * DVector::from_vec(real).map(C::from);
            for (k, (value, gain)) in basis.values.iter().zip(&gains).enumerate() {
                let to = 2 * channel * n + k;
                (out.a[0][to], out.a[1][to]) = (value.re, value.im);
                (out.b[0][to], out.b[1][to]) = (gain.re, gain.im);
            }
            out.condition[channel] = basis.condition;
        }
        for row in 0..c[0].len() / n {
            // 2 Re(c x) is 2 c.re x.re - 2 c.im x.im.
            let from = row * n..(row + 1) * n;
            let real = c[0][from.clone()].iter().map(|x| 2.0 * x);
            let all = real.chain(c[1][from].iter().map(|x| -2.0 * x)).map(C::from);
            let weights = DVector::from_iterator(2 * n, all);
            let weights = bases[row % channels].vectors.tr_mul(&weights);
            for (k, weight) in weights.iter().enumerate() {
                (out.c[0][2 * row * n + k], out.c[1][2 * row * n + k]) = (weight.re, weight.im);
            }
        }
        Ok(())
    }
}

impl Basis {
    fn of(matrix: DMatrix<f64>) -> Self {
        let size = matrix.nrows();
        Self::found(matrix).unwrap_or_else(|| Self {
            values: vec![C::new(f64::NAN, 0.0); size],
            vectors: DMatrix::zeros(size, size),
            inverse: DMatrix::zeros(size, size),
            condition: f64::INFINITY,
        })
    }

    fn found(matrix: DMatrix<f64>) -> Option<Self> {
        let size = matrix.nrows();
        let schur = Schur::try_new(matrix.map(C::from), f64::EPSILON, SWEEPS)?;
        let (unitary, upper) = schur.unpack();
        let least = f64::EPSILON * upper.norm();
        let mut vectors = DMatrix::<C>::identity(size, size);
        for k in 0..size {
            for i in (0..k).rev() {
                let sum: C = (i + 1..=k).map(|j| upper[(i, j)] * vectors[(j, k)]).sum();
                let gap = upper[(k, k)] - upper[(i, i)];
                let gap = if gap.norm() < least { C::from(least) } else { gap };
                vectors[(i, k)] = sum / gap;
            }
        }
        let mut vectors = unitary * vectors;
        vectors.column_iter_mut().for_each(|mut column| {
            column.normalize_mut();
        });
        let inverse = vectors.clone().try_inverse()?;
        let condition = vectors.norm() * inverse.norm();
        let values = upper.diagonal().iter().copied().collect();
        condition.is_finite().then_some(Self { values, vectors, inverse, condition })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_diagonal_system_has_the_same_kernel() {
        let (a, p, q) =
            ([[0.9, 0.2], [0.1, -0.6]], [[0.1, 0.3], [0.2, 0.0]], [[0.3, 0.1], [-0.1, 0.2]]);
        let steps =
            Steps { states: 2, rank: 1, a: [&a[0], &a[1]], p: [&p[0], &p[1]], q: [&q[0], &q[1]] };
        let (b, c) = ([[1.0, 0.5], [-0.5, 2.0]], [[0.3, -1.0], [0.2, 0.7]]);
        let mut found = [(); 6].map(|()| vec![f64::NAN; 4]);
        let mut condition = [f64::NAN];
        let [ar, ai, br, bi, cr, ci] = found.each_mut().map(|plane| &mut plane[..]);
        let out = Diagonal { a: [ar, ai], b: [br, bi], c: [cr, ci], condition: &mut condition };
        let engine = Engine::new(1, false).unwrap();
        steps.diagonalize(&engine, [&b[0], &b[1]], [&c[0], &c[1]], out).unwrap();
        assert!(condition[0] >= 1.0 && condition[0] < 1e3);
        let mut x = [[b[0][0], b[0][1]], [b[1][0], b[1][1]]];
        for l in 0..8 {
            let want: f64 = (0..2).map(|n| 2.0 * (c[0][n] * x[0][n] - c[1][n] * x[1][n])).sum();
            let at = |planes: &[Vec<f64>], k: usize| C::new(planes[0][k], planes[1][k]);
            let got: C = (0..4)
                .map(|k| at(&found[4..], k) * at(&found, k).powi(l) * at(&found[2..], k))
                .sum();
            assert!((got.re - want).abs() < 1e-13, "{l}: {got} against {want}");
            let sum: f64 = (0..2).map(|n| q[0][n] * x[0][n] - q[1][n] * x[1][n]).sum();
            for n in 0..2 {
                let (re, im) = (x[0][n], x[1][n]);
                x[0][n] = a[0][n] * re - a[1][n] * im - p[0][n] * sum;
                x[1][n] = a[0][n] * im + a[1][n] * re - p[1][n] * sum;
            }
        }
    }
}
