//! The laws of `linear_scan`, and its refusals.

mod support;

support::laws::laws!(Linear, 128);
