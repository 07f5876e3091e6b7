// Functions of single elements: by kernels, or in JavaScript where only parameters are their arguments.
import type { FunctionName } from "../../layers/rows.js";
import { commonDtype, counts, type Operand, tapeOf, type Variable } from "../tape.js";
import { checkShape } from "../shapes.js";
import { pointwise } from "./kernels.js";

/** GELU by tanh. */
export const gelu = (x: Operand): Variable => byKernel("gelu", "geluSlope", x);
/** GELU by erf. */
export const geluErf = (x: Operand): Variable => byKernel("geluErf", "geluErfSlope", x);
/** x sigmoid(x). */
export const silu = (x: Operand): Variable => byKernel("silu", "siluSlope", x);
/** 1 / (1 + exp(-x)). */
export const sigmoid = (x: Operand): Variable => byKernel("sigmoid", "sigmoidSlope", x);
/** tanh(x). */
export const tanh = (x: Operand): Variable => byKernel("tanh", "tanhSlope", x);
/** max(x, 0). */
export const relu = (x: Operand): Variable => byKernel("relu", "reluSlope", x);
/** 1 / x. */
export const reciprocal = (x: Operand): Variable => byKernel("reciprocal", "reciprocalSlope", x);
/** exp(x). */
export const exp = (x: Operand): Variable => byKernel("exp", "exp", x);
/** ln(1 + exp(x)). */
export const softplus = (x: Operand): Variable => byKernel("softplus", "sigmoid", x);

function byKernel(value: FunctionName, slope: FunctionName, x: Operand): Variable {
  return tapeOf([x]).record([x], x.dims, pointwise(value, x.data), (gradient) => [pointwise(slope, x.data, gradient)]);
}

/** value sigmoid(gate); shapes alike. */
export function glu(value: Operand, gate: Operand): Variable {
  const operands = [value, gate];
  commonDtype("glu", operands);
  checkShape("glu", "gate", gate, value.dims);
  return tapeOf(operands).record(operands, value.dims, pointwise("sigmoid", gate.data, value.data), (gradient) => [
    counts(value) ? pointwise("sigmoid", gate.data, gradient) : undefined,
    counts(gate) ? pointwise("sigmoidSlope", gate.data, pointwise("identity", gradient, value.data)) : undefined,
  ]);
}

/** ln(x). */
export const log = (x: Operand): Variable => byResult(x, Math.log, (value) => 1 / value);
/** The square root of x. */
export const sqrt = (x: Operand): Variable => byResult(x, Math.sqrt, (_, y) => 0.5 / y);
/** sin(x). */
export const sin = (x: Operand): Variable => byResult(x, Math.sin, (value) => Math.cos(value));
/** cos(x). */
export const cos = (x: Operand): Variable => byResult(x, Math.cos, (value) => -Math.sin(value));

/** `slope` gets an element of x and its result. */
function byResult(x: Operand, of: (value: number) => number, slope: (value: number, result: number) => number): Variable {
  const data = x.data.map(of);
  return tapeOf([x]).record([x], x.dims, data, (gradient) => [gradient.map((value, i) => value * slope(x.data[i]!, data[i]!))]);
}
