//! [`ssm_scan_core::oscillator`] for WebAssembly; a state comes as four planes.

use crate::{
    buffer::{Buffer, engine, with_real},
    error::thrown,
};
use ssm_scan_core::{
    Real,
    binding::{dims, options, oscillation},
    enter,
    oscillator::{Motion, Oscillator, PLANES, Weights},
};
use wasm_bindgen::prelude::*;

/// Binds [`Oscillator::run`]; fills `y` and the planes of `leaving`.
#[wasm_bindgen]
pub fn oscillator(
    wide: bool,
    batch: f64,
    length: f64,
    channels: f64,
    states: f64,
    kind: u32,
    flags: u32,
    u: &Buffer,
    input: &Buffer,
    output: &Buffer,
    skip: &Buffer,
    a: &Buffer,
    g: &Buffer,
    steps: &Buffer,
    dt: &Buffer,
    z_re: &Buffer,
    z_im: &Buffer,
    y_re: &Buffer,
    y_im: &Buffer,
    reset: &Buffer,
    lengths: &Buffer,
    y: &mut Buffer,
    leaving_z_re: &mut Buffer,
    leaving_z_im: &mut Buffer,
    leaving_y_re: &mut Buffer,
    leaving_y_im: &mut Buffer,
) -> Result<(), JsValue> {
    with_real!(wide, F => {
        let weights = Weights {
            input: input.read::<F>(),
            output: output.read(),
            pitch: states as usize,
            first: 0,
            scale: F::of(1.0),
            skip: skip.read_optional(),
        };
        let motion = Motion {
            method: oscillation(kind).map_err(thrown)?,
            a: a.read(),
            g: g.read_optional(),
            steps: steps.read(),
            dt: dt.read_optional(),
        };
        let options = options(flags, reset.read_optional(), None, lengths.read_optional());
        let dims = dims(batch, length, channels);
        let call = Oscillator::new(dims, states as usize, u.read(), weights, motion, options).map_err(thrown)?;
        let entering = [z_re, z_im, y_re, y_im].map(Buffer::read_optional::<F>);
        let mut leaving = [leaving_z_re, leaving_z_im, leaving_y_re, leaving_y_im].map(Buffer::write::<F>);
        for ((name, plane), entering) in PLANES.iter().zip(&mut leaving).zip(entering) {
            enter([name, name], call.state(), entering, plane).map_err(thrown)?;
        }
        call.run(&engine()?, leaving, y.write()).map_err(thrown)
    })
}
