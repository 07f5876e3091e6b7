// h[t] = A[t] h[t-1] + b[t] with dense matrices.
import type { Input, Real } from "../arrays.js";
import { checkDims } from "../dims.js";
import { combineReal, realScan, type RealScanOptions, type Sizes, summarizeReal } from "./real-scan.js";

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
export type MatrixScanOptions<T extends Real = Real> = RealScanOptions<T>;

const sizesOf = (dims: MatrixDims): Sizes => checkDims(dims, ["batch", "length", "n"]) as unknown as Sizes;

/**
 * Solves `h[t] = A[t] h[t-1] + b[t]` for every t: h [batch, length, n] and the last state [batch, n]. float32 or
 * float64; n = 2, 3, 4 and 8 are fastest. Throws a ScanError for arrays or options that do not fit.
 */
export function matrixScan<T extends Real>(inputs: MatrixScanInputs<T>, dims: MatrixDims, options?: MatrixScanOptions<T>): { h: T; state: T } {
  return realScan("matrixScan", "A", inputs, sizesOf(dims), options);
}

/** What each whole sequence does to its state, `state -> A state + b`; A: [batch, n, n], b: [batch, n]. */
export function summarizeMatrix<T extends Real>(inputs: { A: Input<T>; b: Input<T> }, dims: MatrixDims): { A: T; b: T } {
  const sizes = sizesOf(dims);
  const [A, b] = summarizeReal("summarizeMatrix", "A", inputs, sizes, [sizes[2] ** 2, sizes[2]]);
  return { A, b };
}

/** `first`, then `second`, map by map: `(A' A, A' b + b')`; A: [maps, n, n], b: [maps, n]. */
export function combineMatrix<T extends Real>(first: { A: T; b: T }, second: { A: T; b: T }, n: number): { A: T; b: T } {
  const [A, b] = combineReal<T>("combineMatrix", "A", first, second, checkDims({ n }, ["n"]));
  return { A, b };
}
