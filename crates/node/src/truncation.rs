//! [`ssm_scan_core::truncation`] for Node.

use crate::{
    engine::Engine,
    error::{Result, thrown},
    view::{Arguments, View},
};
use napi_derive::napi;
use ssm_scan_core::truncation::Steps;

/// Binds [`Steps::truncate`], and its inverse where `back`; changes `c`.
#[napi(catch_unwind)]
pub fn truncation(
    engine: &Engine,
    states: f64,
    rank: f64,
    length: f64,
    back: f64,
    a_re: View<'_>,
    a_im: View<'_>,
    p_re: View<'_>,
    p_im: View<'_>,
    q_re: View<'_>,
    q_im: View<'_>,
    mut c_re: View<'_>,
    mut c_im: View<'_>,
) -> Result<()> {
    let mut arguments = Arguments::default();
    let a_re = arguments.read::<f64>("a.re", &a_re)?;
    let a_im = arguments.read::<f64>("a.im", &a_im)?;
    let p_re = arguments.read::<f64>("p.re", &p_re)?;
    let p_im = arguments.read::<f64>("p.im", &p_im)?;
    let q_re = arguments.read::<f64>("q.re", &q_re)?;
    let q_im = arguments.read::<f64>("q.im", &q_im)?;
    let c_re = arguments.write::<f64>("out.c.re", &mut c_re)?;
    let c_im = arguments.write::<f64>("out.c.im", &mut c_im)?;
    let (a, p, q) = ([a_re, a_im], [p_re, p_im], [q_re, q_im]);
    let steps = Steps { states: states as usize, rank: rank as usize, a, p, q };
    steps.truncate(&engine.0, length as u64, back != 0.0, [c_re, c_im]).map_err(thrown)
}
