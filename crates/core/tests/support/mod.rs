//! What the tests share: random calls, the definition that judges them, the laws of every operator.
#![allow(dead_code, unused_imports, unused_macros, reason = "each test file uses its own part")]

mod build;
mod call;
pub(crate) mod carries;
mod complex;
pub(crate) mod convolution;
mod definition;
mod engines;
pub(crate) mod laws;
mod linear;
mod matrix;
mod operator;
mod random;
mod spec;
pub(crate) mod ssd;
pub(crate) mod ssd_backward;
pub(crate) mod suite;

pub(crate) use build::{constant, noisy, quiet, random, scaling};
pub(crate) use call::{Call, Output, Planes, pick};
pub(crate) use complex::Complex;
pub(crate) use definition::{bound, definition, error, truth};
pub(crate) use engines::{best, engines, levels};
pub(crate) use linear::Linear;
pub(crate) use matrix::Matrix;
pub(crate) use operator::{Operator, run};
pub(crate) use random::Random;
pub(crate) use spec::{Gates, Spec, config};
