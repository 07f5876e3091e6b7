// The linear scan by its definition. Slow on purpose: the backends are judged by it.
import type { Dims, Real } from "ssm-scan";
import { type DefinitionOptions, exact, rowStarts, sequences } from "./time.js";

interface Inputs {
  a: Real;
  b: Real;
  state?: Real | undefined;
}

/** h = a h' + b. */
export function linearScan(inputs: Inputs, dims: Dims, options: DefinitionOptions = {}): { h: Float64Array; state: Float64Array } {
  const { a, b } = inputs;
  const { channels } = dims;
  const { reset, round = exact } = options;
  const order = sequences(dims, options);
  const gate = rowStarts(a.length, dims, channels);
  const h = new Float64Array(b.length);
  const state = Float64Array.from(inputs.state ?? new Float64Array(order.length * channels));
  order.forEach((rows, sequence) => {
    for (let c = 0; c < channels; c++) {
      let before = state[sequence * channels + c]!;
      for (const row of rows) {
        if (reset?.[row]) before = 0;
        before = round(round(a[gate(row) + c]! * before) + b[row * channels + c]!);
        h[row * channels + c] = before;
      }
      state[sequence * channels + c] = before;
    }
  });
  return { h, state };
}
