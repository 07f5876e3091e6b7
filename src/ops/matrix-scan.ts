// h[t] = A[t] h[t-1] + b[t] with dense matrices.
import { checkDtype, dataOf, dtypeOf, type Input, type Real, zeros } from "../arrays.js";
import { engine } from "../backend/current.js";
import { checkDims, checkLength } from "../dims.js";
import { required } from "./required.js";
import { checkOverlap, flagsOf, type ScanOptions, scanOptions, sequencesOf } from "./scan-options.js";

/** Axis sizes of a {@link matrixScan}. */
export interface MatrixDims {
  /** Independent sequences. */
  batch: number;
  /** Time steps. */
  length: number;
  /** Elements of a state. */
  n: number;
}

/** Arguments of {@link matrixScan}; matrices are row-major. */
export interface MatrixScanInputs<T extends Real = Real> {
  /** [batch, length, n, n], [length, n, n] or [n, n]. */
  A: Input<T>;
  /** [batch, length, n]. */
  b: Input<T>;
  /** h before the first step: [batch, n]; zero if left out. */
  state?: Input<T>;
}

/** Options of {@link matrixScan}. */
export interface MatrixScanOptions<T extends Real = Real> extends ScanOptions {
  /** Arrays to fill instead of new ones; none may share memory with an input. */
  out?: { h?: Input<T>; state?: Input<T> };
}

const axes = ["batch", "length", "n"] as const;

/**
 * Solves `h[t] = A[t] h[t-1] + b[t]` for every t: h [batch, length, n] and the last state [batch, n]. float32 or
 * float64; n = 2, 3, 4 and 8 are fastest. Throws a ScanError for arrays or options that do not fit.
 */
export function matrixScan<T extends Real>(inputs: MatrixScanInputs<T>, dims: MatrixDims, options?: MatrixScanOptions<T>): { h: T; state: T } {
  const [batch, length, n] = checkDims(dims, axes) as [number, number, number];
  const { A, b, state } = required("matrixScan", inputs);
  const checked = scanOptions("matrixScan", options);
  const dtype = dtypeOf("A", A);
  checkDtype("b", b, dtype);
  checkLength("b", b, batch * length * n);
  if (state !== undefined) checkDtype("state", state, dtype);
  const { out, reset, cuSeqlens } = checked;
  if (out?.h !== undefined) checkDtype("out.h", out.h, dtype);
  if (out?.state !== undefined) checkDtype("out.state", out.state, dtype);
  const h = out?.h ?? (zeros(dtype, b.length) as T);
  const leaving = out?.state ?? (zeros(dtype, sequencesOf(batch, checked) * n, "state") as T);
  const arrays = { A, b, state, reset, cuSeqlens };
  const filled = { "out.h": h, "out.state": leaving };
  if (out !== undefined) checkOverlap(arrays, filled);
  const backend = engine();
  backend.call("matrixScan", [batch, length, n, flagsOf(checked, backend)], arrays, filled);
  return { h: dataOf(h), state: dataOf(leaving) };
}

/** What each whole sequence does to its state, `state -> A state + b`; A: [batch, n, n], b: [batch, n]. */
export function summarizeMatrix<T extends Real>(inputs: { A: Input<T>; b: Input<T> }, dims: MatrixDims): { A: T; b: T } {
  const sizes = checkDims(dims, axes);
  const { A, b } = required("summarizeMatrix", inputs);
  const dtype = dtypeOf("A", A);
  checkDtype("b", b, dtype);
  const [batch, length, n] = sizes as [number, number, number];
  checkLength("b", b, batch * length * n);
  const result = { A: zeros(dtype, batch * n * n, "A") as T, b: zeros(dtype, batch * n, "b") as T };
  engine().call("summarizeMatrix", sizes, { A, b }, { "out.A": result.A, "out.b": result.b });
  return result;
}

/** `first`, then `second`, map by map: `(A' A, A' b + b')`; A: [maps, n, n], b: [maps, n]. */
export function combineMatrix<T extends Real>(first: { A: T; b: T }, second: { A: T; b: T }, n: number): { A: T; b: T } {
  checkDims({ n }, ["n"]);
  const inputs = {
    "first.A": required("combineMatrix", first).A,
    "first.b": first.b,
    "second.A": required("combineMatrix", second).A,
    "second.b": second.b,
  };
  const dtype = dtypeOf("first.A", first.A);
  for (const [name, array] of Object.entries(inputs)) checkDtype(name, array, dtype);
  const result = { A: zeros(dtype, first.A.length) as T, b: zeros(dtype, first.b.length) as T };
  engine().call("combineMatrix", [n], inputs, { "out.A": result.A, "out.b": result.b });
  return result;
}
