//! The laws of `matrix_scan`.

mod support;

support::suite::suite!(Matrix, 128);
