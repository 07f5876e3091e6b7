//! [`ssm_scan_core::siso_ssm::SisoSsm::backward`] for WebAssembly; complex arrays come as a real plane and an
//! imaginary one.

use crate::{
    buffer::{Buffer, engine, with_real},
    error::thrown,
};
use ssm_scan_core::{
    binding::{dims, options, readout, systems},
    enter,
    siso_ssm::{Cotangents, Gradients, SisoSsm},
};
use wasm_bindgen::prelude::*;

/// Binds [`SisoSsm::backward`]; fills all that comes after `reset`.
#[wasm_bindgen(js_name = sisoSsmBackward)]
pub fn siso_ssm_backward(
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
    p_re: &Buffer,
    p_im: &Buffer,
    q_re: &Buffer,
    q_im: &Buffer,
    state_re: &Buffer,
    state_im: &Buffer,
    y_gradient: &Buffer,
    state_gradient_re: &Buffer,
    state_gradient_im: &Buffer,
    reset: &Buffer,
    u_out: &mut Buffer,
    a_out_re: &mut Buffer,
    a_out_im: &mut Buffer,
    b_out_re: &mut Buffer,
    b_out_im: &mut Buffer,
    c_out_re: &mut Buffer,
    c_out_im: &mut Buffer,
    p_out_re: &mut Buffer,
    p_out_im: &mut Buffer,
    q_out_re: &mut Buffer,
    q_out_im: &mut Buffer,
    state_out_re: &mut Buffer,
    state_out_im: &mut Buffer,
) -> Result<(), JsValue> {
    with_real!(wide, F => {
        let planes = [[a_re, a_im], [b_re, b_im], [c_re, c_im], [p_re, p_im], [q_re, q_im]];
        let planes = planes.map(|planes| planes.map(Buffer::read::<F>));
        let systems = systems([states, rank, scale], planes, None);
        let options = options(flags, reset.read_optional(), None, None);
        let dims = dims(batch, length, channels);
        let ssm = SisoSsm::new(dims, u.read(), systems, readout(flags), options).map_err(thrown)?;
        enter::<F>(["gradients.state.re", "out.state.re"], ssm.state(), state_gradient_re.read_optional(), state_out_re.write()).map_err(thrown)?;
        enter::<F>(["gradients.state.im", "out.state.im"], ssm.state(), state_gradient_im.read_optional(), state_out_im.write()).map_err(thrown)?;
        let gradients = Gradients {
            u: u_out.write(),
            a: [a_out_re.write(), a_out_im.write()],
            b: [b_out_re.write(), b_out_im.write()],
            c: [c_out_re.write(), c_out_im.write()],
            p: [p_out_re.write(), p_out_im.write()],
            q: [q_out_re.write(), q_out_im.write()],
        };
        let entering = match [state_re.read_optional(), state_im.read_optional()] {
            [Some(re), Some(im)] => Some([re, im]),
            _ => None,
        };
        let cotangents = Cotangents { y: y_gradient.read(), entering };
        ssm.backward(&engine()?, cotangents, [state_out_re.write(), state_out_im.write()], gradients).map_err(thrown)
    })
}
