//! [`ssm_scan_core::diagonalization`] for Node.

use crate::{
    engine::Engine,
    error::{Result, thrown},
    view::{Arguments, View},
};
use napi_derive::napi;
use ssm_scan_core::{diagonalization::Diagonal, truncation::Steps};

/// Binds [`Steps::diagonalize`].
#[napi(catch_unwind)]
pub fn diagonalize(
    engine: &Engine,
    states: f64,
    rank: f64,
    a_re: View<'_>,
    a_im: View<'_>,
    p_re: View<'_>,
    p_im: View<'_>,
    q_re: View<'_>,
    q_im: View<'_>,
    b_re: View<'_>,
    b_im: View<'_>,
    c_re: View<'_>,
    c_im: View<'_>,
    mut to_a_re: View<'_>,
    mut to_a_im: View<'_>,
    mut to_b_re: View<'_>,
    mut to_b_im: View<'_>,
    mut to_c_re: View<'_>,
    mut to_c_im: View<'_>,
    mut condition: View<'_>,
) -> Result<()> {
    let mut arguments = Arguments::default();
    let a_re = arguments.read::<f64>("a.re", &a_re)?;
    let a_im = arguments.read::<f64>("a.im", &a_im)?;
    let p_re = arguments.read::<f64>("p.re", &p_re)?;
    let p_im = arguments.read::<f64>("p.im", &p_im)?;
    let q_re = arguments.read::<f64>("q.re", &q_re)?;
    let q_im = arguments.read::<f64>("q.im", &q_im)?;
    let b_re = arguments.read::<f64>("b.re", &b_re)?;
    let b_im = arguments.read::<f64>("b.im", &b_im)?;
    let c_re = arguments.read::<f64>("c.re", &c_re)?;
    let c_im = arguments.read::<f64>("c.im", &c_im)?;
    let to_a_re = arguments.write::<f64>("out.a.re", &mut to_a_re)?;
    let to_a_im = arguments.write::<f64>("out.a.im", &mut to_a_im)?;
    let to_b_re = arguments.write::<f64>("out.b.re", &mut to_b_re)?;
    let to_b_im = arguments.write::<f64>("out.b.im", &mut to_b_im)?;
    let to_c_re = arguments.write::<f64>("out.c.re", &mut to_c_re)?;
    let to_c_im = arguments.write::<f64>("out.c.im", &mut to_c_im)?;
    let condition = arguments.write::<f64>("out.condition", &mut condition)?;
    let steps = Steps {
        states: states as usize,
        rank: rank as usize,
        a: [a_re, a_im],
        p: [p_re, p_im],
        q: [q_re, q_im],
    };
    let out =
        Diagonal { a: [to_a_re, to_a_im], b: [to_b_re, to_b_im], c: [to_c_re, to_c_im], condition };
    steps.diagonalize(&engine.0, [b_re, b_im], [c_re, c_im], out).map_err(thrown)
}
