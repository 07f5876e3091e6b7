//! Bits of a call's `flags`.

/// [`Options::reverse`](super::Options::reverse).
pub const REVERSE: u32 = 1;
/// [`Options::deterministic`](super::Options::deterministic).
pub const DETERMINISTIC: u32 = 2;
/// [`DiagonalSsm::adding`](crate::diagonal_ssm::DiagonalSsm::adding).
pub const ADDS: u32 = 4;
/// [`Sampling::shifted`](crate::diagonal_ssm::Sampling::shifted).
pub const SHIFTED: u32 = 8;
/// [`Method::Bilinear`](super::Method::Bilinear).
pub const BILINEAR: u32 = 16;
/// [`DenseWeights::transposed`](crate::dense::DenseWeights::transposed).
pub const TRANSPOSED: u32 = 32;
/// [`Statistics::Rms`](crate::norm::Statistics::Rms).
pub const RMS: u32 = 64;
/// [`Operand::transposed`](super::Operand::transposed) of a product's second factor; that of the first is
/// [`TRANSPOSED`].
pub const TRANSPOSED_SECOND: u32 = 512;
/// [`selective_scan::Inputs::softplus`](crate::selective_scan::Inputs::softplus).
pub const SOFTPLUS: u32 = 128;
/// What leaves is what enters: states stand where those that leave will, and none are copied there.
pub const IN_PLACE: u32 = 1024;
