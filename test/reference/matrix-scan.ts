// The matrix scan by its definition. Slow on purpose: the backends are judged by it.
import type { Real } from "ssm-scan";
import { type DefinitionOptions, exact, rowStarts, sequences } from "./time.js";

interface Inputs {
  A: Real;
  b: Real;
  state?: Real | undefined;
}

interface MatrixDims {
  batch: number;
  length: number;
  n: number;
}

/** h = A h' + b. */
export function matrixScan(inputs: Inputs, dims: MatrixDims, options: DefinitionOptions = {}): { h: Float64Array; state: Float64Array } {
  const { A, b } = inputs;
  const { n } = dims;
  const { reset, round = exact } = options;
  const order = sequences(dims, options);
  const matrix = rowStarts(A.length, dims, n * n);
  const h = new Float64Array(b.length);
  const state = Float64Array.from(inputs.state ?? new Float64Array(order.length * n));
  order.forEach((rows, sequence) => {
    let before = state.slice(sequence * n, (sequence + 1) * n);
    for (const row of rows) {
      if (reset?.[row]) before = new Float64Array(n);
      before = before.map((_, i) => {
        let sum = 0;
        for (let j = 0; j < n; j++) sum = round(sum + round(A[matrix(row) + i * n + j]! * before[j]!));
        return round(sum + b[row * n + i]!);
      });
      h.set(before, row * n);
    }
    state.set(before, sequence * n);
  });
  return { h, state };
}
