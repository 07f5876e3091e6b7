// Functions of single elements: activations by kernels, others in JavaScript.
import { type Real, zeros } from "../../arrays.js";
import { engine } from "../../backend/current.js";
import { commonDtype, type Operand, tapeOf, type Variable } from "../tape.js";

/** Numbers of functions and of their derivatives, as in `crates/core/src/pointwise`. */
const kernels = { gelu: [1, 7], geluErf: [2, 8], silu: [3, 9], sigmoid: [4, 10], tanh: [5, 11], relu: [6, 12] } as const;

/** GELU by tanh. */
export const gelu = (x: Operand): Variable => byKernel("gelu", x);
/** GELU by erf. */
export const geluErf = (x: Operand): Variable => byKernel("geluErf", x);
/** x sigmoid(x). */
export const silu = (x: Operand): Variable => byKernel("silu", x);
/** 1 / (1 + exp(-x)). */
export const sigmoid = (x: Operand): Variable => byKernel("sigmoid", x);
/** tanh(x). */
export const tanh = (x: Operand): Variable => byKernel("tanh", x);
/** max(x, 0). */
export const relu = (x: Operand): Variable => byKernel("relu", x);

function byKernel(name: keyof typeof kernels, x: Operand): Variable {
  const [value, slope] = kernels[name];
  const dtype = commonDtype(name, [x]);
  const call = (kind: number, times?: Real): Real => {
    const y = zeros(dtype, x.data.length);
    engine().call("pointwise", [kind], { x: x.data, times, plus: undefined }, { y });
    return y;
  };
  return tapeOf([x]).record([x], x.dims, call(value), (gradient) => [call(slope, gradient)]);
}

/** exp(x). */
export const exp = (x: Operand): Variable => byResult(x, Math.exp, (_, y) => y);
/** ln(x). */
export const log = (x: Operand): Variable => byResult(x, Math.log, (value) => 1 / value);
/** The square root of x. */
export const sqrt = (x: Operand): Variable => byResult(x, Math.sqrt, (_, y) => 0.5 / y);
/** sin(x). */
export const sin = (x: Operand): Variable => byResult(x, Math.sin, (value) => Math.cos(value));
/** cos(x). */
export const cos = (x: Operand): Variable => byResult(x, Math.cos, (value) => -Math.sin(value));
/** ln(1 + exp(x)). */
export const softplus = (x: Operand): Variable =>
  byResult(
    x,
    (value) => Math.max(value, 0) + Math.log1p(Math.exp(-Math.abs(value))),
    (value) => 1 / (1 + Math.exp(-value)),
  );

/** `slope` gets an element of x and its result. */
function byResult(x: Operand, of: (value: number) => number, slope: (value: number, result: number) => number): Variable {
  const data = x.data.map(of);
  return tapeOf([x]).record([x], x.dims, data, (gradient) => [gradient.map((value, i) => value * slope(x.data[i]!, data[i]!))]);
}
