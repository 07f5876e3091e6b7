// Seeded noise: the same numbers in every run.
import type { Real } from "./inputs.js";

/** The number of an array at `index`; `next` gives noise in [0, 1). */
export type Fill = (next: () => number, index: number) => number;

export const between =
  (low: number, high: number): Fill =>
  (next) =>
    low + (high - low) * next();

export function filled({ dtype }: { dtype: "float32" | "float64" }, seed: number, count: number, fill: Fill): Real {
  const plane = dtype === "float32" ? new Float32Array(count) : new Float64Array(count);
  const next = generator(seed);
  for (let i = 0; i < count; i++) plane[i] = fill(next, i);
  return plane;
}

/** mulberry32, in [0, 1). */
function generator(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
