//! One time-invariant diagonal SSM with one input and one output, in three ways:
//! `x[t] = a x[t-1] + b u[t]`, `y[t] = Re(sum of c x[t])`.

pub(crate) mod convolution;
mod kernel;
pub(crate) mod recurrence;
pub(crate) mod scan;
