// Short convolutions of channels by their definition, in f64. Slow on purpose: the op is judged by it.
import type { Real } from "ssm-scan";
import { type DefinitionOptions, sequences } from "./time.js";

interface Inputs {
  x: Real;
  weight: Real;
  bias?: Real | undefined;
  state?: Real | undefined;
}

interface Sizes {
  batch: number;
  length: number;
  channels: number;
  width: number;
}

/** y = bias + sum_k weight[width - 1 - k] x[t - k], its silu if asked for; shapes as the op's. */
export function causalConv1d(
  { x, weight, bias, state }: Inputs,
  dims: Sizes,
  options: DefinitionOptions & { activation?: "none" | "silu" } = {},
): { y: Float64Array; state: Float64Array } {
  const { channels, width } = dims;
  const order = sequences(dims, options);
  const y = new Float64Array(x.length);
  const leaving = new Float64Array(order.length * channels * (width - 1));
  order.forEach((rows, sequence) => {
    for (let c = 0; c < channels; c++) {
      const own = (sequence * channels + c) * (width - 1);
      const taps = [...weight.subarray(c * width, (c + 1) * width)];
      let seen: number[] = state ? [...state.subarray(own, own + width - 1)] : Array<number>(width - 1).fill(0);
      for (const row of rows) {
        if (options.reset?.[row]) seen = seen.map(() => 0);
        seen.push(x[row * channels + c]!);
        const sum = taps.reduce((total, tap, k) => total + tap * seen.at(k - width)!, bias?.[c] ?? 0);
        y[row * channels + c] = options.activation === "silu" ? sum / (1 + Math.exp(-sum)) : sum;
      }
      leaving.set(seen.slice(seen.length - width + 1), own);
    }
  });
  return { y, state: leaving };
}
