//! [`ssm_scan_core::oscillator::Oscillation`] for WebAssembly.

use crate::{
    buffer::{Buffer, engine, with_real},
    error::thrown,
};
use ssm_scan_core::{
    binding::{dims, options},
    oscillator::Oscillation,
};
use wasm_bindgen::prelude::*;

/// Binds [`Oscillation::run`]; fills `z` and `y`.
#[wasm_bindgen]
pub fn oscillation(
    wide: bool,
    batch: f64,
    length: f64,
    channels: f64,
    flags: u32,
    w: &Buffer,
    m: &Buffer,
    n: &Buffer,
    o: &Buffer,
    p: &Buffer,
    f: &Buffer,
    g: &Buffer,
    reset: &Buffer,
    z: &mut Buffer,
    y: &mut Buffer,
) -> Result<(), JsValue> {
    with_real!(wide, F => {
        let steps = [m.read(), n.read(), o.read(), p.read(), f.read(), g.read()];
        let options = options(flags, reset.read_optional(), None, None);
        let dims = dims(batch, length, channels);
        let call = Oscillation::<F>::new(dims, steps, w.read(), options).map_err(thrown)?;
        call.run(&engine()?, [z.write(), y.write()]).map_err(thrown)
    })
}

/// Binds [`Oscillation::backward`]; fills all that comes after `reset`.
#[wasm_bindgen(js_name = oscillationBackward)]
pub fn oscillation_backward(
    wide: bool,
    batch: f64,
    length: f64,
    channels: f64,
    flags: u32,
    w: &Buffer,
    m: &Buffer,
    n: &Buffer,
    o: &Buffer,
    p: &Buffer,
    f: &Buffer,
    g: &Buffer,
    z: &Buffer,
    y: &Buffer,
    y_gradient: &Buffer,
    reset: &Buffer,
    w_out: &mut Buffer,
    m_out: &mut Buffer,
    n_out: &mut Buffer,
    o_out: &mut Buffer,
    p_out: &mut Buffer,
    f_out: &mut Buffer,
    g_out: &mut Buffer,
) -> Result<(), JsValue> {
    with_real!(wide, F => {
        let steps = [m.read(), n.read(), o.read(), p.read(), f.read(), g.read()];
        let options = options(flags, reset.read_optional(), None, None);
        let dims = dims(batch, length, channels);
        let call = Oscillation::<F>::new(dims, steps, w.read(), options).map_err(thrown)?;
        let out = [m_out.write(), n_out.write(), o_out.write(), p_out.write(), f_out.write(), g_out.write()];
        let found = [z.read(), y.read()];
        call.backward(&engine()?, found, y_gradient.read(), out, w_out.write()).map_err(thrown)
    })
}
