// The gradients of short convolutions.
import { checkDtype, dtypeOf, type Input, type Real } from "../arrays.js";
import { engine } from "../backend/current.js";
import { checkDims, checkLength } from "../dims.js";
import { ScanError } from "../error.js";
import { bytes, checkOptions, integers, oneOf } from "../options.js";
import { blank } from "../workspace.js";
import { activations, type CausalConv1dDims, type CausalConv1dInputs, type CausalConv1dOptions } from "./causal-conv1d.js";
import { required } from "./required.js";
import { sequencesOf } from "./scan-options.js";

/** The gradients of what {@link causalConv1d} gives. */
export interface CausalConv1dGradients<T extends Real = Real> {
  /** [batch, length, channels]. */
  y: Input<T>;
  /** That of the state that leaves, [batch, channels, width - 1]; zero if left out. */
  state?: Input<T>;
}

const checks = { activation: oneOf(activations), reset: bytes, cuSeqlens: integers };

/**
 * Gradients of what {@link causalConv1d} takes, given those of what it gives; each of its input's shape, `bias` and `state`
 * where given. The sums before the activation are computed again. float32 or float64; the same bits on any number of
 * threads. Throws a ScanError for arrays or options that do not fit. (As the backward pass of Dao's causal-conv1d.)
 */
export function causalConv1dBackward<T extends Real>(
  inputs: CausalConv1dInputs<T>,
  gradients: CausalConv1dGradients<T>,
  dims: CausalConv1dDims,
  options?: Omit<CausalConv1dOptions<T>, "out">,
): { x: T; weight: T; bias?: T; state?: T } {
  const call = "causalConv1dBackward";
  const axes = ["batch", "length", "channels", "width"] as const;
  const [batch, length, channels, width] = checkDims(dims, axes) as [number, number, number, number];
  if (width === 0) throw new ScanError("shape", "`width` must be at least 1, got 0");
  const { x, weight, bias, state } = required(call, inputs);
  const { y, state: leaving } = required(`${call}: gradients`, gradients);
  const checked = checkOptions(call, options, checks);
  const { activation = "none", reset, cuSeqlens } = checked;
  const dtype = dtypeOf("x", x);
  for (const [name, array] of Object.entries({ weight, "gradients.y": y })) checkDtype(name, array, dtype);
  for (const [name, array] of Object.entries({ bias, state, "gradients.state": leaving })) if (array !== undefined) checkDtype(name, array, dtype);
  checkLength("x", x, batch * length * channels);
  checkLength("weight", weight, channels * width);
  const made = (count: number): T => blank(dtype, count) as T;
  const result = { x: made(x.length), weight: made(weight.length), bias: made(channels), state: made(sequencesOf(batch, checked) * channels * (width - 1)) };
  const arrays = { x, weight, bias, state, "gradients.y": y, "gradients.state": leaving, reset, cuSeqlens };
  const filled = { "out.x": result.x, "out.weight": result.weight, "out.bias": result.bias, "out.state": result.state };
  engine().call(call, [batch, length, channels, width, activations[activation], 0], arrays, filled);
  return { x: result.x, weight: result.weight, ...(bias && { bias: result.bias }), ...(state && { state: result.state }) };
}
