//! The number types of cases.

use realfft::FftNum;
use ssm_scan_core::Real;

pub(crate) trait Number: Real + FftNum {
    /// How the names of their files end.
    const END: &str;
}

impl Number for f32 {
    const END: &str = "f32";
}

impl Number for f64 {
    const END: &str = "f64";
}
