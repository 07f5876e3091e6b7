//! The arrays of a case: inputs from files, outputs, and the truth to compare them with.

use crate::{
    array::Array,
    number::Number,
    problem::{Plane, Problem},
    refusal::Refusal,
};
use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

/// Numbers of the truth that are read at a time.
const PIECE: usize = 1 << 16;

pub(crate) struct Buffers<F> {
    inputs: Vec<Array<F>>,
    outputs: Vec<Array<F>>,
}

impl<F: Number> Buffers<F> {
    /// Reads the inputs; outputs are unwritten.
    pub(crate) fn load(problem: &Problem, directory: &Path) -> Result<Self, Refusal> {
        let inputs = problem.inputs().into_iter().map(|plane| read(directory, plane));
        let outputs = problem.outputs().into_iter().map(|(_, count)| Array::unwritten(count));
        Ok(Self {
            inputs: inputs.collect::<Result<_, _>>()?,
            outputs: outputs.collect::<Result<_, _>>()?,
        })
    }

    /// All planes, in the order in which the problem names them.
    ///
    /// # Panics
    /// Where there are not so many.
    pub(crate) fn planes<const I: usize, const O: usize>(&mut self) -> ([&[F]; I], [&mut [F]; O]) {
        let inputs: &[_; I] = self.inputs[..].try_into().expect("as many inputs as were named");
        let outputs: &mut [_; O] =
            (&mut self.outputs[..]).try_into().expect("as many outputs as were named");
        (inputs.each_ref().map(|plane| &**plane), outputs.each_mut().map(|plane| &mut **plane))
    }

    /// max |difference| / max |truth| over all outputs; infinite where one is not finite.
    pub(crate) fn error(&self, problem: &Problem, directory: &Path) -> Result<f64, Refusal> {
        let [mut off, mut size] = [0.0_f64; 2];
        let mut truth = vec![0.0_f64; PIECE];
        for ((name, count), plane) in problem.outputs().into_iter().zip(&self.outputs) {
            let (mut file, name) = open::<f64>(directory, &format!("truth.{name}"), count)?;
            for found in plane.chunks(PIECE) {
                let truth = &mut truth[..found.len()];
                file.read_exact(bytemuck::cast_slice_mut(truth)).map_err(|why| said(&name, why))?;
                for (found, truth) in found.iter().zip(truth) {
                    let difference = (found.wide() - *truth).abs();
                    if !difference.is_finite() {
                        return Ok(f64::INFINITY);
                    }
                    (off, size) = (off.max(difference), size.max(truth.abs()));
                }
            }
        }
        Ok(if off == 0.0 { 0.0 } else { off / size })
    }
}

fn read<F: Number>(directory: &Path, (name, count): Plane) -> Result<Array<F>, Refusal> {
    let (mut file, name) = open::<F>(directory, name, count)?;
    let mut array = Array::unwritten(count)?;
    file.read_exact(bytemuck::cast_slice_mut(&mut array)).map_err(|why| said(&name, why))?;
    Ok(array)
}

/// The file of a plane of so many numbers, and its name.
fn open<F: Number>(directory: &Path, name: &str, count: usize) -> Result<(File, String), Refusal> {
    let name = format!("{name}.{}", F::END);
    let file = File::open(directory.join(&name)).map_err(|why| said(&name, why))?;
    let bytes = file.metadata().map_err(|why| said(&name, why))?.len();
    let expected = count.saturating_mul(size_of::<F>()) as u64;
    if bytes != expected {
        let message = format!("{name} has {bytes} bytes, expected {expected}");
        return Err(Refusal::Failed(message));
    }
    Ok((file, name))
}

fn said(name: &str, why: io::Error) -> Refusal {
    Refusal::Failed(format!("{name}: {why}"))
}
