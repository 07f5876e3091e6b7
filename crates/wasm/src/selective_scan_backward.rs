//! The gradients of [`ssm_scan_core::selective_scan`] for WebAssembly; complex arrays come as a real plane and an imaginary one.

use crate::{
    buffer::{Buffer, engine, with_real},
    error::thrown,
    selective_scan::inputs,
};
use ssm_scan_core::{
    binding::{dims, options, selective_sizes},
    enter,
    selective_scan::{Cotangents, Gradients, SelectiveScan},
};
use wasm_bindgen::prelude::*;

/// Binds [`SelectiveScan::backward`]; fills `*_out`, empty where there is no input.
#[wasm_bindgen(js_name = selectiveScanBackward)]
pub fn selective_scan_backward(
    wide: bool,
    batch: f64,
    length: f64,
    channels: f64,
    states: f64,
    groups: f64,
    flags: u32,
    u: &Buffer,
    dt: &Buffer,
    a: &Buffer,
    b: &Buffer,
    c: &Buffer,
    d: &Buffer,
    z: &Buffer,
    dt_bias: &Buffer,
    state: &Buffer,
    y_gradient: &Buffer,
    state_gradient: &Buffer,
    reset: &Buffer,
    cu_seqlens: &Buffer,
    u_out: &mut Buffer,
    dt_out: &mut Buffer,
    a_out: &mut Buffer,
    b_out: &mut Buffer,
    c_out: &mut Buffer,
    d_out: &mut Buffer,
    z_out: &mut Buffer,
    dt_bias_out: &mut Buffer,
    state_out: &mut Buffer,
) -> Result<(), JsValue> {
    with_real!(wide, F => {
        let inputs = inputs::<F, 1>(flags, [u, dt], [[a], [b], [c]], [d, z, dt_bias]);
        let entering = state.read_optional().map(|state| [state]);
        let options = options(flags, reset.read_optional(), cu_seqlens.read_optional(), None);
        let (dims, sizes) = (dims(batch, length, channels), selective_sizes(states, groups));
        let scan = SelectiveScan::new(dims, sizes, inputs, options).map_err(thrown)?;
        enter::<F>(["gradients.state", "out.state"], scan.state(), state_gradient.read_optional(), state_out.write()).map_err(thrown)?;
        let out = Gradients {
            u: u_out.write(),
            dt: dt_out.write(),
            a: [a_out.write()],
            b: [b_out.write()],
            c: [c_out.write()],
            d: d_out.write(),
            z: z_out.write(),
            dt_bias: dt_bias_out.write(),
        };
        let state = [state_out.write()];
        scan.backward(&engine()?, Cotangents { y: y_gradient.read(), entering }, state, out).map_err(thrown)
    })
}

/// Binds [`SelectiveScan::backward`] for complex poles; fills `*_out`, empty where there is no input.
#[wasm_bindgen(js_name = complexSelectiveScanBackward)]
pub fn complex_selective_scan_backward(
    wide: bool,
    batch: f64,
    length: f64,
    channels: f64,
    states: f64,
    groups: f64,
    flags: u32,
    u: &Buffer,
    dt: &Buffer,
    a_re: &Buffer,
    a_im: &Buffer,
    b_re: &Buffer,
    b_im: &Buffer,
    c_re: &Buffer,
    c_im: &Buffer,
    d: &Buffer,
    z: &Buffer,
    dt_bias: &Buffer,
    state_re: &Buffer,
    state_im: &Buffer,
    y_gradient: &Buffer,
    state_gradient_re: &Buffer,
    state_gradient_im: &Buffer,
    reset: &Buffer,
    cu_seqlens: &Buffer,
    u_out: &mut Buffer,
    dt_out: &mut Buffer,
    a_out_re: &mut Buffer,
    a_out_im: &mut Buffer,
    b_out_re: &mut Buffer,
    b_out_im: &mut Buffer,
    c_out_re: &mut Buffer,
    c_out_im: &mut Buffer,
    d_out: &mut Buffer,
    z_out: &mut Buffer,
    dt_bias_out: &mut Buffer,
    state_out_re: &mut Buffer,
    state_out_im: &mut Buffer,
) -> Result<(), JsValue> {
    with_real!(wide, F => {
        let planes = [[a_re, a_im], [b_re, b_im], [c_re, c_im]];
        let inputs = inputs::<F, 2>(flags, [u, dt], planes, [d, z, dt_bias]);
        let entering = [state_re.read_optional(), state_im.read_optional()];
        let entering = if let [Some(re), Some(im)] = entering { Some([re, im]) } else { None };
        let options = options(flags, reset.read_optional(), cu_seqlens.read_optional(), None);
        let (dims, sizes) = (dims(batch, length, channels), selective_sizes(states, groups));
        let scan = SelectiveScan::new(dims, sizes, inputs, options).map_err(thrown)?;
        enter::<F>(["gradients.state.re", "out.state.re"], scan.state(), state_gradient_re.read_optional(), state_out_re.write()).map_err(thrown)?;
        enter::<F>(["gradients.state.im", "out.state.im"], scan.state(), state_gradient_im.read_optional(), state_out_im.write()).map_err(thrown)?;
        let out = Gradients {
            u: u_out.write(),
            dt: dt_out.write(),
            a: [a_out_re.write(), a_out_im.write()],
            b: [b_out_re.write(), b_out_im.write()],
            c: [c_out_re.write(), c_out_im.write()],
            d: d_out.write(),
            z: z_out.write(),
            dt_bias: dt_bias_out.write(),
        };
        let state = [state_out_re.write(), state_out_im.write()];
        scan.backward(&engine()?, Cotangents { y: y_gradient.read(), entering }, state, out).map_err(thrown)
    })
}
