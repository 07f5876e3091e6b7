// What the scans over real numbers share: arguments in, arrays out.
import { checkDtype, dataOf, dtypeOf, type Input, type Real } from "../arrays.js";
import { engine } from "../backend/current.js";
import { checkLength } from "../dims.js";
import { blank } from "../workspace.js";
import { required } from "./required.js";
import { checkOverlap, flagsOf, type ScanOptions, scanOptions, sequencesOf } from "./scan-options.js";

/** The gates go by the name that the operator's formula has for them. */
type GateName = "a" | "A";

type Arrays<T extends Real> = Partial<Record<GateName | "b" | "state", Input<T>>>;

/** Batch, length, and elements of a state. */
export type Sizes = readonly [number, number, number];

/** Options of a scan over real numbers. */
export interface RealScanOptions<T extends Real = Real> extends ScanOptions {
  /** Arrays to fill instead of new ones; none may share memory with an input. */
  out?: { h?: Input<T>; state?: Input<T> };
}

/** Solves a recurrence whose states have `width` elements, of which b and h hold one for each step. */
export function realScan<T extends Real>(
  kernel: "linearScan" | "matrixScan",
  gate: GateName,
  inputs: Arrays<T>,
  [batch, length, width]: Sizes,
  options: RealScanOptions<T> | undefined,
): { h: T; state: T } {
  const { [gate]: gates, b, state } = required(kernel, inputs);
  const checked = scanOptions(kernel, options);
  const { out, reset, cuSeqlens } = checked;
  const dtype = dtypeOf(gate, gates);
  checkDtype("b", b, dtype);
  checkLength("b", b!, batch * length * width);
  if (state !== undefined) checkDtype("state", state, dtype);
  if (out?.h !== undefined) checkDtype("out.h", out.h, dtype);
  if (out?.state !== undefined) checkDtype("out.state", out.state, dtype);
  const h = out?.h ?? (blank(dtype, b!.length, "h") as T);
  const leaving = out?.state ?? (blank(dtype, sequencesOf(batch, checked) * width, "state") as T);
  // Spelled out: an object whose keys are computed is slow to make and to read.
  const arrays = gate === "a" ? { a: gates, b, state, reset, cuSeqlens } : { A: gates, b, state, reset, cuSeqlens };
  const filled = { "out.h": h, "out.state": leaving };
  if (out !== undefined) checkOverlap(arrays, filled);
  const backend = engine();
  backend.call(kernel, [batch, length, width, flagsOf(checked, backend)], arrays, filled);
  return { h: dataOf(h), state: dataOf(leaving) };
}

/** What each sequence does to its state: a map `[gates, b]` of `sizes` elements for each of them. */
export function summarizeReal<T extends Real>(
  kernel: "summarizeLinear" | "summarizeMatrix",
  gate: GateName,
  inputs: Arrays<T>,
  [batch, length, width]: Sizes,
  sizes: readonly [number, number],
): [T, T] {
  const { [gate]: gates, b } = required(kernel, inputs);
  const dtype = dtypeOf(gate, gates);
  checkDtype("b", b, dtype);
  checkLength("b", b!, batch * length * width);
  const result: [T, T] = [blank(dtype, batch * sizes[0], gate) as T, blank(dtype, batch * sizes[1], "b") as T];
  engine().call(kernel, [batch, length, width], { [gate]: gates, b }, { [`out.${gate}`]: result[0], "out.b": result[1] });
  return result;
}

/** `first`, then `second`. */
export function combineReal<T extends Real>(
  kernel: "combineLinear" | "combineMatrix",
  gate: GateName,
  first: Arrays<T>,
  second: Arrays<T>,
  numbers: readonly number[],
): [T, T] {
  const inputs = {
    [`first.${gate}`]: required(kernel, first)[gate],
    "first.b": first.b,
    [`second.${gate}`]: required(kernel, second)[gate],
    "second.b": second.b,
  };
  const dtype = dtypeOf(`first.${gate}`, first[gate]);
  for (const [name, array] of Object.entries(inputs)) checkDtype(name, array, dtype);
  const result: [T, T] = [blank(dtype, first[gate]!.length) as T, blank(dtype, first.b!.length) as T];
  engine().call(kernel, numbers, inputs, { [`out.${gate}`]: result[0], "out.b": result[1] });
  return result;
}
