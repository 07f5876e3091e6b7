//! Who takes part, and how each gets a case ready.

use crate::{
    buffers::Buffers,
    limits::{exp, triad},
    number::Number,
    ours::{self, Stores},
    problem::{Dtype, Operator, Problem},
    protocol::Count,
    refusal::Refusal,
    serial, ssm,
};
use std::{num::NonZero, path::Path, thread::available_parallelism};

/// Does a case once.
pub(crate) type Run = Box<dyn FnMut() -> Result<(), Refusal>>;

/// Computes a case's outputs.
pub(crate) type Compute<F> = Box<dyn FnMut(&mut Buffers<F>) -> Result<(), Refusal>>;

/// Someone who is timed.
pub(crate) struct Contestant {
    pub(crate) name: &'static str,
    way: Way,
    threads: On,
}

/// What is done.
enum Way {
    Triad(Stores),
    Exp,
    Serial,
    Core(Stores),
    Recurrence,
    Convolution,
    Scan,
}

#[derive(Clone, Copy)]
enum On {
    One,
    All,
}

pub(crate) const EVERYONE: [Contestant; 16] = [
    new("triad 1T", Way::Triad(Stores::Ordinary), On::One),
    new("triad allT", Way::Triad(Stores::Ordinary), On::All),
    new("triad nt 1T", Way::Triad(Stores::Streaming), On::One),
    new("triad nt allT", Way::Triad(Stores::Streaming), On::All),
    new("exp 1T", Way::Exp, On::One),
    new("exp allT", Way::Exp, On::All),
    new("serial", Way::Serial, On::One),
    new("core 1T", Way::Core(Stores::Streaming), On::One),
    new("core allT", Way::Core(Stores::Streaming), On::All),
    new("core ordinary 1T", Way::Core(Stores::Ordinary), On::One),
    new("recurrence 1T", Way::Recurrence, On::One),
    new("recurrence allT", Way::Recurrence, On::All),
    new("convolution 1T", Way::Convolution, On::One),
    new("convolution allT", Way::Convolution, On::All),
    new("scan 1T", Way::Scan, On::One),
    new("scan allT", Way::Scan, On::All),
];

const fn new(name: &'static str, way: Way, threads: On) -> Contestant {
    Contestant { name, way, threads }
}

impl Contestant {
    pub(crate) fn named(name: &str) -> Option<&'static Self> {
        const { &EVERYONE }.iter().find(|contestant| contestant.name == name)
    }

    /// How many threads it has, as the protocol says it.
    pub(crate) fn count(&self) -> Count {
        match self.threads {
            On::One => Count::Number(1),
            On::All => Count::Word("all"),
        }
    }

    /// Gets a case ready and runs it once: how to run it again, and how far from the truth it was.
    pub(crate) fn prepare(
        &self,
        problem: &Problem,
        directory: &Path,
    ) -> Result<(Run, f64), Refusal> {
        match problem.dtype {
            Dtype::Float32 => self.prepare_as::<f32>(problem, directory),
            Dtype::Float64 => self.prepare_as::<f64>(problem, directory),
        }
    }

    fn prepare_as<F: Number>(
        &self,
        problem: &Problem,
        directory: &Path,
    ) -> Result<(Run, f64), Refusal> {
        let threads = match self.threads {
            On::One => 1,
            On::All => available_parallelism().map_or(1, NonZero::get),
        };
        let is_ssm = problem.operator == Operator::Ssm;
        let mut compute = match self.way {
            Way::Triad(stores) => {
                return limit(triad::run::<F>(problem.elements(), stores, threads)?);
            }
            Way::Exp if problem.dtype == Dtype::Float32 => {
                return limit(exp::run(problem.elements(), threads)?);
            }
            Way::Exp => return Err(Refusal::Unsupported("exponentials are of float32")),
            Way::Serial if !is_ssm => serial::compute(problem),
            Way::Core(stores) if !is_ssm => ours::compute(problem, stores, threads)?,
            Way::Serial | Way::Core(_) => return Err(Refusal::Unsupported("no such operator")),
            _ if !is_ssm => return Err(Refusal::Unsupported("other than one SSM")),
            Way::Recurrence => ssm::recurrence::compute::<F>(problem, threads)?,
            Way::Convolution => ssm::convolution::compute::<F>(problem, threads)?,
            Way::Scan => ssm::scan::compute::<F>(problem, threads)?,
        };
        let mut buffers = Buffers::<F>::load(problem, directory)?;
        compute(&mut buffers)?;
        let error = buffers.error(problem, directory)?;
        Ok((Box::new(move || compute(&mut buffers)), error))
    }
}

/// Of what a limit computes nobody knows the truth: tests hold it.
fn limit(mut run: Run) -> Result<(Run, f64), Refusal> {
    run()?;
    Ok((run, 0.0))
}
