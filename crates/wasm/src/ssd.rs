//! [`ssm_scan_core::ssd`] for WebAssembly.

use crate::{
    buffer::{Buffer, engine, with_real},
    error::thrown,
};
use bytemuck::Pod;
use ssm_scan_core::{
    binding::{options, ssd_sizes, steps},
    enter,
    ssd::{Cotangents, Gradients, Inputs, Ssd},
};
use wasm_bindgen::prelude::*;

/// The arrays of a call.
fn inputs<'a, F: Pod>(required: [&'a Buffer; 5], optional: [&'a Buffer; 3]) -> Inputs<'a, F> {
    let [x, dt, a, b, c] = required.map(Buffer::read);
    let [d, z, dt_bias] = optional.map(Buffer::read_optional);
    Inputs { x, dt, a, b, c, d, z, dt_bias }
}

/// Binds [`Ssd::run`]; fills `y` and `leaving`.
#[wasm_bindgen]
pub fn ssd(
    wide: bool,
    batch: f64,
    length: f64,
    heads: f64,
    head_dim: f64,
    states: f64,
    groups: f64,
    least: f64,
    largest: f64,
    chunk: f64,
    flags: u32,
    x: &Buffer,
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
    lengths: &Buffer,
    y: &mut Buffer,
    leaving: &mut Buffer,
) -> Result<(), JsValue> {
    with_real!(wide, F => {
        let inputs = inputs::<F>([x, dt, a, b, c], [d, z, dt_bias]);
        let sizes = ssd_sizes([batch, length, heads, head_dim, states, groups]);
        let lengths = lengths.read_optional();
        let options = options(flags, reset.read_optional(), cu_seqlens.read_optional(), lengths);
        let ssd = Ssd::new(sizes, inputs, steps(flags, [least, largest], chunk), options);
        let ssd = ssd.map_err(thrown)?;
        enter::<F>(["state", "out.state"], ssd.state(), state.read_optional(), leaving.write()).map_err(thrown)?;
        ssd.run(&engine()?, leaving.write(), y.write()).map_err(thrown)
    })
}

/// Binds [`Ssd::backward`]; fills `*_out`, those of inputs that are left out having no elements.
#[wasm_bindgen(js_name = ssdBackward)]
pub fn ssd_backward(
    wide: bool,
    batch: f64,
    length: f64,
    heads: f64,
    head_dim: f64,
    states: f64,
    groups: f64,
    least: f64,
    largest: f64,
    chunk: f64,
    flags: u32,
    x: &Buffer,
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
    x_out: &mut Buffer,
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
        let inputs = inputs::<F>([x, dt, a, b, c], [d, z, dt_bias]);
        let sizes = ssd_sizes([batch, length, heads, head_dim, states, groups]);
        let options = options(flags, reset.read_optional(), cu_seqlens.read_optional(), None);
        let ssd = Ssd::new(sizes, inputs, steps(flags, [least, largest], chunk), options);
        let ssd = ssd.map_err(thrown)?;
        enter::<F>(["gradients.state", "out.state"], ssd.state(), state_gradient.read_optional(), state_out.write()).map_err(thrown)?;
        let of = Cotangents { y: y_gradient.read(), entering: state.read_optional() };
        let out = Gradients {
            x: x_out.write(),
            dt: dt_out.write(),
            a: a_out.write(),
            b: b_out.write(),
            c: c_out.write(),
            d: d_out.write(),
            z: z_out.write(),
            dt_bias: dt_bias_out.write(),
        };
        ssd.backward(&engine()?, of, state_out.write(), out).map_err(thrown)
    })
}
