//! [`ssm_scan_core::oscillator`] for Node; a state comes as four planes.

use crate::{
    engine::Engine,
    error::{Result, thrown},
    view::{Arguments, View, with_real},
};
use napi_derive::napi;
use ssm_scan_core::{
    Real,
    binding::{dims, options, oscillation},
    enter,
    oscillator::{Motion, Oscillator, PLANES, Weights},
};

/// Binds [`Oscillator::run`]; fills `y` and the planes of `leaving`.
#[napi(catch_unwind)]
pub fn oscillator(
    engine: &Engine,
    batch: f64,
    length: f64,
    channels: f64,
    states: f64,
    kind: u32,
    flags: u32,
    u: View<'_>,
    input: View<'_>,
    output: View<'_>,
    skip: Option<View<'_>>,
    a: View<'_>,
    g: Option<View<'_>>,
    steps: View<'_>,
    dt: Option<View<'_>>,
    z_re: Option<View<'_>>,
    z_im: Option<View<'_>>,
    y_re: Option<View<'_>>,
    y_im: Option<View<'_>>,
    reset: Option<View<'_>>,
    lengths: Option<View<'_>>,
    mut y: View<'_>,
    mut leaving_z_re: View<'_>,
    mut leaving_z_im: View<'_>,
    mut leaving_y_re: View<'_>,
    mut leaving_y_im: View<'_>,
) -> Result<()> {
    with_real!(u, F => {
        let mut arguments = Arguments::default();
        let u = arguments.read::<F>("u", &u)?;
        let weights = Weights {
            input: arguments.read("B", &input)?,
            output: arguments.read("C", &output)?,
            pitch: states as usize,
            first: 0,
            scale: F::of(1.0),
            skip: arguments.read_optional("D", &skip)?,
        };
        let motion = Motion {
            method: oscillation(kind).map_err(thrown)?,
            a: arguments.read("A_diag", &a)?,
            g: arguments.read_optional("G_diag", &g)?,
            steps: arguments.read("steps", &steps)?,
            dt: arguments.read_optional("dt", &dt)?,
        };
        let mut entering = Vec::new();
        for (name, plane) in PLANES.iter().zip([&z_re, &z_im, &y_re, &y_im]) {
            entering.push(arguments.read_optional::<F>(name, plane)?);
        }
        let reset = arguments.read_optional("reset", &reset)?;
        let lengths = arguments.read_optional("lengths", &lengths)?;
        let y = arguments.write("y", &mut y)?;
        let mut leaving = [
            arguments.write(PLANES[0], &mut leaving_z_re)?,
            arguments.write(PLANES[1], &mut leaving_z_im)?,
            arguments.write(PLANES[2], &mut leaving_y_re)?,
            arguments.write(PLANES[3], &mut leaving_y_im)?,
        ];
        let options = options(flags, reset, None, lengths);
        let dims = dims(batch, length, channels);
        let call = Oscillator::new(dims, states as usize, u, weights, motion, options).map_err(thrown)?;
        for ((name, plane), entering) in PLANES.iter().zip(&mut leaving).zip(entering) {
            enter([name, name], call.state(), entering, plane).map_err(thrown)?;
        }
        call.run(&engine.0, leaving, y).map_err(thrown)
    })
}
