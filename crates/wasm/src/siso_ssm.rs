//! [`ssm_scan_core::siso_ssm`] for WebAssembly; complex arrays come as a real plane and an imaginary one.

use crate::{
    buffer::{Buffer, engine, with_real},
    error::thrown,
};
use ssm_scan_core::{
    binding::{dims, options, readout, systems},
    enter,
    siso_ssm::SisoSsm,
};
use wasm_bindgen::prelude::*;

/// Binds [`SisoSsm::run`]; fills (or adds to) `y` and fills `leaving`.
#[wasm_bindgen(js_name = sisoSsm)]
pub fn siso_ssm(
    wide: bool,
    batch: f64,
    length: f64,
    channels: f64,
    states: f64,
    rank: f64,
    scale: f64,
    flags: u32,
    u: &Buffer,
    a_re: &Buffer,
    a_im: &Buffer,
    b_re: &Buffer,
    b_im: &Buffer,
    c_re: &Buffer,
    c_im: &Buffer,
    skip: &Buffer,
    p_re: &Buffer,
    p_im: &Buffer,
    q_re: &Buffer,
    q_im: &Buffer,
    state_re: &Buffer,
    state_im: &Buffer,
    reset: &Buffer,
    lengths: &Buffer,
    y: &mut Buffer,
    leaving_re: &mut Buffer,
    leaving_im: &mut Buffer,
) -> Result<(), JsValue> {
    with_real!(wide, F => {
        let planes = [[a_re, a_im], [b_re, b_im], [c_re, c_im], [p_re, p_im], [q_re, q_im]];
        let planes = planes.map(|planes| planes.map(Buffer::read::<F>));
        let systems = systems([states, rank, scale], planes, skip.read_optional());
        let options = options(flags, reset.read_optional(), None, lengths.read_optional());
        let dims = dims(batch, length, channels);
        let ssm = SisoSsm::new(dims, u.read(), systems, readout(flags), options).map_err(thrown)?;
        enter::<F>(["state.re", "out.state.re"], ssm.state(), state_re.read_optional(), leaving_re.write()).map_err(thrown)?;
        enter::<F>(["state.im", "out.state.im"], ssm.state(), state_im.read_optional(), leaving_im.write()).map_err(thrown)?;
        ssm.run(&engine()?, [leaving_re.write(), leaving_im.write()], y.write()).map_err(thrown)
    })
}
