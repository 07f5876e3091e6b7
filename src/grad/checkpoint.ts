// Memory for time: a part of a computation that is done again when its gradients are asked for.
import type { Real } from "../arrays.js";
import { type Operand, Tape, tapeOf, type Variable } from "./tape.js";

/**
 * The result of `compute`, of which nothing but the inputs is kept: what lies between is computed again on the way back.
 * `compute` has to give the same result each time, and take all it depends on as arguments. (Chen et al. 2016,
 * arXiv:1604.06174.)
 */
export function checkpoint(compute: (...inputs: Variable[]) => Variable, ...inputs: readonly Operand[]): Variable {
  const run = (): { own: Tape; variables: Variable[]; result: Variable } => {
    const own = new Tape();
    const variables = inputs.map((input) => own.variable(input));
    return { own, variables, result: compute(...variables) };
  };
  const { dims, data } = run().result;
  return tapeOf(inputs).record(inputs, dims, data, (gradient: Real) => {
    const { own, variables, result } = run();
    const found = own.pull(new Map([[result, gradient]]));
    return variables.map((variable) => found.get(variable));
  });
}
