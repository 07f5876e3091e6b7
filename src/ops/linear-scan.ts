// h[t] = a[t] h[t-1] + b[t], elementwise over channels.
import { checkDtype, dataOf, dtypeOf, type Input, type Real, zeros } from "../arrays.js";
import { engine } from "../backend/current.js";
import { checkDims, checkLength, type Dims } from "../dims.js";
import { required } from "./required.js";
import { checkOverlap, flagsOf, type ScanOptions, scanOptions, sequencesOf } from "./scan-options.js";

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
export interface LinearScanOptions<T extends Real = Real> extends ScanOptions {
  /** Arrays to fill instead of new ones; none may share memory with an input. */
  out?: { h?: Input<T>; state?: Input<T> };
}

const axes = ["batch", "length", "channels"] as const;

/**
 * Solves `h[t] = a[t] h[t-1] + b[t]` for every t: h [batch, length, channels] and the last state [batch, channels].
 * float32 or float64. Throws a ScanError for arrays or options that do not fit. (Blelloch 1990; Martin and Cundy 2018.)
 */
export function linearScan<T extends Real>(inputs: LinearScanInputs<T>, dims: Dims, options?: LinearScanOptions<T>): { h: T; state: T } {
  const [batch, length, channels] = checkDims(dims, axes) as [number, number, number];
  const { a, b, state } = required("linearScan", inputs);
  const checked = scanOptions("linearScan", options);
  const dtype = dtypeOf("a", a);
  checkDtype("b", b, dtype);
  checkLength("b", b, batch * length * channels);
  if (state !== undefined) checkDtype("state", state, dtype);
  const { out, reset, cuSeqlens } = checked;
  if (out?.h !== undefined) checkDtype("out.h", out.h, dtype);
  if (out?.state !== undefined) checkDtype("out.state", out.state, dtype);
  const h = out?.h ?? (zeros(dtype, b.length) as T);
  const leaving = out?.state ?? (zeros(dtype, sequencesOf(batch, checked) * channels, "state") as T);
  const arrays = { a, b, state, reset, cuSeqlens };
  const filled = { "out.h": h, "out.state": leaving };
  if (out !== undefined) checkOverlap(arrays, filled);
  const backend = engine();
  backend.call("linearScan", [batch, length, channels, flagsOf(checked, backend)], arrays, filled);
  return { h: dataOf(h), state: dataOf(leaving) };
}

/** What each whole sequence does to its state, `state -> a state + b`; a, b: [batch, channels]. */
export function summarizeLinear<T extends Real>(inputs: { a: Input<T>; b: Input<T> }, dims: Dims): { a: T; b: T } {
  const sizes = checkDims(dims, axes);
  const { a, b } = required("summarizeLinear", inputs);
  const dtype = dtypeOf("a", a);
  checkDtype("b", b, dtype);
  const [batch, length, channels] = sizes as [number, number, number];
  checkLength("b", b, batch * length * channels);
  const result = { a: zeros(dtype, batch * channels) as T, b: zeros(dtype, batch * channels) as T };
  engine().call("summarizeLinear", sizes, { a, b }, { "out.a": result.a, "out.b": result.b });
  return result;
}

/** `first`, then `second`: `(a' a, a' b + b')` for arrays of one length. */
export function combineLinear<T extends Real>(first: { a: T; b: T }, second: { a: T; b: T }): { a: T; b: T } {
  const inputs = {
    "first.a": required("combineLinear", first).a,
    "first.b": first.b,
    "second.a": required("combineLinear", second).a,
    "second.b": second.b,
  };
  const dtype = dtypeOf("first.a", first.a);
  for (const [name, array] of Object.entries(inputs)) checkDtype(name, array, dtype);
  const result = { a: zeros(dtype, first.a.length) as T, b: zeros(dtype, first.a.length) as T };
  engine().call("combineLinear", [], inputs, { "out.a": result.a, "out.b": result.b });
  return result;
}
