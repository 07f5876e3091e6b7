// Mamba's selective scan: h = exp(delta A) h' + delta B u, y = (C h + D u) silu(z).
import { type Complex, dataOf, type Input, type Real } from "../arrays.js";
import { flag, type Outputs } from "../backend/backend.js";
import { engine } from "../backend/current.js";
import type { Dims } from "../dims.js";
import { aBoolean, aCount, anObject, checkOptions, oneOf } from "../options.js";
import { blank } from "../workspace.js";
import type { ComplexInput } from "./complex-scan.js";
import { checkDtypes, isPair, planesOf, selectiveArguments } from "./selective-arguments.js";
import { checkOverlap, flagsOf, scanChecks, type ScanOptions, sequencesOf } from "./scan-options.js";

/** Arguments of {@link selectiveScan}. With a complex `A`, `B`, `C` and `state` are complex, too: planar pairs. */
export interface SelectiveScanInputs<T extends Real = Real> {
  /** The signal: [batch, length, channels]. */
  u: Input<T>;
  /** Step sizes: [batch, length, channels]. */
  dt: Input<T>;
  /** Poles: [channels, states]. */
  A: Input<T> | ComplexInput<T>;
  /** What inputs do to states: [batch, length, groups, states], or [channels, states] for every step. */
  B: Input<T> | ComplexInput<T>;
  /** What is read of states: [batch, length, groups, states], or [channels, states] for every step. */
  C: Input<T> | ComplexInput<T>;
  /** What of the signal is added to the output: [channels]. */
  D?: Input<T>;
  /** The output is multiplied by silu(z): [batch, length, channels]. */
  z?: Input<T>;
  /** Added to step sizes: [channels]. */
  dtBias?: Input<T>;
  /** h before the first step: [batch, channels, states]; zero if left out. */
  state?: Input<T> | ComplexInput<T>;
}

/** Sizes of {@link selectiveScan}. */
export interface SelectiveDims extends Dims {
  /** States of a channel. */
  states: number;
  /** Groups of channels that share `B` and `C`: 1 if left out, and then a `B` or `C` whose length is [channels, states] is that. */
  groups?: number;
}

/** Options of {@link selectiveScan}. */
export interface SelectiveScanOptions<T extends Real = Real> extends ScanOptions {
  /** Step sizes are softplus(dt + dtBias), log(1 + exp(x)); false by default. */
  dtSoftplus?: boolean;
  /**
   * Which states come back. "last" (the default): `state` alone. "all": `states` [batch, length, channels, states].
   * "chunks": `states` [batch, ceil(length / chunk), channels, states], those at the end of each chunk; of packed
   * sequences the chunks of one after those of the other. Chunks are counted from where time starts, in rows' order.
   */
  returnStates?: "last" | "chunks" | "all";
  /** Steps of a chunk for `returnStates: "chunks"`; 256 by default. A sequence's last chunk may be shorter. */
  chunk?: number;
  /** Arrays to fill instead of new ones; none may share memory with an input. */
  out?: { y?: Input<T>; state?: Input<T> | ComplexInput<T> };
}

/** What {@link selectiveScan} gives; complex states as a planar pair. */
export interface SelectiveScanResult<T extends Real = Real> {
  /** [batch, length, channels]. */
  y: T;
  /** The last states: [batch, channels, states]. */
  state: T | Complex<T>;
  /** With `returnStates` of "chunks" or "all". */
  states?: T | Complex<T>;
}

const checks = {
  ...scanChecks,
  dtSoftplus: aBoolean,
  returnStates: oneOf({ last: 0, chunks: 0, all: 0 }),
  chunk: aCount,
  out: anObject,
};
const outChecks = { y: anObject, state: anObject };

/**
 * `delta = softplus?(dt + dtBias)`, `h[t] = exp(delta A) h[t-1] + delta B u`, `y = C h + D u`, times `silu(z)` if there is a z; with
 * a complex A `y = 2 Re(C h) + D u`. Channel c uses group floor(c groups / channels) of B and C. float32 or float64. Throws a
 * ScanError for arrays or options that do not fit. (Gu and Dao 2023, arXiv:2312.00752; `selective_scan_ref` of mamba_ssm.)
 */
export function selectiveScan<T extends Real>(inputs: SelectiveScanInputs<T>, dims: SelectiveDims, options?: SelectiveScanOptions<T>): SelectiveScanResult<T> {
  const call = "selectiveScan";
  const { sizes, dtype, isComplex, given } = selectiveArguments(call, inputs, dims);
  const [batch, length, channels, states] = sizes;
  const checked = checkOptions(call, options, checks);
  const { out, reset, cuSeqlens, returnStates = "last", chunk = 256 } = checked;
  if (out !== undefined) checkOptions(`${call}: out`, out, outChecks);
  const width = channels * states;
  const count = returnStates === "all" ? batch * length : returnStates === "chunks" ? chunksOf(batch, length, chunk, cuSeqlens) : 0;
  const make = (name: string, elements: number) => blank(dtype, elements, name) as T;
  const pair = (name: string, elements: number) => (isComplex ? { re: make(name, elements), im: make(name, elements) } : make(name, elements));
  const y = out?.y ?? make("y", inputs.u.length);
  const leaving = out?.state ?? pair("state", sequencesOf(batch, checked) * width);
  const all = pair("states", count * width);
  const filled: Record<string, Input> = { "out.y": y, ...planesOf("out.state", leaving, isComplex), ...planesOf("out.states", all, isComplex) };
  if (out !== undefined) checkDtypes(filled, dtype);
  Object.assign(given, { reset, cuSeqlens });
  if (out !== undefined) checkOverlap(given, filled);
  const backend = engine();
  const flags = flagsOf(checked, backend) | (checked.dtSoftplus ? flag.softplus : 0);
  const every = returnStates === "last" ? 0 : returnStates === "all" ? 1 : chunk;
  backend.call(isComplex ? "complexSelectiveScan" : call, [...sizes, every, flags], given, filled as Outputs);
  const result = { y: dataOf(y), state: dataOfPlanes(leaving) };
  return returnStates === "last" ? result : { ...result, states: dataOfPlanes(all) };
}

/** How many chunks the sequences have; what is wrong with `cuSeqlens` the core says. */
function chunksOf(batch: number, length: number, chunk: number, cuSeqlens: Int32Array | undefined): number {
  if (cuSeqlens === undefined) return batch * Math.ceil(length / chunk);
  let count = 0;
  for (let i = 1; i < cuSeqlens.length; i++) count += Math.max(0, Math.ceil((cuSeqlens[i]! - cuSeqlens[i - 1]!) / chunk));
  return Math.min(count, length);
}

function dataOfPlanes<T extends Real>(value: Input<T> | ComplexInput<T>): T | Complex<T> {
  return isPair(value) ? { re: dataOf(value.re), im: dataOf(value.im) } : dataOf(value);
}
