// Mamba-2's recurrence: h = exp(dt A) h' + dt x (x) B, y = C h, in float64.
import type { LayerCase } from "../layers/layers.js";
import { between, filled } from "../noise.js";
import type { Problem } from "../problem.js";

/** Channels of a head. */
export const HEAD_DIM = 64;

export const headsOf = ({ channels = 1 }: Problem): number => channels / HEAD_DIM;

export const ssd: LayerCase = {
  size: (problem) => {
    const { length, channels = 1, n = 1 } = problem;
    const elements = length * channels;
    return { elements, bytes: 4 * (2 * elements + length * (headsOf(problem) + 2 * n)), operations: 5 * n * elements };
  },
  shape: (problem) => [problem.batch, problem.length, headsOf(problem), HEAD_DIM],
  bound: 1e-5,
  inputs: (problem, x) => {
    const { length, n = 1 } = problem;
    const heads = headsOf(problem);
    return {
      ...{ x, dt: filled(problem, 2, length * heads, between(0.001, 0.1)), A: filled(problem, 3, heads, between(-16, -1)) },
      ...{ B: filled(problem, 4, length * n, between(-1, 1)), C: filled(problem, 5, length * n, between(-1, 1)) },
    };
  },
  truth: (problem, planes) => {
    const { length, channels = 1, n = 1 } = problem;
    const [x, dt, A, B, C] = [planes["x"]!, planes["dt"]!, planes["A"]!, planes["B"]!, planes["C"]!];
    const heads = headsOf(problem);
    const h = new Float64Array(channels * n);
    const y = new Float64Array(length * channels);
    for (let t = 0; t < length; t++) {
      for (let c = 0; c < channels; c++) {
        const head = Math.floor(c / HEAD_DIM);
        const step = dt[t * heads + head]!;
        const [kept, added] = [Math.exp(step * A[head]!), step * x[t * channels + c]!];
        let sum = 0;
        for (let s = 0, own = c * n; s < n; s++, own++) {
          h[own] = kept * h[own]! + added * B[t * n + s]!;
          sum += C[t * n + s]! * h[own]!;
        }
        y[t * channels + c] = sum;
      }
    }
    return { y };
  },
};
