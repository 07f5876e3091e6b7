// h[t] = a[t] h[t-1] + b[t] over complex numbers, elementwise over channels.
import { checkDtype, type Complex, dataOf, type Dtype, dtypeOf, type Input, type Real } from "../arrays.js";
import { engine } from "../backend/current.js";
import { checkDims, checkLength, type Dims } from "../dims.js";
import { anObject, checkOptions } from "../options.js";
import { blank } from "../workspace.js";
import { required } from "./required.js";
import { checkOverlap, flagsOf, type ScanOptions, scanOptions, sequencesOf } from "./scan-options.js";

/** A planar pair, either plane of which may live in the backend's memory. */
export interface ComplexInput<T extends Real = Real> {
  re: Input<T>;
  im: Input<T>;
}

/** Arguments of {@link complexScan}; each a planar pair. */
export interface ComplexScanInputs<T extends Real = Real> {
  /** Gates: [batch, length, channels], [length, channels] or [channels]. */
  a: ComplexInput<T>;
  /** Inputs: [batch, length, channels]. */
  b: ComplexInput<T>;
  /** h before the first step: [batch, channels]; zero if left out. */
  state?: ComplexInput<T>;
}

/** Options of {@link complexScan}. */
export interface ComplexScanOptions<T extends Real = Real> extends ScanOptions {
  /** Arrays to fill instead of new ones; none may share memory with an input. */
  out?: { h?: ComplexInput<T>; state?: ComplexInput<T> };
}

type Planes = Record<string, Input>;

const axes = ["batch", "length", "channels"] as const;

/**
 * Solves `h[t] = a[t] h[t-1] + b[t]` for every t over complex numbers: h [batch, length, channels] and the last state
 * [batch, channels], planar. float32 or float64. Throws a ScanError for arrays or options that do not fit.
 */
export function complexScan<T extends Real>(inputs: ComplexScanInputs<T>, dims: Dims, options?: ComplexScanOptions<T>): { h: Complex<T>; state: Complex<T> } {
  const [batch, length, channels] = checkDims(dims, axes) as [number, number, number];
  const { a, b, state } = required("complexScan", inputs);
  const checked = scanOptions("complexScan", options);
  const { out, reset, cuSeqlens } = checked;
  const dtype = dtypeOf("a.re", required("complexScan: a", a).re);
  const pair = (count: number) => ({ re: blank(dtype, count, "state") as T, im: blank(dtype, count, "state") as T });
  checkPlanes("a", a, dtype);
  checkPlanes("b", b, dtype);
  if (state !== undefined) checkPlanes("state", state, dtype);
  // Spelled out: an object whose keys are computed is slow to make and to read.
  const arrays = { "a.re": a.re, "a.im": a.im, "b.re": b.re, "b.im": b.im, "state.re": state?.re, "state.im": state?.im, reset, cuSeqlens };
  checkLength("b.re", b.re, batch * length * channels);
  const h = out?.h ?? pair(b.re.length);
  const leaving = out?.state ?? pair(sequencesOf(batch, checked) * channels);
  if (out?.h !== undefined) checkPlanes("out.h", h, dtype);
  if (out?.state !== undefined) checkPlanes("out.state", leaving, dtype);
  const filled = { "out.h.re": h.re, "out.h.im": h.im, "out.state.re": leaving.re, "out.state.im": leaving.im };
  if (out !== undefined) checkOverlap(arrays, filled);
  const backend = engine();
  backend.call("complexScan", [batch, length, channels, flagsOf(checked, backend)], arrays, filled);
  return { h: dataOfPair(h), state: dataOfPair(leaving) };
}

/** What each whole sequence does to its state, `state -> a state + b`; a, b: [batch, channels], planar. */
export function summarizeComplex<T extends Real>(inputs: { a: ComplexInput<T>; b: ComplexInput<T> }, dims: Dims): { a: Complex<T>; b: Complex<T> } {
  const sizes = checkDims(dims, axes);
  const { a, b } = required("summarizeComplex", inputs);
  const dtype = dtypeOf("a.re", required("summarizeComplex: a", a).re);
  const [batch, length, channels] = sizes as [number, number, number];
  const arrays = { ...planes("a", a, dtype), ...planes("b", b, dtype) };
  checkLength("b.re", b.re, batch * length * channels);
  return filledBy("summarizeComplex", sizes, arrays, dtype, batch * channels);
}

/** `first`, then `second`: `(a' a, a' b + b')` for planes of one length. */
export function combineComplex<T extends Real>(first: { a: Complex<T>; b: Complex<T> }, second: { a: Complex<T>; b: Complex<T> }): { a: Complex<T>; b: Complex<T> } {
  const call = "combineComplex";
  const dtype = dtypeOf("first.a.re", required(`${call}: first.a`, required(call, first).a).re);
  const inputs = {
    ...planes("first.a", first.a, dtype),
    ...planes("first.b", first.b, dtype),
    ...planes("second.a", required(call, second).a, dtype),
    ...planes("second.b", second.b, dtype),
  };
  return filledBy(call, [], inputs, dtype, first.a.re.length);
}

function filledBy<T extends Real>(kernel: "summarizeComplex" | "combineComplex", numbers: number[], inputs: Planes, dtype: Dtype, count: number): { a: Complex<T>; b: Complex<T> } {
  const pair = () => ({ re: blank(dtype, count) as T, im: blank(dtype, count) as T });
  const result = { a: pair(), b: pair() };
  engine().call(kernel, numbers, inputs, { ...planes("out.a", result.a, dtype), ...planes("out.b", result.b, dtype) });
  return result;
}

const planeChecks = { re: anObject, im: anObject };

/** Checks the pair called `name`. */
function checkPlanes(name: string, pair: ComplexInput, dtype: Dtype): void {
  const { re, im } = required(name, pair);
  checkOptions(name, pair as object, planeChecks);
  checkDtype(`${name}.re`, re, dtype);
  checkDtype(`${name}.im`, im, dtype);
}

/** The planes of the pair called `name`, by their names. */
export function planes(name: string, pair: ComplexInput, dtype: Dtype): Planes {
  checkPlanes(name, pair, dtype);
  return { [`${name}.re`]: pair.re, [`${name}.im`]: pair.im };
}

function dataOfPair<T extends Real>({ re, im }: ComplexInput<T>): Complex<T> {
  return { re: dataOf(re), im: dataOf(im) };
}
