//! What a stretch of time does to a state.

use crate::Real;

/// The map `state -> A state + b` of a stretch: `b` is the state it ends in when it starts from 0.
///
/// `S` is the number of planes a state has: one of real numbers, two (`re`, `im`) of complex ones.
pub trait Carry<F: Real, const S: usize>: Send + Sync {
    /// This stretch followed by `next`. Associative; not commutative.
    #[must_use]
    fn then(&self, next: &Self) -> Self;

    /// Moves `state` past the stretch.
    fn apply(&self, state: [&mut [F]; S]);

    /// The state that the stretch leaves when it starts from zero.
    fn b(&self) -> [&[F]; S];

    /// Whether the map may stand for its stretch: `A` amplifies nothing, `b` is finite.
    ///
    /// A map that amplifies also amplifies its rounding, stretch after stretch, where the recurrence
    /// step by step may lose nothing (`a = 2`, `b = -1`, `h = 1`); and `inf * 0` is no state.
    fn is_sound(&self) -> bool;
}

/// So much an `A` may be above 1: the rounding of a product of gates that are all 1 in magnitude.
const SLACK: f64 = 1.0 / 1024.0;

/// The largest magnitude that amplifies nothing.
pub(crate) const LIMIT: f64 = 1.0 + SLACK;

/// Whether a magnitude, given as its square, amplifies nothing. False for NaN.
pub(crate) fn is_contraction(square: f64) -> bool {
    square <= LIMIT * LIMIT
}
