// The gradients of the scans: linear recurrences that run the other way.
import { checkDtype, type Complex, dataOf, type Dtype, dtypeOf, type Input, type Real } from "../arrays.js";
import { engine } from "../backend/current.js";
import { checkDims, checkLength, type Dims } from "../dims.js";
import { anObject, checkOptions } from "../options.js";
import { blank } from "../workspace.js";
import { type ComplexInput, type ComplexScanInputs, planes } from "./complex-scan.js";
import type { LinearScanInputs } from "./linear-scan.js";
import type { MatrixDims, MatrixScanInputs } from "./matrix-scan.js";
import { required } from "./required.js";
import { checkOverlap, flagsOf, scanChecks, type ScanOptions, sequencesOf } from "./scan-options.js";

/** The gradients of a scan's results: of every state, and of the states that leave (zero if left out). */
export interface ScanGradients<T extends Real = Real> {
  /** The shape of h. */
  h: Input<T>;
  /** [batch, channels]; of packed sequences [sequences, channels]. */
  state?: Input<T>;
}

/** The same of complex numbers: derivatives with respect to the real and the imaginary parts. */
export interface ComplexScanGradients<T extends Real = Real> {
  h: ComplexInput<T>;
  state?: ComplexInput<T>;
}

/** What a scan gave, where it is at hand; it is computed once more where left out. */
export interface WithStates<A> {
  /** The shape of the scan's h. */
  h?: A;
}

/** The gate's name in a formula. */
type Gate = "a" | "A";

/**
 * Gradients of what {@link linearScan} takes, given those of what it gives: `g[t] = dh[t] + a[t+1] g[t+1]` is that of
 * b[t], `g[t] h[t-1]` that of a[t]; gates that serve several steps get the sum of theirs. `state` where one was given.
 * (Martin and Cundy 2018, arXiv:1709.04057.)
 */
export function linearScanBackward<T extends Real>(
  inputs: LinearScanInputs<T> & WithStates<Input<T>>,
  gradients: ScanGradients<T>,
  dims: Dims,
  options?: ScanOptions & { out?: { a?: Input<T>; b?: Input<T>; state?: Input<T> } },
): { a: T; b: T; state?: T } {
  const [batch, length, channels] = checkDims(dims, ["batch", "length", "channels"]) as [number, number, number];
  const { gate, ...rest } = realBackward("linearScanBackward", "a", inputs, gradients, [batch, length, channels], options);
  return { a: gate, ...rest };
}

/** The same for {@link matrixScan}: `g[t] = dh[t] + A[t+1]^T g[t+1]`, and `g[t] h[t-1]^T` for A[t]. */
export function matrixScanBackward<T extends Real>(
  inputs: MatrixScanInputs<T> & WithStates<Input<T>>,
  gradients: ScanGradients<T>,
  dims: MatrixDims,
  options?: ScanOptions & { out?: { A?: Input<T>; b?: Input<T>; state?: Input<T> } },
): { A: T; b: T; state?: T } {
  const [batch, length, n] = checkDims(dims, ["batch", "length", "n"]) as [number, number, number];
  const { gate, ...rest } = realBackward("matrixScanBackward", "A", inputs, gradients, [batch, length, n], options);
  return { A: gate, ...rest };
}

/**
 * The same for {@link complexScan}: `g[t] = dh[t] + conj(a[t+1]) g[t+1]`, and `g[t] conj(h[t-1])` for a[t]. A gradient holds
 * the derivatives with respect to the real and to the imaginary parts.
 */
