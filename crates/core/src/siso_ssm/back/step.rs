//! One step backwards, and sums of what steps give.

use super::{Channel, Planes};
use crate::{
    Real,
    siso_ssm::kernel::{self, LANES, dot},
};
use fearless_simd::Simd;

impl<F: Real> Channel<F> {
    /// The `k`th of the steps whose states are kept: moves the carry before it, returns the gradient of its input.
    #[inline(always)]
    pub(super) fn step<S: Simd>(&mut self, simd: S, k: usize, [u, dy]: [F; 2], shifted: bool) -> F {
        let kernel::Channel { a, b, c, p, q, .. } = &self.system;
        let before = &self.before[k];
        let read = &self.before[if shifted { k } else { k + 1 }];
        let [now, later] = if shifted { [F::zero(), dy] } else { [dy, F::zero()] };
        let [of_a, of_b, of_c, of_p, of_q] = &mut self.sums;
        let blocks = a[0].len();
        let mut input = [F::zero(); LANES];
        for block in 0..blocks {
            let [br, bi] = at(b, block);
            let ([cr, ci], [x, y]) = (at(c, block), at(read, block));
            let ([mut g, mut gi], [mut sbr, mut sbi]) = (at(&self.carry, block), at(of_b, block));
            let [mut scr, mut sci] = at(of_c, block);
            for i in 0..LANES {
                g[i] += now * cr[i];
                gi[i] -= now * ci[i];
                input[i] += br[i] * g[i] + bi[i] * gi[i];
                sbr[i] += u * g[i];
                sbi[i] += u * gi[i];
                scr[i] += dy * x[i];
                sci[i] -= dy * y[i];
            }
            put(&mut self.carry, block, [g, gi]);
            put(of_b, block, [sbr, sbi]);
            put(of_c, block, [scr, sci]);
        }
        for (r, slope) in self.slopes.iter_mut().enumerate() {
            let own = r * blocks..(r + 1) * blocks;
            let [p, q] = [p, q].map(|planes| planes.each_ref().map(|plane| &plane[own.clone()]));
            let sum = dot(simd, &q, before);
            *slope = -along(simd, &p, &self.carry);
            for (block, low) in own.enumerate() {
                let ([g, gi], [x, y]) = (at(&self.carry, block), at(before, block));
                let ([mut spr, mut spi], [mut sqr, mut sqi]) = (at(of_p, low), at(of_q, low));
                for i in 0..LANES {
                    spr[i] -= sum * g[i];
                    spi[i] -= sum * gi[i];
                    sqr[i] += *slope * x[i];
                    sqi[i] -= *slope * y[i];
                }
                put(of_p, low, [spr, spi]);
                put(of_q, low, [sqr, sqi]);
            }
        }
        for block in 0..blocks {
            let ([ar, ai], [x, y]) = (at(a, block), at(before, block));
            let ([cr, ci], [g, gi]) = (at(c, block), at(&self.carry, block));
            let [mut sar, mut sai] = at(of_a, block);
            let [mut re, mut im] = [[F::zero(); LANES]; 2];
            for i in 0..LANES {
                sar[i] += g[i] * x[i] + gi[i] * y[i];
                sai[i] += gi[i] * x[i] - g[i] * y[i];
                re[i] = ar[i] * g[i] + ai[i] * gi[i] + later * cr[i];
                im[i] = ar[i] * gi[i] - ai[i] * g[i] - later * ci[i];
            }
            for (r, &slope) in self.slopes.iter().enumerate() {
                let [qr, qi] = at(q, r * blocks + block);
                for i in 0..LANES {
                    re[i] += slope * qr[i];
                    im[i] -= slope * qi[i];
                }
            }
            put(of_a, block, [sar, sai]);
            put(&mut self.carry, block, [re, im]);
        }
        input.into_iter().fold(F::zero(), |sum, x| sum + x)
    }

    /// Moves the sums of some steps to those of all.
    pub(super) fn add_up(&mut self, states: usize) {
        let blocks = self.carry[0].len();
        // The first two rows are the carry's.
        let mut rows = self.exact.chunks_exact_mut(states).skip(2);
        for planes in &mut self.sums {
            for plane in planes {
                for row in plane.chunks_mut(blocks) {
                    let exact = rows.next().into_iter().flatten();
                    exact.zip(row.as_flattened()).for_each(|(sum, x)| *sum += x.wide());
                    row.fill([F::zero(); LANES]);
                }
            }
        }
        for plane in &mut self.carry {
            plane.as_flattened_mut().iter_mut().for_each(|x| *x = x.flushed());
        }
    }
}

/// Both parts of a block.
#[inline(always)]
fn at<F: Real>(planes: &Planes<F>, block: usize) -> [[F; LANES]; 2] {
    [planes[0][block], planes[1][block]]
}

#[inline(always)]
fn put<F: Real>(planes: &mut Planes<F>, block: usize, [re, im]: [[F; LANES]; 2]) {
    (planes[0][block], planes[1][block]) = (re, im);
}

/// `Re(conj(x) . y)`.
#[inline(always)]
fn along<S: Simd, F: Real>(_: S, x: &[&[[F; LANES]]; 2], y: &Planes<F>) -> F {
    let mut sums = [F::zero(); LANES];
    for ((x, xi), (y, yi)) in x[0].iter().zip(x[1]).zip(y[0].iter().zip(&y[1])) {
        for i in 0..LANES {
            sums[i] += x[i] * y[i] + xi[i] * yi[i];
        }
    }
    sums.into_iter().fold(F::zero(), |sum, x| sum + x)
}
