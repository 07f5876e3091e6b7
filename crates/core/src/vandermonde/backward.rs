//! The gradients of such kernels: the polynomial whose coefficients are those of `k`, and its derivative, at
//! `conj a`.

use crate::{Engine, Error, dims::check};
use fearless_simd::{Simd, dispatch};

/// States that are computed at once.
const LANES: usize = 8;

/// Fills the gradients of `a` and `w` (planes `[channels, states]`), given that of the kernels, `[channels, length]`:
/// with `P(z) = scale sum_l dk[l] z^l` those are `conj(w) P'(conj a)` and `P(conj a)`, by Horner's rule.
pub fn backward(
    engine: &Engine,
    [states, length]: [usize; 2],
    scale: f64,
    [a, w]: [[&[f64]; 2]; 2],
    gradient: &[f64],
    [[a_re, a_im], [w_re, w_im]]: [[&mut [f64]; 2]; 2],
) -> Result<(), Error> {
    let count = a[0].len();
    check("a.im", count, a[1].len())?;
    check("w.re", count, w[0].len())?;
    check("w.im", count, w[1].len())?;
    check("gradients.kernel", (count / states.max(1)).saturating_mul(length), gradient.len())?;
    check("out.a.re", count, a_re.len())?;
    check("out.a.im", count, a_im.len())?;
    check("out.w.re", count, w_re.len())?;
    check("out.w.im", count, w_im.len())?;
    if count == 0 || states == 0 {
        return Ok(());
    }
    let of_a = a_re.chunks_exact_mut(states).zip(a_im.chunks_exact_mut(states));
    let of_w = w_re.chunks_exact_mut(states).zip(w_im.chunks_exact_mut(states));
    let mut channels: Vec<_> = of_a.zip(of_w).collect();
    engine.rows(4 * states * length.max(1), 1, &mut channels, |numbers, channels| {
        for (channel, ((a_re, a_im), (w_re, w_im))) in numbers.zip(channels) {
            let gradient = &gradient[channel * length..(channel + 1) * length];
            for first in (0..states).step_by(LANES) {
                let own = first..(first + LANES).min(states);
                let from = channel * states + first..channel * states + own.end;
                let poles = a.map(|plane| &plane[from.clone()]);
                let [value, slope] =
                    dispatch!(engine.level(), simd => horner(simd, poles, gradient));
                for (lane, (k, at)) in own.zip(from).enumerate() {
                    let [p, pi, d, di] =
                        [value[0], value[1], slope[0], slope[1]].map(|plane| scale * plane[lane]);
                    (w_re[k], w_im[k]) = (p, pi);
                    let [x, y] = w.map(|plane| plane[at]);
                    (a_re[k], a_im[k]) = (x * d + y * di, x * di - y * d);
                }
            }
        }
    });
    Ok(())
}

/// `sum_l g[l] z^l` and its derivative at the conjugates of at most as many numbers as there are lanes.
#[inline(always)]
fn horner<S: Simd>(_: S, a: [&[f64]; 2], gradient: &[f64]) -> [[[f64; LANES]; 2]; 2] {
    let [mut zr, mut zi] = [[0.0; LANES]; 2];
    for (k, (&re, &im)) in a[0].iter().zip(a[1]).enumerate() {
        (zr[k], zi[k]) = (re, -im);
    }
    let [mut p, mut pi, mut d, mut di] = [[0.0; LANES]; 4];
    for &g in gradient.iter().rev() {
        for k in 0..LANES {
            let re = d[k] * zr[k] - di[k] * zi[k] + p[k];
            di[k] = d[k] * zi[k] + di[k] * zr[k] + pi[k];
            d[k] = re;
        }
        for k in 0..LANES {
            let re = p[k] * zr[k] - pi[k] * zi[k] + g;
            pi[k] = p[k] * zi[k] + pi[k] * zr[k];
            p[k] = re;
        }
    }
    [[p, pi], [d, di]]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vandermonde::vandermonde;

    fn pairs([a, b, c, d]: &[Vec<f64>; 4]) -> [[&[f64]; 2]; 2] {
        [[a, b], [c, d]]
    }

    #[test]
    fn gradients_are_central_differences() {
        let (channels, states, length) = (2, 11, 17);
        let count = channels * states;
        let numbers = |seed: f64, count: usize, size: f64| -> Vec<f64> {
            (0..count).map(|i| size * (seed + 1.7 * i as f64).sin()).collect()
        };
        let mut planes =
            [0, 1, 2, 3].map(|k| numbers(f64::from(k), count, if k < 2 { 0.7 } else { 1.0 }));
        let gradient = numbers(5.0, channels * length, 1.0);
        let engine = Engine::new(1, false).unwrap();
        let mut out = [(); 4].map(|()| vec![f64::NAN; count]);
        let [a, b, c, d] = out.each_mut().map(Vec::as_mut_slice);
        let given = pairs(&planes);
        backward(&engine, [states, length], 2.0, given, &gradient, [[a, b], [c, d]]).unwrap();
        let loss = |planes: &[Vec<f64>; 4]| {
            let (mut kernel, given) = (vec![f64::NAN; channels * length], pairs(planes));
            vandermonde(&engine, states, length, 2.0, given, &mut kernel).unwrap();
            kernel.iter().zip(&gradient).map(|(k, g)| k * g).sum::<f64>()
        };
        for plane in 0..4 {
            for i in 0..count {
                let own = planes[plane][i];
                planes[plane][i] = own + 1e-6;
                let above = loss(&planes);
                planes[plane][i] = own - 1e-6;
                let slope = (above - loss(&planes)) / 2e-6;
                planes[plane][i] = own;
                let got = out[plane][i];
                assert!((got - slope).abs() < 1e-7, "plane {plane}, {i}: {got}, not {slope}");
            }
        }
    }
}