export function complexScanBackward<T extends Real>(
  inputs: ComplexScanInputs<T> & WithStates<ComplexInput<T>>,
  gradients: ComplexScanGradients<T>,
  dims: Dims,
  options?: ScanOptions,
): { a: Complex<T>; b: Complex<T>; state?: Complex<T> } {
  const call = "complexScanBackward";
  const [batch, length, channels] = checkDims(dims, ["batch", "length", "channels"]) as [number, number, number];
  const { a, b, state, h: states } = required(call, inputs);
  const { h, state: leaving } = required(`${call}: gradients`, gradients);
  const checked = checkOptions(call, options, scanChecks);
  const dtype = dtypeOf("a.re", required(`${call}: a`, a).re);
  const optional = (name: string, given: ComplexInput | undefined) => (given === undefined ? { [`${name}.re`]: undefined, [`${name}.im`]: undefined } : planes(name, given, dtype));
  // In the order of the kernel's arguments.
  const arrays = { ...planes("a", a, dtype), ...planes("b", b, dtype), ...optional("state", state), ...optional("h", states), ...planes("gradients.h", h, dtype), ...optional("gradients.state", leaving) };
  checkLength("b.re", b.re, batch * length * channels);
  const pair = (count: number) => ({ re: blank(dtype, count) as T, im: blank(dtype, count) as T });
  const result = { a: pair(a.re.length), b: pair(b.re.length), state: pair(sequencesOf(batch, checked) * channels) };
  const backend = engine();
  const { reset, cuSeqlens } = checked;
  backend.call("complexScanBackward", [batch, length, channels, flagsOf(checked, backend)], { ...arrays, reset, cuSeqlens }, planesOf(result));
  return state === undefined ? { a: result.a, b: result.b } : result;
}

function planesOf(pairs: Record<string, Complex>): Record<string, Real> {
  return Object.fromEntries(Object.entries(pairs).flatMap(([name, { re, im }]) => [[`out.${name}.re`, re], [`out.${name}.im`, im]]));
}

type RealArrays<T extends Real> = Partial<Record<Gate | "b" | "state" | "h", Input<T>>>;

function realBackward<T extends Real>(
  call: "linearScanBackward" | "matrixScanBackward",
  gate: Gate,
  inputs: RealArrays<T>,
  gradients: ScanGradients<T>,
  [batch, length, width]: readonly [number, number, number],
  options: (ScanOptions & { out?: RealArrays<T> }) | undefined,
): { gate: T; b: T; state?: T } {
  const { [gate]: gates, b, state, h: states } = required(call, inputs);
  const { h, state: leaving } = required(`${call}: gradients`, gradients);
  const checked = checkOptions(call, options, { ...scanChecks, out: anObject });
  const out = checkOptions(`${call}: out`, checked.out, { [gate]: anObject, b: anObject, state: anObject }) as RealArrays<T>;
  const dtype: Dtype = dtypeOf(gate, gates);
  checkDtype("b", b, dtype);
  checkLength("b", b!, batch * length * width);
  checkDtype("gradients.h", h, dtype);
  if (state !== undefined) checkDtype("state", state, dtype);
  if (states !== undefined) checkDtype("h", states, dtype);
  if (leaving !== undefined) checkDtype("gradients.state", leaving, dtype);
  const { reset, cuSeqlens } = checked;
  const given = (name: Gate | "b" | "state", count: number): Input<T> => {
    const own = out[name];
    if (own !== undefined) checkDtype(`out.${name}`, own, dtype);
    return own ?? (blank(dtype, count, name) as T);
  };
  const filled = {
    [`out.${gate}`]: given(gate, gates!.length),
    "out.b": given("b", b!.length),
    "out.state": given("state", sequencesOf(batch, checked) * width),
  };
  const arrays = { [gate]: gates, b, state, h: states, "gradients.h": h, "gradients.state": leaving, reset, cuSeqlens };
  if (checked.out !== undefined) checkOverlap(arrays, filled);
  const backend = engine();
  backend.call(call, [batch, length, width, flagsOf(checked, backend)], arrays, filled);
  const [ofGate, ofB, ofState] = Object.values(filled).map((array) => dataOf(array) as T) as [T, T, T];
  return state === undefined ? { gate: ofGate, b: ofB } : { gate: ofGate, b: ofB, state: ofState };
}
