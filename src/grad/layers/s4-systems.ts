// The continuous systems of S4 and S4D on variables, in float64: parameters are few, and their differences small.
import type { TransformName } from "../../init/positive.js";
import { type S4Config, statesOf } from "../../layers/s4-config.js";
import { affine, multiply } from "../ops/arithmetic.js";
import { cast } from "../ops/cast.js";
import { fromPairs } from "../ops/complex.js";
import { exp, relu, sigmoid, softplus } from "../ops/elementwise.js";
import { matmul } from "../ops/matmul.js";
import type { ComplexOperand } from "../ops/scans.js";
import { gather, reshape } from "../ops/shape.js";
import type { Operand, Variable } from "../tape.js";

export type Parameters = Readonly<Record<string, Operand>>;
export type Pair = ComplexOperand<Variable>;

/** `x' = A x + B u`, read out by C; dt, A, B: [features, states], C: [heads, features, states]. */
export interface Continuous {
  dt: Variable;
  A: Pair;
  B: Pair;
  C: Pair;
}

const functions: Readonly<Record<TransformName, (x: Variable) => Variable>> = { none: (x) => x, exp, relu: (x) => affine(relu(x), 1, 1e-4), sigmoid, softplus };

/** The systems that parameters stand for, steps multiplied by `rate`. */
export function continuous(own: Parameters, config: S4Config, rate: number): Continuous {
  const { dModel, nSsm, dtTransform, realTransform, imagTransform, bandlimit } = config;
  const states = statesOf(config);
  const kernel = (name: string): Variable => cast(own[`layer.kernel.${name}`]!, "float64");
  const steps = functions[dtTransform](kernel("inv_dt"));
  const dt = steps.dims[1] === states ? steps : spread(steps, states);
  const half = (name: string, transform: TransformName): Variable => taken(affine(functions[transform](kernel(name)), -1), 1, dModel, nSsm, states);
  const re = half("A_real", realTransform);
  const A = { re, im: config.isReal === true ? affine(re, 0) : half("A_imag", imagTransform) };
  const B = expanded(own, "B", config);
  const C = planes(kernel("C"), config.isReal === true);
  if (bandlimit !== null) {
    const pass = { dims: dt.dims, data: dt.data.map((step, i) => Number((step * Math.abs(A.im.data[i]!)) / (2 * Math.PI) < bandlimit / 2)) };
    [C.re, C.im] = [multiply(C.re, pass), multiply(C.im, pass)];
  }
  return { dt: affine(dt, rate), A, B, C };
}

/** A parameter [rows, copies, states], with a 2 behind where it is complex, as planes [rows features, states]; features take the copies in turn. */
export function expanded(own: Parameters, name: string, config: S4Config): Pair {
  const { dModel, nSsm } = config;
  const { re, im } = planes(cast(own[`layer.kernel.${name}`]!, "float64"), config.isReal === true);
  const states = statesOf(config);
  const rows = re.dims[0]!;
  return { re: taken(re, rows, dModel, nSsm, states), im: taken(im, rows, dModel, nSsm, states) };
}

function planes(x: Variable, isReal: boolean): Pair {
  return isReal ? { re: x, im: affine(x, 0) } : fromPairs(x);
}

function taken(x: Variable, rows: number, features: number, copies: number, states: number): Variable {
  const order = Int32Array.from({ length: rows * features }, (_, i) => Math.floor(i / features) * copies + ((i % features) % copies));
  return gather(reshape(x, [rows * copies, states]), order);
}

/** A column [rows, 1] as so many. */
export function spread(x: Variable, columns: number): Variable {
  return matmul(x, { dims: [1, columns], data: new Float64Array(columns).fill(1) });
}
