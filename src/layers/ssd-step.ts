// One step of Mamba-2's recurrence, in place on its states.
import type { Input, Real } from "../arrays.js";
import { type Engine, flag } from "../backend/backend.js";
import type { SsdDims, SsdInputs } from "../ops/ssd.js";

/** What {@link ssdStep} is given. */
export interface SsdStep {
  dims: Omit<Required<SsdDims>, "length">;
  inputs: Omit<SsdInputs, "state">;
  dtLimit: readonly [number, number];
}

/** `ssd` of a sequence of 1 with softplus; moves `state`, [batch, heads, headDim, states], and fills y, [batch, heads, headDim]. */
export function ssdStep(engine: Engine, { dims, inputs, dtLimit }: SsdStep, state: Real, y: Input): void {
  const { batch, heads, headDim, states, groups } = dims;
  const { x, dt, A, B, C, D, z, dtBias } = inputs;
  // A module's memory has to be told what the states are; the addon sees them where they stand.
  const entering: Input | undefined = engine.name === "wasm" ? state : undefined;
  const read = { x, dt, A, B, C, D, z, dtBias, state: entering, reset: undefined, cuSeqlens: undefined, lengths: undefined };
  engine.call("ssd", [batch, 1, heads, headDim, states, groups, ...dtLimit, 0, flag.softplus | flag.inPlace], read, { "out.y": y, "out.state": state });
}
