// h[t] = a[t] h[t-1] + b[t], elementwise over channels.
import type { Input, Real } from "../arrays.js";
import { checkDims, type Dims } from "../dims.js";
import { combineReal, realScan, type RealScanOptions, type Sizes, summarizeReal } from "./real-scan.js";

/** Arguments of {@link linearScan}. */
export interface LinearScanInputs<T extends Real = Real> {
  /** Gates: [batch, length, channels], [length, channels] or [channels]. */
  a: Input<T>;
  /** Inputs: [batch, length, channels]. */
  b: Input<T>;
  /** h before the first step: [batch, channels]; zero if left out. */
  state?: Input<T>;
}

/** Options of {@link linearScan}. */
export type LinearScanOptions<T extends Real = Real> = RealScanOptions<T>;

const sizesOf = (dims: Dims): Sizes => checkDims(dims, ["batch", "length", "channels"]) as unknown as Sizes;

/**
 * Solves `h[t] = a[t] h[t-1] + b[t]` for every t: h [batch, length, channels] and the last state [batch, channels].
 * float32 or float64. Throws a ScanError for arrays or options that do not fit. (Blelloch 1990; Martin and Cundy 2018.)
 */
export function linearScan<T extends Real>(inputs: LinearScanInputs<T>, dims: Dims, options?: LinearScanOptions<T>): { h: T; state: T } {
  return realScan("linearScan", "a", inputs, sizesOf(dims), options);
}

/** What each whole sequence does to its state, `state -> a state + b`; a, b: [batch, channels]. */
export function summarizeLinear<T extends Real>(inputs: { a: Input<T>; b: Input<T> }, dims: Dims): { a: T; b: T } {
  const sizes = sizesOf(dims);
  const [a, b] = summarizeReal("summarizeLinear", "a", inputs, sizes, [sizes[2], sizes[2]]);
  return { a, b };
}

/** `first`, then `second`: `(a' a, a' b + b')` for arrays of one length. */
export function combineLinear<T extends Real>(first: { a: T; b: T }, second: { a: T; b: T }): { a: T; b: T } {
  const [a, b] = combineReal<T>("combineLinear", "a", first, second, []);
  return { a, b };
}
