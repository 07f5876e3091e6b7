// The gradients of the selective scan: it is computed again, piece by piece, and walked back.
import { type Complex, type Input, type Real } from "../arrays.js";
import { flag, type Inputs, type Outputs } from "../backend/backend.js";
import { engine } from "../backend/current.js";
import { aBoolean, checkOptions } from "../options.js";
import { blank } from "../workspace.js";
import type { ComplexInput } from "./complex-scan.js";
import { required } from "./required.js";
import { checkDtypes, optionalPlanesOf, selectiveArguments } from "./selective-arguments.js";
import { flagsOf, scanChecks, type ScanOptions, sequencesOf } from "./scan-options.js";
import type { SelectiveDims, SelectiveScanInputs } from "./selective-scan.js";

/** The gradients of what {@link selectiveScan} gives. */
export interface SelectiveScanGradients<T extends Real = Real> {
  /** [batch, length, channels]. */
  y: Input<T>;
  /** Of the states that leave, [batch, channels, states]; zero if left out. */
  state?: Input<T> | ComplexInput<T>;
}

/** The gradients of what {@link selectiveScan} takes, of the same shapes; of what was given. */
export interface SelectiveScanInputGradients<T extends Real = Real> {
  u: T;
  dt: T;
  A: T | Complex<T>;
  B: T | Complex<T>;
  C: T | Complex<T>;
  D?: T;
  z?: T;
  dtBias?: T;
  state?: T | Complex<T>;
}

const checks = { ...scanChecks, dtSoftplus: aBoolean };

/**
 * Gradients of what {@link selectiveScan} takes, given those of what it gives, with the same sizes and options. With g[t] that of
 * h[t], `g[t] = C dy silu(z) + exp(delta[t+1] A) g[t+1]`; sums over steps and channels are the same on any number of threads.
 * States are computed again from every 16th: memory is of the size of `u`, not times states. Those of complex arrays hold the
 * derivatives with respect to the real and to the imaginary parts. (`selective_scan_fn` of mamba_ssm.)
 */
export function selectiveScanBackward<T extends Real>(
  inputs: SelectiveScanInputs<T>,
  gradients: SelectiveScanGradients<T>,
  dims: SelectiveDims,
  options?: ScanOptions & { dtSoftplus?: boolean },
): SelectiveScanInputGradients<T> {
  const call = "selectiveScanBackward";
  const { sizes, dtype, isComplex, given } = selectiveArguments(call, inputs, dims);
  const { y, state: leaving } = required(`${call}: gradients`, gradients);
  const checked = checkOptions(call, options, checks);
  const cotangents: Record<string, Inputs[string]> = { "gradients.y": y, ...optionalPlanesOf("gradients.state", leaving, isComplex) };
  checkDtypes(cotangents, dtype);
  const [batch, , channels, states] = sizes;
  const entering = sequencesOf(batch, checked) * channels * states;
  const filled: Record<string, Real> = {};
  for (const [name, input] of Object.entries(given)) {
    const length = name.startsWith("state") ? entering : ((input as Input | undefined)?.length ?? 0);
    filled[`out.${name}`] = blank(dtype, length, name);
  }
  const backend = engine();
  const flags = flagsOf(checked, backend) | (checked.dtSoftplus ? flag.softplus : 0);
  const { reset, cuSeqlens } = checked;
  backend.call(isComplex ? "complexSelectiveScanBackward" : call, [...sizes, flags], { ...given, ...cotangents, reset, cuSeqlens }, filled as Outputs);
  return found(filled, inputs, isComplex);
}

const pairs: ReadonlySet<string> = new Set(["A", "B", "C", "state"]);
const names = ["u", "dt", "A", "B", "C", "D", "z", "dtBias", "state"] as const;

function found<T extends Real>(filled: Readonly<Record<string, Real>>, inputs: SelectiveScanInputs<T>, isComplex: boolean): SelectiveScanInputGradients<T> {
  const one = (name: string): Real | Complex => {
    const own = `out.${name}`;
    return isComplex && pairs.has(name) ? { re: filled[`${own}.re`]!, im: filled[`${own}.im`]! } : filled[own]!;
  };
  const entries = names.filter((name) => inputs[name] !== undefined).map((name) => [name, one(name)]);
  return Object.fromEntries(entries) as SelectiveScanInputGradients<T>;
}
