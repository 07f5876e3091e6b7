//! The laws of `linear_scan`.

mod support;

support::suite::suite!(Linear, 128);
