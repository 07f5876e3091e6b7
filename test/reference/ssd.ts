// Mamba-2's recurrence by its definition, step by step in f64. Slow on purpose: the op is judged by it.
import type { Real } from "ssm-scan";
import { type DefinitionOptions, sequences } from "./time.js";

interface Inputs {
  x: Real;
  dt: Real;
  A: Real;
  B: Real;
  C: Real;
  D?: Real | undefined;
  z?: Real | undefined;
  dtBias?: Real | undefined;
  state?: Real | undefined;
}

interface Sizes {
  batch: number;
  length: number;
  heads: number;
  headDim: number;
  states: number;
  groups?: number;
}

export interface SsdDefinitionOptions extends DefinitionOptions {
  dtSoftplus?: boolean;
  dtLimit?: readonly [number, number];
}

/** h = exp(delta A) h' + delta x (x) B; y = (C h + D x) silu(z); shapes as the op's. */
export function ssd(inputs: Inputs, dims: Sizes, options: SsdDefinitionOptions = {}): { y: Float64Array; state: Float64Array } {
  const { heads, headDim, states, groups = 1 } = dims;
  const { x, A, B, C, D, z } = inputs;
  const order = sequences(dims, options);
  const y = new Float64Array(x.length);
  const state = Float64Array.from(inputs.state ?? new Float64Array(order.length * heads * headDim * states));
  const step = stepOf(inputs, options);
  order.forEach((rows, sequence) => {
    for (let channel = 0; channel < heads * headDim; channel++) {
      const head = Math.floor(channel / headDim);
      const group = Math.floor((head * groups) / heads);
      const h = state.subarray((sequence * heads * headDim + channel) * states, (sequence * heads * headDim + channel + 1) * states);
      for (const row of rows) {
        if (options.reset?.[row]) h.fill(0);
        const own = row * heads * headDim + channel;
        const delta = step(row * heads + head, head);
        let sum = D === undefined ? 0 : D[D.length === heads ? head : channel]! * x[own]!;
        for (let n = 0; n < states; n++) {
          const shared = (row * groups + group) * states + n;
          h[n] = Math.exp(delta * A[head]!) * h[n]! + delta * x[own]! * B[shared]!;
          sum += C[shared]! * h[n]!;
        }
        y[own] = z === undefined ? sum : (sum * z[own]!) / (1 + Math.exp(-z[own]!));
      }
    }
  });
  return { y, state };
}

/** The step size at a place of `dt`, of a head. */
function stepOf({ dt, dtBias }: Inputs, { dtSoftplus, dtLimit: [low, high] = [0, Infinity] }: SsdDefinitionOptions) {
  return (place: number, head: number): number => {
    const raw = dt[place]! + (dtBias?.[head] ?? 0);
    const delta = dtSoftplus ? Math.max(raw, 0) + Math.log1p(Math.exp(-Math.abs(raw))) : raw;
    return Number.isNaN(delta) ? delta : Math.min(Math.max(delta, low), high);
  };
}
