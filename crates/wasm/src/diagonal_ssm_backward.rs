//! The gradients of [`ssm_scan_core::diagonal_ssm`] for WebAssembly; complex arrays come as a real plane and an imaginary
//! one.

use crate::{
    buffer::{Buffer, engine, with_real},
    error::thrown,
};
use ssm_scan_core::{
    binding::{dims, options, weights},
    diagonal_ssm::{Cotangents, DiagonalSsm, Gradients, Transition},
    enter,
};
use wasm_bindgen::prelude::*;

/// Binds [`DiagonalSsm::backward`]; fills all outputs.
#[wasm_bindgen(js_name = diagonalSsmBackward)]
pub fn diagonal_ssm_backward(
    wide: bool,
    batch: f64,
    length: f64,
    channels: f64,
    states: f64,
    pitch: f64,
    first: f64,
    scale: f64,
    flags: u32,
    u: &Buffer,
    input: &Buffer,
    output: &Buffer,
    skip: &Buffer,
    poles_re: &Buffer,
    poles_im: &Buffer,
    gain_re: &Buffer,
    gain_im: &Buffer,
    state_re: &Buffer,
    state_im: &Buffer,
    gradient: &Buffer,
    gradient_re: &Buffer,
    gradient_im: &Buffer,
    reset: &Buffer,
    lengths: &Buffer,
    u_out: &mut Buffer,
    input_out: &mut Buffer,
    output_out: &mut Buffer,
    skip_out: &mut Buffer,
    poles_re_out: &mut Buffer,
    poles_im_out: &mut Buffer,
    gain_re_out: &mut Buffer,
    gain_im_out: &mut Buffer,
    state_re_out: &mut Buffer,
    state_im_out: &mut Buffer,
) -> Result<(), JsValue> {
    with_real!(wide, F => {
        let weights = weights::<F>([pitch, first, scale], [input.read(), output.read()], skip.read_optional());
        let transition = Transition::Fixed { a: [poles_re.read(), poles_im.read()], gain: [gain_re.read(), gain_im.read()] };
        let options = options(flags, reset.read_optional(), None, lengths.read_optional());
        let dims = dims(batch, length, channels);
        let ssm = DiagonalSsm::new(dims, states as usize, u.read(), weights, transition, options).map_err(thrown)?;
        let (re, im) = (state_re_out.write(), state_im_out.write());
        enter::<F>(["gradients.state.re", "out.state.re"], ssm.state(), gradient_re.read_optional(), re).map_err(thrown)?;
        enter::<F>(["gradients.state.im", "out.state.im"], ssm.state(), gradient_im.read_optional(), im).map_err(thrown)?;
        let entering = if let (Some(re), Some(im)) = (state_re.read_optional(), state_im.read_optional()) { Some([re, im]) } else { None };
        let out = Gradients {
            u: u_out.write(),
            input: input_out.write(),
            output: output_out.write(),
            skip: skip_out.write(),
            a: [poles_re_out.write(), poles_im_out.write()],
            gain: [gain_re_out.write(), gain_im_out.write()],
        };
        ssm.backward(&engine()?, Cotangents { y: gradient.read(), entering }, [re, im], out).map_err(thrown)
    })
}
