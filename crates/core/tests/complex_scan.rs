//! The laws of `complex_scan`, and its refusals.

mod support;

support::laws::laws!(Complex, 128);
