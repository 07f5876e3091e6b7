// Calls of the selective scan, and the definition as their judge.
import { type Complex, type Real, selectiveScan, type SelectiveScanInputs, type SelectiveScanOptions } from "ssm-scan";
import { selectiveScan as defined, type SelectiveSizes } from "../reference/selective-scan.js";
import { expectClose } from "./close.js";
import { type Dtype } from "./precision.js";
import { generator, uniform } from "./random.js";

export type Given = SelectiveScanInputs & Record<"u" | "dt" | "D" | "z" | "dtBias", Real> & Record<"A" | "B" | "C" | "state", Real | Complex>;

export interface Kind {
  complex?: boolean;
  /** B and C of every step alike. */
  fixed?: boolean;
  sequences?: number;
}

/** As in mamba's own tests: A = -U(0, 1) / 2, dt and its bias U(0, 1) / 2, the rest around 0. */
export function make(seed: number, dtype: Dtype, sizes: SelectiveSizes, { complex = false, fixed = false, sequences = sizes.batch }: Kind = {}): Given {
  const random = generator(seed);
  const { batch, length, channels, states, groups = 1 } = sizes;
  const one = (count: number, low = -1, high = 1): Real => uniform(random, dtype, count, low, high);
  const some = (count: number, low = -1, high = 1): Real | Complex => (complex ? { re: one(count, low, high), im: one(count) } : one(count, low, high));
  const [signal, steps] = [batch * length * channels, fixed ? channels * states : batch * length * groups * states];
  return {
    ...{ u: one(signal), dt: one(signal, 0, 0.5), A: some(channels * states, -0.5, 0), B: some(steps), C: some(steps) },
    ...{ D: one(channels), z: one(signal, -2, 2), dtBias: one(channels, 0, 0.5), state: some(sequences * channels * states) },
  };
}

export const planesOf = (value: Real | Complex): Real[] => ("re" in value ? [value.re, value.im] : [value]);

export function expectDefined(given: SelectiveScanInputs, sizes: SelectiveSizes, options: SelectiveScanOptions = {}, bound?: number): void {
  const { y, state, states } = selectiveScan(given, sizes, { ...options, returnStates: "all" });
  const truth = defined(given as Given, sizes, options);
  const most = bound ?? (y instanceof Float64Array ? 1e-12 : 2e-6);
  expectClose("y", y, truth.y, most);
  expectClose("state", planesOf(state), truth.state, most);
  expectClose("states", planesOf(states!), truth.states, most);
  expectClose("y of last", selectiveScan(given, sizes, options).y, truth.y, most);
}
