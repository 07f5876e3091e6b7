// The recurrence of Mamba-2, and what it makes of inputs.
import { checkDtype, dataOf, type Dtype, dtypeOf, type Input, type Real } from "../arrays.js";
import { type Engine, flag } from "../backend/backend.js";
import { engine } from "../backend/current.js";
import { checkDims, checkLength } from "../dims.js";
import { ScanError } from "../error.js";
import { aBoolean, aCount, anObject, type Check, checkOptions } from "../options.js";
import { blank } from "../workspace.js";
import { required } from "./required.js";
import { checkOverlap, flagsOf, scanChecks, type ScanOptions, sequencesOf } from "./scan-options.js";

/** Axis sizes of an {@link ssd}. */
export interface SsdDims {
  /** Independent sequences. */
  batch: number;
  /** Time steps. */
  length: number;
  /** Heads, each with its own decay. */
  heads: number;
  /** Channels of a head. */
  headDim: number;
  /** States of each channel. */
  states: number;
  /** Groups of heads that share B and C; head h is of group floor(h * groups / heads). Default 1. */
  groups?: number;
}

/** Arguments of {@link ssd}. */
export interface SsdInputs<T extends Real = Real> {
  /** [batch, length, heads, headDim]. */
  x: Input<T>;
  /** Step sizes before bias, softplus and limits: [batch, length, heads]. */
  dt: Input<T>;
  /** [heads]; not above zero where states are to decay. */
  A: Input<T>;
  /** [batch, length, groups, states]. */
  B: Input<T>;
  /** [batch, length, groups, states]. */
  C: Input<T>;
  /** What of x is added to y: [heads] or [heads, headDim]; nothing if left out. */
  D?: Input<T>;
  /** A gate, y *= silu(z): [batch, length, heads, headDim]. */
  z?: Input<T>;
  /** [heads]. */
  dtBias?: Input<T>;
  /** h before the first step: [batch, heads, headDim, states]; zero if left out. */
  state?: Input<T>;
}

/** Options of {@link ssd}. */
export interface SsdOptions<T extends Real = Real> extends ScanOptions {
  /** Whether step sizes are softplus(dt + dtBias) and not dt + dtBias. Default false. */
  dtSoftplus?: boolean;
  /** The least and the largest step size, after the softplus. Default [0, Infinity], as in the reference. */
  dtLimit?: readonly [number, number];
  /** Steps that are computed together, 256 at the most; it changes results by rounding alone. Chosen if left out. */
  chunk?: number;
  /** Arrays to fill instead of new ones; none may share memory with an input. */
  out?: { y?: Input<T>; state?: Input<T> };
}

const aRange: Check = (value) => {
  const [low, high] = Array.isArray(value) && value.length === 2 ? (value as unknown[]) : [];
  return typeof low === "number" && typeof high === "number" && low <= high ? undefined : "[least, largest], two numbers that rise";
};

/** Checks of {@link SsdOptions}, all but `out`. */
export const ssdChecks: Readonly<Record<keyof Omit<SsdOptions, "out">, Check>> = { ...scanChecks, dtSoftplus: aBoolean, dtLimit: aRange, chunk: aCount };

const checks = { ...ssdChecks, out: anObject };

/**
 * The state-space dual of Mamba-2: delta = clamp(softplus?(dt + dtBias), dtLimit); h = exp(delta A) h' + delta x (x) B;
 * y = C h + D x; y *= silu(z) if z. Gives y [batch, length, heads, headDim] and the last state [batch, heads, headDim,
 * states]. float32 or float64. Throws a ScanError for arrays or options that do not fit. (As
 * `mamba_chunk_scan_combined` of state-spaces/mamba; Dao and Gu 2024, arXiv:2405.21060.)
 */
export function ssd<T extends Real>(inputs: SsdInputs<T>, dims: SsdDims, options?: SsdOptions<T>): { y: T; state: T } {
  const sizes = ssdSizes(dims);
  const [batch, length, heads, headDim, states] = sizes;
  const arrays = required("ssd", inputs);
  const checked = checkOptions("ssd", options, checks);
  const { out, reset, cuSeqlens } = checked;
  if (out !== undefined) checkOptions("ssd: out", out, { y: anObject, state: anObject });
  const { x, dt, A, B, C, D, z, dtBias, state } = arrays;
  const dtype = ssdDtype({ x, dt, A, B, C }, { D, z, dtBias, state, "out.y": out?.y, "out.state": out?.state });
  checkLength("x", x, batch * length * heads * headDim);
  const leaving = out?.state ?? (blank(dtype, sequencesOf(batch, checked) * heads * headDim * states, "state") as T);
  const y = out?.y ?? (blank(dtype, x.length, "y") as T);
  const read = { x, dt, A, B, C, D, z, dtBias, state, reset, cuSeqlens, lengths: undefined };
  const filled = { "out.y": y, "out.state": leaving };
  if (out !== undefined) checkOverlap(read, filled);
  const backend = engine();
  backend.call("ssd", [...sizes, ...ssdSteps(checked, backend)], read, filled);
  return { y: dataOf(y), state: dataOf(leaving) };
}

/** Axis sizes in the order of the kernels' numbers. */
export function ssdSizes(dims: SsdDims): [batch: number, length: number, heads: number, headDim: number, states: number, groups: number] {
  const [batch, length, heads, headDim, states] = checkDims(dims, ["batch", "length", "heads", "headDim", "states"]) as [number, number, number, number, number];
  const groups = dims.groups ?? 1;
  if (!Number.isSafeInteger(groups) || groups < 1) {
    throw new ScanError("shape", `\`groups\` must be a whole number from 1 to heads ${heads}, got ${String(groups)}`);
  }
  return [batch, length, heads, headDim, states, groups];
}

/** How steps are taken, as the kernels' numbers that follow those. */
export function ssdSteps(options: Omit<SsdOptions, "out">, backend: Engine): number[] {
  const { dtSoftplus = false, dtLimit = [0, Infinity], chunk = 0 } = options;
  return [dtLimit[0], dtLimit[1], chunk, flagsOf(options, backend) | (dtSoftplus ? flag.softplus : 0)];
}

/** The dtype that all arrays have, `x` first. */
export function ssdDtype(arrays: Record<string, Input>, optional: Record<string, Input | undefined>): Dtype {
  const dtype = dtypeOf("x", arrays["x"]);
  for (const [name, array] of Object.entries(arrays)) checkDtype(name, array, dtype);
  for (const [name, array] of Object.entries(optional)) if (array !== undefined) checkDtype(name, array, dtype);
  return dtype;
}
