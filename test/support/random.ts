// Seeded random numbers, so that a failure can be met again.
import type { Real } from "ssm-scan";
import { type Dtype, zeros } from "./precision.js";

export type Random = () => number;

/** mulberry32: the same numbers in [0, 1) in every run. */
export function generator(seed: number): Random {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** `length` numbers in [low, high). */
export function uniform(random: Random, dtype: Dtype, length: number, low = -1, high = 1): Real {
  return zeros(dtype, length).map(() => low + (high - low) * random());
}

/** Marks for `reset`: 1 with the given probability. */
export function marks(random: Random, length: number, probability = 0.15): Uint8Array {
  return new Uint8Array(length).map(() => Number(random() < probability));
}

/** Bounds of packed sequences: rising from 0 to `length`. */
export function bounds(random: Random, length: number, sequences: number): Int32Array {
  const cuts = Array.from({ length: sequences - 1 }, () => Math.floor(random() * (length + 1)));
  return Int32Array.of(0, ...cuts.sort((x, y) => x - y), length);
}
