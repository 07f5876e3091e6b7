//! Cauchy sums over the states of a channel, at many frequencies at once.

use super::C;
use fearless_simd::{Simd, f64x4, prelude::*};

/// Frequencies that are computed at once.
pub(super) const LANES: usize = 4;

/// Products that share a division: so many that their sums stay in registers.
const TILE: usize = 4;

/// `T` of each product, as two planes of lanes.
pub(super) type Sums = Vec<[[f64; LANES]; 2]>;

/// What a state adds to a tile's sums: its pole, then `Re v` and `Re(v conj lambda)` of each product.
struct Term {
    lambda: [f64; 2],
    weights: [[f64; 2]; TILE],
}

/// The states of a channel, once for each tile.
pub(super) struct Terms {
    tiles: Vec<Vec<Term>>,
}

impl Terms {
    pub(super) fn new(products: usize) -> Self {
        let tiles = std::iter::repeat_with(Vec::new).take(products.div_ceil(TILE)).collect();
        Self { tiles }
    }

    /// Adds the state of the pole `lambda`.
    pub(super) fn push(&mut self, lambda: C, products: impl Iterator<Item = C>) {
        let mut products = products.map(|v| [v.re, (v * lambda.conj()).re]);
        for tile in &mut self.tiles {
            let weights = [(); TILE].map(|()| products.next().unwrap_or_default());
            tile.push(Term { lambda: [lambda.re, lambda.im], weights });
        }
    }

    /// Fills the sums of angles given as cosine and sine, to be called with no more than there are lanes; lanes
    /// without an angle hold those of an angle of 0.
    #[inline(always)]
    pub(super) fn fill<S: Simd>(&self, simd: S, angles: &[[f64; 2]], sums: &mut Sums) {
        let (mut cos, mut sin) = ([1.0; LANES], [0.0; LANES]);
        for (lane, &[c, s]) in angles.iter().enumerate() {
            (cos[lane], sin[lane]) = (c, 2.0 * s);
        }
        let [cos, sin] = [cos, sin].map(|x| f64x4::from_slice(simd, &x));
        sums.clear();
        for tile in &self.tiles {
            for planes in summed(simd, tile, cos, sin) {
                let mut out = [[0.0; LANES]; 2];
                for (plane, out) in planes.iter().zip(&mut out) {
                    plane.store_slice(out);
                }
                sums.push(out);
            }
        }
    }
}

/// The sums of a tile; `sin` is twice the sine.
#[inline(always)]
fn summed<S: Simd>(simd: S, tile: &[Term], cos: f64x4<S>, sin: f64x4<S>) -> [[f64x4<S>; 2]; TILE] {
    let v = |x: f64| f64x4::splat(simd, x);
    let mut sums = [[v(0.0); 2]; TILE];
    for Term { lambda: [a, b], weights } in tile {
        let (ca, cb) = (cos * v(*a), cos * v(*b));
        // (i s - c lambda) (i s - c conj lambda): near a resonance a difference of squares would lose digits.
        let re = ca * ca + (cb - sin) * (cb + sin);
        let im = v(-2.0) * sin * ca;
        let inverse = v(2.0) / (re * re + im * im);
        let (re, im) = (re * inverse, im * inverse);
        let (by_sin, by_cos) = ([sin * re, sin * im], [cos * re, cos * im]);
        for ([re, im], [alpha, beta]) in sums.iter_mut().zip(weights) {
            let (alpha, beta) = (v(*alpha), v(*beta));
            *re += alpha * by_sin[1] - beta * by_cos[0];
            *im += alpha * by_sin[0] + beta * by_cos[1];
        }
    }
    sums
}
