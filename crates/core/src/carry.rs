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

    /// Whether `A` and `b` hold no infinity and no NaN.
    fn is_finite(&self) -> bool;
}
