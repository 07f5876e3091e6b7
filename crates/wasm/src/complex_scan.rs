//! [`ssm_scan_core::complex_scan`] for WebAssembly; complex arrays come as a real plane and an
//! imaginary one.

use crate::{
    buffer::{Buffer, engine, with_real},
    error::thrown,
};
use ssm_scan_core::{
    Options,
    binding::{dims, options},
    complex_scan::{ComplexScan, combine},
    enter,
};
use wasm_bindgen::prelude::*;

/// Binds [`ComplexScan::run`]; fills `h` and `leaving`.
#[wasm_bindgen(js_name = complexScan)]
pub fn complex_scan(
    wide: bool,
    batch: f64,
    length: f64,
    channels: f64,
    flags: u32,
    a_re: &Buffer,
    a_im: &Buffer,
    b_re: &Buffer,
    b_im: &Buffer,
    state_re: &Buffer,
    state_im: &Buffer,
    reset: &Buffer,
    cu_seqlens: &Buffer,
    h_re: &mut Buffer,
    h_im: &mut Buffer,
    leaving_re: &mut Buffer,
    leaving_im: &mut Buffer,
) -> Result<(), JsValue> {
    with_real!(wide, F => {
        let a = [a_re.read::<F>(), a_im.read()];
        let b = [b_re.read(), b_im.read()];
        let options = options(flags, reset.read_optional(), cu_seqlens.read_optional(), None);
        let scan = ComplexScan::new(dims(batch, length, channels), a, b, options);
        let scan = scan.map_err(thrown)?;
        enter::<F>(["state.re", "out.state.re"], scan.state(), state_re.read_optional(), leaving_re.write()).map_err(thrown)?;
        enter::<F>(["state.im", "out.state.im"], scan.state(), state_im.read_optional(), leaving_im.write()).map_err(thrown)?;
        let leaving = [leaving_re.write(), leaving_im.write()];
        scan.run(&engine()?, leaving, [h_re.write(), h_im.write()]).map_err(thrown)
    })
}

/// Binds [`ComplexScan::summarize`]; fills `a_out_*` and `b_out_*`, `[batch, channels]`.
#[wasm_bindgen(js_name = summarizeComplex)]
pub fn summarize_complex(
    wide: bool,
    batch: f64,
    length: f64,
    channels: f64,
    a_re: &Buffer,
    a_im: &Buffer,
    b_re: &Buffer,
    b_im: &Buffer,
    a_out_re: &mut Buffer,
    a_out_im: &mut Buffer,
    b_out_re: &mut Buffer,
    b_out_im: &mut Buffer,
) -> Result<(), JsValue> {
    with_real!(wide, F => {
        let a = [a_re.read::<F>(), a_im.read()];
        let b = [b_re.read(), b_im.read()];
        let out = [a_out_re.write(), a_out_im.write(), b_out_re.write(), b_out_im.write()];
        let scan = ComplexScan::new(dims(batch, length, channels), a, b, Options::default());
        scan.map_err(thrown)?.summarize_into(&engine()?, out).map_err(thrown)
    })
}

/// Binds [`combine`]; fills the `out` planes.
#[wasm_bindgen(js_name = combineComplex)]
pub fn combine_complex(
    wide: bool,
    first_a_re: &Buffer,
    first_a_im: &Buffer,
    first_b_re: &Buffer,
    first_b_im: &Buffer,
    second_a_re: &Buffer,
    second_a_im: &Buffer,
    second_b_re: &Buffer,
    second_b_im: &Buffer,
    a_out_re: &mut Buffer,
    a_out_im: &mut Buffer,
    b_out_re: &mut Buffer,
    b_out_im: &mut Buffer,
) -> Result<(), JsValue> {
    with_real!(wide, F => {
        let first = [first_a_re, first_a_im, first_b_re, first_b_im].map(|plane| plane.read::<F>());
        let second = [second_a_re, second_a_im, second_b_re, second_b_im].map(|plane| plane.read());
        let out = [a_out_re.write(), a_out_im.write(), b_out_re.write(), b_out_im.write()];
        combine(first, second, out).map_err(thrown)
    })
}
