// y[t] = f(bias + sum_k weight[width - 1 - k] x[t - k]): short convolutions of channels.
import { checkDtype, dataOf, dtypeOf, type Input, type Real } from "../arrays.js";
import { engine } from "../backend/current.js";
import { checkDims, checkLength, type Dims } from "../dims.js";
import { anObject, bytes, checkOptions, integers, oneOf } from "../options.js";
import { required } from "./required.js";
import { checkOverlap, sequencesOf } from "./scan-options.js";
import { ScanError } from "../error.js";
import { blank } from "../workspace.js";

/** Arguments of {@link causalConv1d}. */
export interface CausalConv1dInputs<T extends Real = Real> {
  /** Signals: [batch, length, channels]. */
  x: Input<T>;
  /** Taps of each channel, the present last: [channels, width]. */
  weight: Input<T>;
  /** [channels]; none if left out. */
  bias?: Input<T>;
  /** The inputs before the first, oldest first: [batch, channels, width - 1]; zero if left out. */
  state?: Input<T>;
}

/** Sizes of {@link causalConv1d}. */
export interface CausalConv1dDims extends Dims {
  /** Taps of each channel, the present's included; at least 1. */
  width: number;
}

/** The numbers that the core knows activations by. */
export const activations = { none: 0, silu: 1 } as const;

/** Options of {@link causalConv1d}. */
export interface CausalConv1dOptions<T extends Real = Real> {
  /** What is done to the sums; "none" if left out. */
  activation?: keyof typeof activations;
  /** [batch, length]; a 1 at t makes every input before t zero from t on: a select, so NaN does not pass. */
  reset?: Uint8Array;
  /** Packed sequences: rising, from 0 to length, batch 1; states are then [sequences, channels, width - 1]. */
  cuSeqlens?: Int32Array;
  /** Arrays to fill instead of new ones; none may share memory with an input. */
  out?: { y?: Input<T>; state?: Input<T> };
}

const checks = { activation: oneOf(activations), reset: bytes, cuSeqlens: integers, out: anObject };

/**
 * The causal convolution of every channel with its own few taps: y [batch, length, channels], and the last width - 1
 * inputs as the state. float32 or float64. Throws a ScanError for arrays or options that do not fit. (As
 * `causal_conv1d_fn` of Dao's causal-conv1d, with any width.)
 */
export function causalConv1d<T extends Real>(
  inputs: CausalConv1dInputs<T>,
  dims: CausalConv1dDims,
  options?: CausalConv1dOptions<T>,
): { y: T; state: T } {
  const axes = ["batch", "length", "channels", "width"] as const;
  const [batch, length, channels, width] = checkDims(dims, axes) as [number, number, number, number];
  if (width === 0) throw new ScanError("shape", "`width` must be at least 1, got 0");
  const { x, weight, bias, state } = required("causalConv1d", inputs);
  const checked = checkOptions("causalConv1d", options, checks);
  const { activation = "none", reset, cuSeqlens, out } = checked;
  if (out !== undefined) checkOptions("causalConv1d: out", out, { y: anObject, state: anObject });
  const dtype = dtypeOf("x", x);
  checkDtype("weight", weight, dtype);
  const optional = { bias, state, "out.y": out?.y, "out.state": out?.state };
  for (const [name, array] of Object.entries(optional)) if (array !== undefined) checkDtype(name, array, dtype);
  checkLength("x", x, batch * length * channels);
  const leaving = out?.state ?? (blank(dtype, sequencesOf(batch, checked) * channels * (width - 1), "state") as T);
  const y = out?.y ?? (blank(dtype, x.length, "y") as T);
  const arrays = { x, weight, bias, state, reset, cuSeqlens, lengths: undefined };
  const filled = { "out.y": y, "out.state": leaving };
  if (out !== undefined) checkOverlap(arrays, filled);
  engine().call("causalConv1d", [batch, length, channels, width, activations[activation], 0], arrays, filled);
  return { y: dataOf(y), state: dataOf(leaving) };
}
