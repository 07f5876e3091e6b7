// Initial weights of dense layers, in float64.
import type { Tensor } from "../arrays.js";
import type { Random } from "../random.js";

type Weights = Tensor<Float64Array>;

const sizeOf = (dims: readonly number[]): number => dims.reduce((product, axis) => product * axis, 1);

/** Uniform in `[-bound, bound)`; torch's linear layers have `1 / sqrt(inputs)`, its RNNs `1 / sqrt(hidden)`. */
export function uniformWeights(dims: readonly number[], bound: number, random: Random): Weights {
  return { dims, data: Float64Array.from({ length: sizeOf(dims) }, () => bound * (2 * random.uniform() - 1)) };
}

/** Normal, with mean 0. */
export function normalWeights(dims: readonly number[], deviation: number, random: Random): Weights {
  return { dims, data: Float64Array.from({ length: sizeOf(dims) }, () => deviation * random.normal()) };
}

export function zeroWeights(dims: readonly number[]): Weights {
  return { dims, data: new Float64Array(sizeOf(dims)) };
}

/** An orthogonal matrix, [n, n], with every one equally likely: rows of normal numbers, made orthonormal. */
export function orthogonal(n: number, random: Random): Float64Array {
  const Q = Float64Array.from({ length: n * n }, random.normal);
  const row = (i: number): Float64Array => Q.subarray(i * n, (i + 1) * n);
  const dot = (x: Float64Array, y: Float64Array): number => x.reduce((sum, value, k) => sum + value * y[k]!, 0);
  for (let i = 0; i < n; i++) {
    const own = row(i);
    // Twice is enough: what the first pass leaves of other rows is rounding.
    for (let pass = 0; pass < 2; pass++) {
      for (let j = 0; j < i; j++) {
        const [other, part] = [row(j), dot(own, row(j))];
        own.forEach((value, k) => (own[k] = value - part * other[k]!));
      }
      const size = Math.sqrt(dot(own, own));
      own.forEach((value, k) => (own[k] = value / size));
    }
  }
  return Q;
}
