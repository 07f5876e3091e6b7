//! [`ssm_scan_core::diagonal_ssm`] for WebAssembly; complex arrays come as a real plane and an
//! imaginary one.

use crate::{
    buffer::{Buffer, engine, with_real},
    error::thrown,
};
use ssm_scan_core::{
    binding::{dims, flag, options, transition, weights},
    diagonal_ssm::DiagonalSsm,
    enter,
};
use wasm_bindgen::prelude::*;

/// Binds [`DiagonalSsm::run`]; fills (or adds to) `y` and fills `leaving`.
///
/// The poles are discrete ones where a `gain` comes with them, else continuous ones with their
/// `log_step` and `dt`.
#[wasm_bindgen(js_name = diagonalSsm)]
pub fn diagonal_ssm(
    wide: bool,
    batch: f64,
    length: f64,
    channels: f64,
    states: f64,
    pitch: f64,
    first: f64,
    scale: f64,
    rescale: f64,
    flags: u32,
    u: &Buffer,
    input: &Buffer,
    output: &Buffer,
    skip: &Buffer,
    poles_re: &Buffer,
    poles_im: &Buffer,
    gain_re: &Buffer,
    gain_im: &Buffer,
    log_step: &Buffer,
    dt: &Buffer,
    state_re: &Buffer,
    state_im: &Buffer,
    reset: &Buffer,
    lengths: &Buffer,
    y: &mut Buffer,
    leaving_re: &mut Buffer,
    leaving_im: &mut Buffer,
) -> Result<(), JsValue> {
    with_real!(wide, F => {
        let weights = weights::<F>([pitch, first, scale], [input.read(), output.read()], skip.read_optional());
        let poles = [poles_re.read(), poles_im.read()];
        let gain = [gain_re.read_optional(), gain_im.read_optional()];
        let steps = [log_step.read_optional(), dt.read_optional()];
        let transition = transition(flags, rescale, poles, gain, steps).map_err(thrown)?;
        let options = options(flags, reset.read_optional(), None, lengths.read_optional());
        let dims = dims(batch, length, channels);
        let ssm = DiagonalSsm::new(dims, states as usize, u.read(), weights, transition, options);
        let ssm = ssm.map_err(thrown)?;
        let ssm = if flags & flag::ADDS != 0 { ssm.adding() } else { ssm };
        enter::<F>(["state.re", "out.state.re"], ssm.state(), state_re.read_optional(), leaving_re.write()).map_err(thrown)?;
        enter::<F>(["state.im", "out.state.im"], ssm.state(), state_im.read_optional(), leaving_im.write()).map_err(thrown)?;
        let leaving = [leaving_re.write(), leaving_im.write()];
        ssm.run(&engine()?, leaving, y.write()).map_err(thrown)
    })
}
