//! How soon a recurrence forgets the state it started from.

use crate::{Real, layout::Stretch};

/// When the last bit that depends on a start is gone: of 64 columns at a power of 1.2 (gates of 0.5 to 0.999), 1.4
/// at the most.
pub(crate) const LAST_BIT: f64 = 1.6;

/// How many steps of a stretch it takes until every column's product of magnitudes is less than what `F` can tell
/// from 1, to the power of [`LAST_BIT`]. `advance` multiplies the products by the magnitudes of a row, or a `power` of them.
///
/// Given up early where the decay so far would take too long.
pub(crate) fn reach<F: Real>(
    power: f64,
    at: &Stretch,
    mut advance: impl FnMut(usize, &mut [f64]),
) -> Option<usize> {
    /// So many steps are looked at together.
    const LOOK: usize = 64;
    let forgotten = power * LAST_BIT * F::epsilon().wide().ln();
    let (mut products, steps) = (vec![1.0; at.columns.len()], at.rows.len());
    for last in (LOOK..=steps).step_by(LOOK) {
        for step in last - LOOK..last {
            advance(at.row(step), &mut products);
        }
        let slowest = products.iter().fold(0.0, |x: f64, &y| x.max(y)).ln();
        if slowest <= forgotten {
            return Some(last);
        }
        if slowest * steps as f64 > forgotten * last as f64 {
            return None;
        }
    }
    None
}
