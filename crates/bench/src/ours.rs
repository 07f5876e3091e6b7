//! The core, called without a binding.

use crate::{
    contestants::Compute,
    number::Number,
    problem::{Operator, Problem},
    refusal::Refusal,
};
use ssm_scan_core::{
    Engine, complex_scan::ComplexScan, linear_scan::LinearScan, matrix_scan::MatrixScan,
};

/// How outputs are written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Stores {
    Ordinary,
    /// Past the caches; the core does so where outputs are large.
    Streaming,
}

/// The core has no call for "ssm"; [`crate::ssm::scan`] does it.
pub(crate) fn compute<F: Number>(
    problem: &Problem,
    stores: Stores,
    threads: usize,
) -> Result<Compute<F>, Refusal> {
    let (dims, options) = (problem.dims(), problem.options());
    let engine = Engine::new(threads, false)?;
    let engine =
        if stores == Stores::Ordinary { engine.streaming_from(usize::MAX) } else { engine };
    let state = vec![F::zero(); dims.batch * dims.channels];
    Ok(match problem.operator {
        Operator::Linear => {
            let mut state = state;
            Box::new(move |buffers| {
                let ([a, b], [h]) = buffers.planes();
                state.fill(F::zero());
                Ok(LinearScan::new(dims, a, b, options)?.run(&engine, &mut state, h)?)
            })
        }
        Operator::Matrix => {
            let mut state = state;
            Box::new(move |buffers| {
                let ([a, b], [h]) = buffers.planes();
                state.fill(F::zero());
                Ok(MatrixScan::new(dims, a, b, options)?.run(&engine, &mut state, h)?)
            })
        }
        Operator::Complex => {
            let mut state = [state.clone(), state];
            Box::new(move |buffers| {
                let ([ar, ai, br, bi], h) = buffers.planes();
                let state = state.each_mut().map(Vec::as_mut_slice);
                let scan = ComplexScan::new(dims, [ar, ai], [br, bi], options)?;
                Ok(scan.run(&engine, zeroed(state), h)?)
            })
        }
        Operator::Ssm => return Err(Refusal::Unsupported("no such operator")),
    })
}

/// Planes of a state that starts at zero.
pub(crate) fn zeroed<F: Number, const N: usize>(mut state: [&mut [F]; N]) -> [&mut [F]; N] {
    state.iter_mut().for_each(|plane| plane.fill(F::zero()));
    state
}
