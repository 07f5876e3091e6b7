//! [`ssm_scan_core::selective_scan`] for WebAssembly; complex arrays come as a real plane and an imaginary one.

use crate::{
    buffer::{Buffer, engine, with_real},
    error::thrown,
};
use bytemuck::Pod;
use ssm_scan_core::{
    binding::{dims, flag, options, selective_sizes},
    enter,
    selective_scan::{Inputs, SelectiveScan, SelectiveStep},
};
use wasm_bindgen::prelude::*;

/// The arrays of a call.
pub(crate) fn inputs<'a, F: Pod, const P: usize>(
    flags: u32,
    signal: [&'a Buffer; 2],
    planes: [[&'a Buffer; P]; 3],
    optional: [&'a Buffer; 3],
) -> Inputs<'a, F, P> {
    let [u, dt] = signal.map(Buffer::read);
    let [a, b, c] = planes.map(|planes| planes.map(Buffer::read));
    let [d, z, dt_bias] = optional.map(Buffer::read_optional);
    Inputs { u, dt, a, b, c, d, z, dt_bias, softplus: flags & flag::SOFTPLUS != 0 }
}

/// Binds [`SelectiveScan::run_with`]; fills `y`, `leaving` and, if `chunk` is above 0, `all`.
#[wasm_bindgen(js_name = selectiveScan)]
pub fn selective_scan(
    wide: bool,
    batch: f64,
    length: f64,
    channels: f64,
    states: f64,
    groups: f64,
    chunk: f64,
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
    reset: &Buffer,
    cu_seqlens: &Buffer,
    y: &mut Buffer,
    leaving: &mut Buffer,
    all: &mut Buffer,
) -> Result<(), JsValue> {
    with_real!(wide, F => {
        let inputs = inputs::<F, 1>(flags, [u, dt], [[a], [b], [c]], [d, z, dt_bias]);
        let state = state.read_optional();
        let reset = reset.read_optional();
        let cu_seqlens = cu_seqlens.read_optional();
        let (dims, sizes) = (dims(batch, length, channels), selective_sizes(states, groups));
        let options = options(flags, reset, cu_seqlens, None);
        let scan = SelectiveScan::new(dims, sizes, inputs, options).map_err(thrown)?;
        enter::<F>(["state", "out.state"], scan.state(), state, leaving.write()).map_err(thrown)?;
        scan.run_with(&engine()?, chunk as usize, [leaving.write()], y.write(), [all.write()]).map_err(thrown)
    })
}

/// Binds [`SelectiveScan::run_with`] for complex poles; fills `y`, `leaving_*` and, if `chunk` is above 0, `all_*`.
#[wasm_bindgen(js_name = complexSelectiveScan)]
pub fn complex_selective_scan(
    wide: bool,
    batch: f64,
    length: f64,
    channels: f64,
    states: f64,
    groups: f64,
    chunk: f64,
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
    reset: &Buffer,
    cu_seqlens: &Buffer,
    y: &mut Buffer,
    leaving_re: &mut Buffer,
    leaving_im: &mut Buffer,
    all_re: &mut Buffer,
    all_im: &mut Buffer,
) -> Result<(), JsValue> {
    with_real!(wide, F => {
        let planes = [[a_re, a_im], [b_re, b_im], [c_re, c_im]];
        let inputs = inputs::<F, 2>(flags, [u, dt], planes, [d, z, dt_bias]);
        let state_re = state_re.read_optional();
        let state_im = state_im.read_optional();
        let reset = reset.read_optional();
        let cu_seqlens = cu_seqlens.read_optional();
        let (dims, sizes) = (dims(batch, length, channels), selective_sizes(states, groups));
        let options = options(flags, reset, cu_seqlens, None);
        let scan = SelectiveScan::new(dims, sizes, inputs, options).map_err(thrown)?;
        enter::<F>(["state.re", "out.state.re"], scan.state(), state_re, leaving_re.write()).map_err(thrown)?;
        enter::<F>(["state.im", "out.state.im"], scan.state(), state_im, leaving_im.write()).map_err(thrown)?;
        let (leaving, all) = ([leaving_re.write(), leaving_im.write()], [all_re.write(), all_im.write()]);
        scan.run_with(&engine()?, chunk as usize, leaving, y.write(), all).map_err(thrown)
    })
}

/// Binds [`SelectiveStep::run`]; fills `y` and moves `pool` on, from `entering` where that is given.
#[wasm_bindgen(js_name = selectiveStep)]
pub fn selective_step(
    wide: bool,
    batch: f64,
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
    slots: &Buffer,
    entering: &Buffer,
    y: &mut Buffer,
    pool: &mut Buffer,
) -> Result<(), JsValue> {
    with_real!(wide, F => {
        let inputs = inputs::<F, 1>(flags, [u, dt], [[a], [b], [c]], [d, z, dt_bias]);
        let sizes = [batch, channels, states, groups].map(|size| size as usize);
        let step = SelectiveStep::new(sizes, inputs, slots.read_optional()).map_err(thrown)?;
        let pool = pool.write::<F>();
        if let Some(entering) = entering.read_optional() {
            enter(["state", "state"], pool.len(), Some(entering), pool).map_err(thrown)?;
        }
        step.run(&engine()?, pool, y.write()).map_err(thrown)
    })
}
