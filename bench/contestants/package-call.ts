// A problem as a call of the package.
import { complexScan, type Input, linearScan, matrixScan } from "ssm-scan";
import type { Planes } from "../cases/inputs.js";
import { channelsOf, type Problem } from "../cases/problem.js";

/** Planes as the package takes them: typed arrays, or arrays in a backend's memory. */
type Inputs = Planes<Input>;

/** The names of the planes of a result, the states of all steps, and of the last state. */
export interface Outputs {
  h: Inputs;
  state: Inputs;
}

/** How long the planes of a result are; undefined where the package has no call for the problem. */
export function outputLengths(problem: Problem): { h: Record<string, number>; state: Record<string, number> } | undefined {
  const { operator, batch, length } = problem;
  const state = batch * channelsOf(problem);
  const h = state * length;
  switch (operator) {
    case "linear":
    case "matrix":
      return { h: { h }, state: { h: state } };
    case "complex":
      return { h: { "h.re": h, "h.im": h }, state: { "h.re": state, "h.im": state } };
    default:
      return undefined;
  }
}

/** The call, on the backend in use. */
export function callOf(problem: Problem, inputs: Inputs, { h, state }: Outputs): () => void {
  const { operator, batch, length, reverse, channels = 1, n = 1 } = problem;
  const dims = { batch, length, channels };
  const one = { h: h["h"]!, state: state["h"]! };
  switch (operator) {
    case "linear": {
      const [given, options] = [{ a: inputs["a"]!, b: inputs["b"]! }, { out: one, reverse }];
      return () => void linearScan(given, dims, options);
    }
    case "complex": {
      const given = { a: pair(inputs, "a"), b: pair(inputs, "b") };
      const options = { out: { h: pair(h, "h"), state: pair(state, "h") }, reverse };
      return () => void complexScan(given, dims, options);
    }
    case "matrix": {
      const [given, options] = [{ A: inputs["a"]!, b: inputs["b"]! }, { out: one, reverse }];
      return () => void matrixScan(given, { batch, length, n }, options);
    }
    default:
      throw new Error("the package has no call for this operator");
  }
}

function pair(planes: Inputs, name: string): { re: Input; im: Input } {
  return { re: planes[`${name}.re`]!, im: planes[`${name}.im`]! };
}
