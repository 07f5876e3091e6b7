// Initial parameters of a linear RNN with a dense matrix, in float64.
import type { Tensor } from "../arrays.js";
import type { Random } from "../random.js";
import { normalWeights, orthogonal } from "./weights.js";

/** How A begins. */
export type LinearRnnInit = "orthogonal" | "ring";

/** What the initial parameters depend on. */
export interface LinearRnnShape {
  dModel: number;
  stateSize: number;
  init: LinearRnnInit;
  rMin: number;
  rMax: number;
  maxPhase: number;
}

/** A in blocks, and what rows of B are multiplied by; both before they are turned. */
interface Blocks {
  A: Float64Array;
  gain: Float64Array;
}

export const linearRnnInits: Readonly<Record<LinearRnnInit, true>> = { orthogonal: true, ring: true };

/** A [N, N], B [N, H], C [H, N] and D [H]; those of LRU in a basis of real states, turned at random, where A is a ring. */
export function linearRnnParameters(shape: LinearRnnShape, random: Random): Record<string, Tensor> {
  const { dModel: H, stateSize: N } = shape;
  const turn = orthogonal(N, random);
  const B = normalWeights([N, H], 1 / Math.sqrt(H), random);
  const rest = { C: normalWeights([H, N], 1 / Math.sqrt(N), random), D: normalWeights([H], 1, random) };
  if (shape.init === "orthogonal") return { A: { dims: [N, N], data: turn }, B, ...rest };
  const { A, gain } = ring(shape, random);
  B.data.forEach((value, i) => (B.data[i] = value * gain[Math.floor(i / H)]!));
  const turned = product(turn, product(A, transposed(turn, N), N), N);
  return { A: { dims: [N, N], data: turned }, B: { dims: [N, H], data: product(turn, B.data, N) }, ...rest };
}

/**
 * Pairs of conjugate eigenvalues as blocks of 2 x 2, their absolute values evenly spread, in their squares, between rMin and
 * rMax, their phases up to maxPhase; an odd one is real. The gain keeps the variance of states at that of their inputs.
 */
function ring({ stateSize: N, rMin, rMax, maxPhase }: LinearRnnShape, random: Random): Blocks {
  const A = new Float64Array(N * N);
  const gain = new Float64Array(N);
  for (let i = 0; i < N; i += 2) {
    const square = rMin ** 2 + (rMax ** 2 - rMin ** 2) * random.uniform();
    const [radius, phase] = [Math.sqrt(square), i + 1 < N ? maxPhase * random.uniform() : 0];
    const [x, y] = [radius * Math.cos(phase), radius * Math.sin(phase)];
    for (let k = i; k < Math.min(i + 2, N); k++) {
      A[k * N + k] = x;
      gain[k] = Math.sqrt(1 - square);
    }
    if (i + 1 < N) {
      A[i * N + i + 1] = -y;
      A[(i + 1) * N + i] = y;
    }
  }
  return { A, gain };
}

function transposed(x: Float64Array, n: number): Float64Array {
  return x.map((_, i) => x[(i % n) * n + Math.floor(i / n)]!);
}

/** `x y` of x [n, n] and y [n, columns]. */
function product(x: Float64Array, y: Float64Array, n: number): Float64Array {
  const columns = y.length / n;
  const out = new Float64Array(y.length);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < n; k++) {
      const factor = x[i * n + k]!;
      for (let j = 0; j < columns; j++) out[i * columns + j]! += factor * y[k * columns + j]!;
    }
  }
  return out;
}
