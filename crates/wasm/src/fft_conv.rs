//! [`ssm_scan_core::fft_conv`] for WebAssembly.

use crate::{
    buffer::{Buffer, engine, with_real},
    error::thrown,
};
use ssm_scan_core::{
    binding::{dims, flag, reach},
    fft_conv::FftConv,
};
use wasm_bindgen::prelude::*;

/// Binds [`FftConv::run`]; fills (or adds to) `y`.
#[wasm_bindgen(js_name = fftConv)]
pub fn fft_conv(
    wide: bool,
    batch: f64,
    length: f64,
    channels: f64,
    kernel_length: f64,
    flags: u32,
    u: &Buffer,
    kernel: &Buffer,
    y: &mut Buffer,
) -> Result<(), JsValue> {
    with_real!(wide, F => {
        let dims = dims(batch, length, channels);
        let reach = reach(flags);
        let conv = FftConv::new(dims, u.read::<F>(), kernel.read(), kernel_length as usize, reach);
        let conv = conv.map_err(thrown)?;
        let conv = if flags & flag::ADDS != 0 { conv.adding() } else { conv };
        conv.run(&engine()?, y.write()).map_err(thrown)
    })
}
