//! What a call is made of.

/// Axis sizes.
#[derive(Clone, Copy, Debug)]
pub struct Sizes {
    /// Sequences.
    pub batch: usize,
    /// Steps.
    pub length: usize,
    /// Heads.
    pub heads: usize,
    /// Channels of a head.
    pub head_dim: usize,
    /// States of a channel.
    pub states: usize,
    /// Groups of heads that share `B` and `C`.
    pub groups: usize,
}

/// The arrays that a call reads.
#[derive(Clone, Copy, Debug)]
pub struct Inputs<'a, F> {
    /// `[batch, length, heads, head_dim]`.
    pub x: &'a [F],
    /// `[batch, length, heads]`.
    pub dt: &'a [F],
    /// `[heads]`.
    pub a: &'a [F],
    /// `[batch, length, groups, states]`.
    pub b: &'a [F],
    /// `[batch, length, groups, states]`.
    pub c: &'a [F],
    /// `[heads]` or `[heads, head_dim]`.
    pub d: Option<&'a [F]>,
    /// `[batch, length, heads, head_dim]`.
    pub z: Option<&'a [F]>,
    /// `[heads]`.
    pub dt_bias: Option<&'a [F]>,
}

/// How steps are taken.
#[derive(Clone, Copy, Debug)]
pub struct Steps {
    /// Whether step sizes are the softplus of what is given.
    pub softplus: bool,
    /// The least and the largest step size.
    pub limit: [f64; 2],
    /// Steps of a chunk; 0 where the sizes may tell.
    pub chunk: usize,
}
