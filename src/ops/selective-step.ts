// One step of the selective scan, in place on a pool of states.
import { checkDtype, checkKind, dataOf, dtypeOf, type Input, type Real, zeros } from "../arrays.js";
import { flag } from "../backend/backend.js";
import { engine } from "../backend/current.js";
import { checkDims } from "../dims.js";
import { ScanError } from "../error.js";
import { aBoolean, anObject, checkOptions } from "../options.js";
import { required } from "./required.js";
import { checkOverlap } from "./scan-options.js";

/** Arguments of {@link selectiveStep}. */
export interface SelectiveStepInputs<T extends Real = Real> {
  /** The signal: [batch, channels]. */
  u: Input<T>;
  /** Step sizes: [batch, channels]. */
  dt: Input<T>;
  /** Poles: [channels, states]. */
  A: Input<T>;
  /** What inputs do to states: [batch, groups, states]. */
  B: Input<T>;
  /** What is read of states: [batch, groups, states]. */
  C: Input<T>;
  /** What of the signal is added to the output: [channels]. */
  D?: Input<T>;
  /** The output is multiplied by silu(z): [batch, channels]. */
  z?: Input<T>;
  /** Added to step sizes: [channels]. */
  dtBias?: Input<T>;
  /** Where in the pool each sequence's state is, [batch]; negative = padding: y is 0, nothing else is written. Sequence i has slot i if left out. */
  slots?: Int32Array;
}

/** Sizes of {@link selectiveStep}. */
export interface SelectiveStepDims {
  batch: number;
  channels: number;
  /** States of a channel. */
  states: number;
  /** Groups of channels that share `B` and `C`; 1 if left out. */
  groups?: number;
}

/** Options of {@link selectiveStep}. */
export interface SelectiveStepOptions<T extends Real = Real> {
  /** Step sizes are softplus(dt + dtBias); false by default. */
  dtSoftplus?: boolean;
  /** An array to fill instead of a new one; it must not share memory with another argument. */
  out?: { y?: Input<T> };
}

/**
 * One step of {@link selectiveScan} for each sequence of a batch, in place on `state`, a pool [slots, channels, states]; y [batch, channels].
 * Sequences of one slot take their steps in order. float32 or float64. Throws a ScanError for arrays or options that do not fit.
 * (`selective_state_update` of mamba_ssm.)
 */
export function selectiveStep<T extends Real>(state: T, inputs: SelectiveStepInputs<T>, dims: SelectiveStepDims, options?: SelectiveStepOptions<T>): { y: T } {
  const call = "selectiveStep";
  const [batch, channels, states] = checkDims(dims, ["batch", "channels", "states"]) as [number, number, number];
  const [groups] = checkDims({ groups: dims.groups ?? 1 }, ["groups"]) as [number];
  if (groups === 0) throw new ScanError("shape", "`groups` must be at least 1, got 0");
  const { u, dt, A, B, C, D, z, dtBias, slots } = required(call, inputs);
  const { out, dtSoftplus } = checkOptions(call, options, { dtSoftplus: aBoolean, out: anObject });
  if (out !== undefined) checkOptions(`${call}: out`, out, { y: anObject });
  const dtype = dtypeOf("state", state);
  const arrays = { u, dt, A, B, C, D, z, dtBias };
  for (const name in arrays) {
    const array = arrays[name as keyof typeof arrays];
    if (array !== undefined || !optional.has(name)) checkDtype(name, array, dtype);
  }
  if (slots !== undefined) checkKind("slots", "Int32Array", slots);
  if (out?.y !== undefined) checkDtype("out.y", out.y, dtype);
  const y = out?.y ?? (zeros(dtype, batch * channels, "y") as T);
  const given = { ...arrays, slots };
  const filled = { "out.y": y, state };
  checkOverlap(given, filled);
  const backend = engine();
  // A module's memory has to be told what the states are; the addon sees them where they stand.
  const entering: Input | undefined = backend.name === "wasm" ? state : undefined;
  const flags = dtSoftplus ? flag.softplus : 0;
  backend.call(call, [batch, channels, states, groups, flags], { ...given, entering }, filled);
  return { y: dataOf(y) };
}

const optional: ReadonlySet<string> = new Set(["D", "z", "dtBias"]);
