//! How soon a call forgets the state it started from.

use super::SelectiveScan;
use crate::{Real, forget::LAST_BIT, layout::Stretch};

/// See [`crate::driver::Operator::reach`]: as [`crate::forget`], but for gates that are exponentials of sums.
pub(super) fn reach<F: Real, const P: usize>(
    call: &SelectiveScan<'_, F, P>,
    at: &Stretch,
) -> Option<usize> {
    /// So many steps are looked at together.
    const LOOK: usize = 64;
    let (states, inputs) = (call.states, &call.inputs);
    let slowest = |c: usize| {
        let own = &inputs.a[0][c * states..(c + 1) * states];
        own.iter().fold(f64::NEG_INFINITY, |x, y| x.max(y.wide()))
    };
    let slowest: Vec<f64> = at.columns.clone().map(slowest).collect();
    let forgotten = LAST_BIT * F::epsilon().wide().ln();
    let (mut elapsed, steps) = (vec![0.0; at.columns.len()], at.rows.len());
    for last in (LOOK..=steps).step_by(LOOK) {
        for step in last - LOOK..last {
            let row = (at.rows.start + at.row(step)) * call.dims.channels;
            for (sum, c) in elapsed.iter_mut().zip(at.columns.clone()) {
                let dt =
                    inputs.dt[row + c].wide() + inputs.dt_bias.map_or(0.0, |bias| bias[c].wide());
                *sum += if inputs.softplus { dt.max(0.0) + (-dt.abs()).exp().ln_1p() } else { dt };
            }
        }
        let powers = elapsed.iter().zip(&slowest).map(|(sum, rate)| sum * rate);
        // NaN is not forgotten.
        let most = powers.fold(f64::NEG_INFINITY, |x, y| if x >= y { x } else { y });
        if most <= forgotten {
            return Some(last);
        }
        let will_be = most * steps as f64 / last as f64;
        if will_be.is_nan() || will_be > forgotten {
            return None;
        }
    }
    None
}
