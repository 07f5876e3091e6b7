// A problem as a call of the package.
import { complexScan, type Input, linearScan, matrixScan, selectiveScan, ssd } from "ssm-scan";
import type { Planes } from "../cases/inputs.js";
import { HEAD_DIM, headsOf } from "../cases/mamba/ssd.js";
import { channelsOf, type Problem } from "../cases/problem.js";

/** Planes as the package takes them: typed arrays, or arrays in a backend's memory. */
type Inputs = Planes<Input>;

/** The planes of a result, named as the truth's, and of the last state. */
export interface Outputs<T = Input> {
  result: Planes<T>;
  state: Planes<T>;
}

/** Elements of each plane. */
export type OutputLengths = Outputs<number>;

/** Undefined where the package has no call for the problem. */
export function outputLengths(problem: Problem): OutputLengths | undefined {
  const { operator, batch, length, n = 1 } = problem;
  const row = batch * channelsOf(problem);
  const all = row * length;
  switch (operator) {
    case "linear":
    case "matrix":
      return { result: { h: all }, state: { h: row } };
    case "complex":
      return { result: { "h.re": all, "h.im": all }, state: { "h.re": row, "h.im": row } };
    case "selective":
    case "ssd":
      return { result: { y: all }, state: { h: row * n } };
    default:
      return undefined;
  }
}

/** The call, on the backend in use. */
export function callOf(problem: Problem, inputs: Inputs, { result, state }: Outputs): () => void {
  const { operator, batch, length, reverse, channels = 1, n = 1 } = problem;
  const dims = { batch, length, channels };
  const one = { h: result["h"]!, state: state["h"]! };
  const signal = { y: result["y"]!, state: state["h"]! };
  switch (operator) {
    case "linear": {
      const [given, options] = [{ a: inputs["a"]!, b: inputs["b"]! }, { out: one, reverse }];
      return () => void linearScan(given, dims, options);
    }
    case "complex": {
      const given = { a: pair(inputs, "a"), b: pair(inputs, "b") };
      const options = { out: { h: pair(result, "h"), state: pair(state, "h") }, reverse };
      return () => void complexScan(given, dims, options);
    }
    case "matrix": {
      const [given, options] = [{ A: inputs["a"]!, b: inputs["b"]! }, { out: one, reverse }];
      return () => void matrixScan(given, { batch, length, n }, options);
    }
    case "selective": {
      const given = taken(inputs, ["u", "dt", "A", "B", "C", "D", "z", "dtBias"]);
      const options = { dtSoftplus: true, out: signal };
      return () => void selectiveScan(given, { batch, length, channels, states: n, groups: 1 }, options);
    }
    case "ssd": {
      const given = taken(inputs, ["x", "dt", "A", "B", "C"]);
      const sizes = { batch, length, heads: headsOf(problem), headDim: HEAD_DIM, states: n };
      return () => void ssd(given, sizes, { out: signal });
    }
    default:
      throw new Error("the package has no call for this operator");
  }
}

function pair(planes: Inputs, name: string): { re: Input; im: Input } {
  return { re: planes[`${name}.re`]!, im: planes[`${name}.im`]! };
}

function taken<K extends string>(planes: Inputs, names: readonly K[]): Record<K, Input> {
  return Object.fromEntries(names.map((name) => [name, planes[name]!])) as Record<K, Input>;
}
