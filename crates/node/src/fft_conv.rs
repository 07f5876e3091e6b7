//! [`ssm_scan_core::fft_conv`] for Node.

use crate::{
    engine::Engine,
    error::{Result, thrown},
    view::{Arguments, View, with_real},
};
use napi_derive::napi;
use ssm_scan_core::{
    binding::{dims, flag, reach},
    fft_conv::FftConv,
};

/// Binds [`FftConv::run`]; fills (or adds to) `y`.
#[napi(catch_unwind)]
pub fn fft_conv(
    engine: &Engine,
    batch: f64,
    length: f64,
    channels: f64,
    kernel_length: f64,
    flags: u32,
    u: View<'_>,
    kernel: View<'_>,
    mut y: View<'_>,
) -> Result<()> {
    with_real!(u, F => {
        let mut arguments = Arguments::default();
        let u = arguments.read::<F>("u", &u)?;
        let kernel = arguments.read("kernel", &kernel)?;
        let y = arguments.write("out.y", &mut y)?;
        let dims = dims(batch, length, channels);
        let conv = FftConv::new(dims, u, kernel, kernel_length as usize, reach(flags)).map_err(thrown)?;
        let conv = if flags & flag::ADDS != 0 { conv.adding() } else { conv };
        conv.run(&engine.0, y).map_err(thrown)
    })
}
