// LinOSS on variables.
import type { LinOssOptions } from "../../layers/linoss.js";
import { add, affine, divide, multiply, subtract } from "../ops/arithmetic.js";
import { cast } from "../ops/cast.js";
import { fromPairs } from "../ops/complex.js";
import { relu, sigmoid, sqrt } from "../ops/elementwise.js";
import { matmul } from "../ops/matmul.js";
import { oscillation, type OscillationStep } from "../ops/oscillation.js";
import { concatenate, transpose } from "../ops/shape.js";
import type { Operand, Variable } from "../tape.js";
import type { Trace } from "./trace.js";

/** Real and imaginary parts, which do not know of each other, are oscillators side by side. */
export const linOss: Trace<Required<LinOssOptions>> = (options, own, u, { reset }) => {
  const { re, im } = fromPairs(own["B"]!);
  const w = matmul(u, concatenate([transpose(re), transpose(im)]));
  const step = Object.fromEntries(Object.entries(stepOf(options, own)).map(([name, x]) => [name, cast(concatenate([x, x]), options.dtype)]));
  const y = oscillation(w, step as OscillationStep, reset);
  const C = fromPairs(own["C"]!);
  return add(matmul(y, concatenate([C.re, affine(C.im, -1)]), { transposed: true }), multiply(u, own["D"]!));
};

/** In float64, as the layer has it; see `crates/core/src/oscillator/motion.rs`. */
function stepOf({ discretization }: Required<LinOssOptions>, own: Readonly<Record<string, Operand>>): OscillationStep {
  const wide = (name: string): Variable => cast(own[name]!, "float64");
  const dt = sigmoid(wide("steps"));
  const g = own["G_diag"] === undefined ? undefined : relu(wide("G_diag"));
  const a = g === undefined ? relu(wide("A_diag")) : bounded(wide("A_diag"), g, dt);
  const damped = g === undefined ? affine(dt, 0, 1) : affine(multiply(dt, g), 1, 1);
  const pull = multiply(dt, a);
  const pulled = multiply(dt, pull);
  const [s, rest] = discretization === "IM" ? [add(damped, pulled), damped] : [damped, subtract(damped, pulled)];
  const square = multiply(dt, dt);
  return { m: divide(affine(s, 0, 1), s), n: divide(affine(pull, -1), s), o: divide(dt, s), p: divide(rest, s), f: divide(dt, s), g: divide(square, s) };
}

/** The nearest stiffness with which a damped step still turns. */
function bounded(a: Variable, g: Variable, dt: Variable): Variable {
  const root = affine(sqrt(affine(multiply(dt, g), 1, 1)), 1, 1);
  const low = divide(g, root);
  const high = divide(root, dt);
  return atMost(atLeast(a, multiply(low, low)), multiply(high, high));
}

const atLeast = (x: Variable, bound: Variable): Variable => add(bound, relu(subtract(x, bound)));
const atMost = (x: Variable, bound: Variable): Variable => subtract(bound, relu(subtract(bound, x)));
