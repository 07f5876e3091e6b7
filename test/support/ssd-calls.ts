// Random calls of ssd, and what judges them.
import type { Real, SsdDims, SsdInputs } from "ssm-scan";
import { expect } from "vitest";
import { expectClose } from "./close.js";
import { type Dtype } from "./precision.js";
import { type Random, uniform } from "./random.js";

export type Arrays = { [K in keyof SsdInputs]-?: Real };

/** Every input, as many states as there are sequences. */
export function arraysFor(random: Random, dtype: Dtype, dims: SsdDims, { sequences = dims.batch, perChannel = false } = {}): Arrays {
  const { batch, length, heads, headDim, states, groups = 1 } = dims;
  const rows = batch * length;
  const make = (count: number, low = -1, high = 1): Real => uniform(random, dtype, count, low, high);
  return {
    x: make(rows * heads * headDim),
    dt: make(rows * heads, -3, 1),
    A: make(heads, -4, -0.01),
    B: make(rows * groups * states),
    C: make(rows * groups * states),
    D: make(perChannel ? heads * headDim : heads),
    z: make(rows * heads * headDim),
    dtBias: make(heads),
    state: make(sequences * heads * headDim * states),
  };
}

/** Both results within `bound` of the truth. */
export function expectResult(got: { y: Real; state: Real }, want: { y: Real; state: Real }, bound: number): void {
  expect(Object.keys(got)).toEqual(["y", "state"]);
  expectClose("y", got.y, want.y, bound);
  expectClose("state", got.state, want.state, bound);
}

/** How far results may be from the truth. */
export const boundOf = (dtype: Dtype): number => (dtype === "float64" ? 1e-13 : 2e-6);
