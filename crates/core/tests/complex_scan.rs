//! The laws of `complex_scan`.

mod support;

support::suite::suite!(Complex, 128);
