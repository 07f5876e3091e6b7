//! By the operator of the core.

use crate::{
    contestants::Compute, number::Number, ours::zeroed, problem::Problem, refusal::Refusal,
};
use ssm_scan_core::{
    Engine,
    diagonal_ssm::{DiagonalSsm, Transition, Weights},
};

pub(crate) fn compute<F: Number>(problem: &Problem, threads: usize) -> Result<Compute<F>, Refusal> {
    let (dims, states) = (problem.dims(), problem.states());
    let (engine, options) = (Engine::new(threads, false)?, problem.options());
    let mut state = [vec![F::zero(); states], vec![F::zero(); states]];
    let [one, zero] = [vec![F::one(); states], vec![F::zero(); states]];
    Ok(Box::new(move |buffers| {
        let ([ar, ai, br, bi, cr, ci, u], [y]) = buffers.planes();
        let [input, output] = [[br, bi], [cr, ci]].map(pairs);
        let weights = Weights {
            input: &input,
            output: &output,
            pitch: states,
            first: 0,
            scale: F::one(),
            skip: None,
        };
        let transition = Transition::Fixed { a: [ar, ai], gain: [&one, &zero] };
        let state = zeroed(state.each_mut().map(Vec::as_mut_slice));
        let ssm = DiagonalSsm::new(dims, states, u, weights, transition, options)?;
        Ok(ssm.run(&engine, state, y)?)
    }))
}

/// Two planes as pairs.
fn pairs<F: Number>([re, im]: [&[F]; 2]) -> Vec<F> {
    re.iter().zip(im).flat_map(|(&re, &im)| [re, im]).collect()
}
