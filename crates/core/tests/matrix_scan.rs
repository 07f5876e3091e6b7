//! The laws of `matrix_scan`, and its refusals.

mod support;

support::laws::laws!(Matrix, 128);
