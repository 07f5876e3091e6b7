//! What can be done to an element.

/// What is done to an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Function {
    /// `x`.
    Identity,
    /// `x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3)))`.
    Gelu,
    /// `x/2 (1 + erf(x / sqrt 2))`.
    GeluErf,
    /// `x sigmoid(x)`.
    Silu,
    /// `1 / (1 + exp(-x))`.
    Sigmoid,
    /// `tanh(x)`.
    Tanh,
    /// `max(x, 0)`.
    Relu,
    /// The derivative of [`Gelu`](Self::Gelu).
    GeluSlope,
    /// The derivative of [`GeluErf`](Self::GeluErf).
    GeluErfSlope,
    /// The derivative of [`Silu`](Self::Silu).
    SiluSlope,
    /// The derivative of [`Sigmoid`](Self::Sigmoid).
    SigmoidSlope,
    /// The derivative of [`Tanh`](Self::Tanh).
    TanhSlope,
    /// The derivative of [`Relu`](Self::Relu), 0 at 0.
    ReluSlope,
    /// `1 / x`.
    Reciprocal,
    /// The derivative of [`Reciprocal`](Self::Reciprocal).
    ReciprocalSlope,
    /// `exp(x)`.
    Exp,
    /// `ln(1 + exp(x))`.
    Softplus,
}

/// All of them, in the order of the numbers that bindings know them by.
pub const FUNCTIONS: [Function; 17] = [
    Function::Identity,
    Function::Gelu,
    Function::GeluErf,
    Function::Silu,
    Function::Sigmoid,
    Function::Tanh,
    Function::Relu,
    Function::GeluSlope,
    Function::GeluErfSlope,
    Function::SiluSlope,
    Function::SigmoidSlope,
    Function::TanhSlope,
    Function::ReluSlope,
    Function::Reciprocal,
    Function::ReciprocalSlope,
    Function::Exp,
    Function::Softplus,
];
