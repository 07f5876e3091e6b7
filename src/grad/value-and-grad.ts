// The gradients of a function of named parameters.
import type { Tensor } from "../arrays.js";
import { ScanError } from "../error.js";
import { Workspace } from "../workspace.js";
import { Tape, Variable } from "./tape.js";

/** Parameters by name. */
export type Named<T> = Record<string, T>;

/** What a function of parameters gives: a loss of one element, and whatever else is of use. */
export type Loss<E> = Variable | { loss: Variable; extra: E };

/** How {@link valueAndGrad} computes. */
export interface ValueAndGradOptions {
  /**
   * Whether the memory of one call serves the next, which is much faster where arrays are large; false. Then nothing that was
   * computed may be looked at after a call but its value, its gradients, and arrays and tensors that stand in `extra`.
   */
  reuse?: boolean;
}

/**
 * Turns a function that computes a loss of named parameters by the operations of this folder into one that also gives its
 * gradients: `gradients` has the names and shapes of the parameters, zeros where the loss does not depend on one.
 */
export function valueAndGrad<A extends unknown[], E = undefined>(
  compute: (parameters: Named<Variable>, ...rest: A) => Loss<E>,
  { reuse = false }: ValueAndGradOptions = {},
): (parameters: Named<Tensor>, ...rest: A) => { value: number; gradients: Named<Tensor>; extra: E } {
  const workspace = reuse ? new Workspace() : undefined;
  const run = (parameters: Named<Tensor>, rest: A): { value: number; gradients: Named<Tensor>; extra: E } => {
    const tape = new Tape();
    // Copies: a layer's own are views of the backend's memory, which are lost where that grows.
    const variables = Object.fromEntries(Object.entries(parameters).map(([name, { dims, data }]) => [name, tape.variable({ dims, data: data.slice() })]));
    const result = compute(variables, ...rest);
    const { loss, extra } = result instanceof Variable ? { loss: result, extra: undefined as E } : result;
    if (!(loss instanceof Variable)) throw new ScanError("dtype", "valueAndGrad: the function must return a variable, its loss");
    const found = tape.gradients(loss);
    const gradientOf = (name: string, { dims, data }: Tensor): Tensor => ({ dims, data: found.get(variables[name]!) ?? data.slice().fill(0) });
    const gradients = Object.fromEntries(Object.entries(parameters).map(([name, tensor]) => [name, gradientOf(name, tensor)]));
    return { value: loss.data[0]!, gradients, extra };
  };
  return (parameters, ...rest) => (workspace === undefined ? run(parameters, rest) : workspace.run(() => run(parameters, rest)));
}
