// The definition of a Mamba language model, token by token in float64.
import type { Planes, Real } from "../inputs.js";
import type { Problem } from "../problem.js";
import { CONV_WIDTH, MODEL_DEPTH, widthsOf } from "./model.js";
import { silu, softplus } from "./selective.js";

/** What a layer remembers. */
interface Memory {
  /** The last inputs of the convolution, oldest first: [CONV_WIDTH - 1] of [inner]. */
  before: Float64Array[];
  /** [inner, states]. */
  h: Float64Array;
}

/** The logits after the last of `ids`, from rest. */
export function logitsAfter(problem: Problem, planes: Planes, ids: readonly number[]): Float64Array {
  const { channels = 1, n = 1 } = problem;
  const { inner } = widthsOf(problem);
  const memories = Array.from({ length: MODEL_DEPTH }, (): Memory => ({
    before: Array.from({ length: CONV_WIDTH - 1 }, () => new Float64Array(inner)),
    h: new Float64Array(inner * n),
  }));
  const embeddings = planes["backbone.embeddings.weight"]!;
  let x = new Float64Array(channels);
  for (const id of ids) {
    x = Float64Array.from(embeddings.subarray(id * channels, (id + 1) * channels));
    for (const [i, memory] of memories.entries()) {
      const of = (name: string): Real => planes[`backbone.layers.${i}.${name}`]!;
      const y = mixed(problem, (name) => of(`mixer.${name}`), normalized(x, of("norm.weight")), memory);
      x = x.map((value, c) => value + y[c]!);
    }
  }
  return times(embeddings, normalized(x, planes["backbone.norm_f.weight"]!));
}

/** A layer's step. */
function mixed(problem: Problem, of: (name: string) => Real, row: Float64Array, { before, h }: Memory): Float64Array {
  const { n = 1 } = problem;
  const { inner, rank } = widthsOf(problem);
  const both = times(of("in_proj.weight"), row);
  const [taps, bias, A, D] = [of("conv1d.weight"), of("conv1d.bias"), of("A_log"), of("D")];
  before.push(both.slice(0, inner));
  const x = Float64Array.from({ length: inner }, (_, c) => silu(before.reduce((sum, then, k) => sum + taps[c * CONV_WIDTH + k]! * then[c]!, bias[c]!)));
  before.shift();
  const selected = times(of("x_proj.weight"), x);
  const steps = times(of("dt_proj.weight"), selected.subarray(0, rank));
  const [B, C] = [selected.subarray(rank, rank + n), selected.subarray(rank + n)];
  const y = Float64Array.from({ length: inner }, (_, c) => {
    const delta = softplus(steps[c]! + of("dt_proj.bias")[c]!);
    let sum = D[c]! * x[c]!;
    for (let s = 0, own = c * n; s < n; s++, own++) {
      h[own] = Math.exp(-delta * Math.exp(A[own]!)) * h[own]! + delta * x[c]! * B[s]!;
      sum += C[s]! * h[own]!;
    }
    return sum * silu(both[inner + c]!);
  });
  return times(of("out_proj.weight"), y);
}

/** matrix [rows, row.length] times row. */
function times(matrix: Real, row: Float64Array): Float64Array {
  const columns = row.length;
  const found = new Float64Array(matrix.length / columns);
  for (let r = 0, i = 0; r < found.length; r++) {
    let sum = 0;
    for (let k = 0; k < columns; k++, i++) sum += matrix[i]! * row[k]!;
    found[r] = sum;
  }
  return found;
}

/** By the root of the mean square. */
function normalized(row: Float64Array, weight: Real): Float64Array {
  const square = row.reduce((sum, value) => sum + value * value, 0) / row.length;
  return row.map((value, c) => (value / Math.sqrt(square + 1e-5)) * weight[c]!);
}
