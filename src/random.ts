// Seeded random numbers for initialisers: the same on every machine.
import { ScanError } from "./error.js";

/** Numbers of the usual distributions. */
export interface Random {
  /** Uniform in [0, 1). */
  uniform(): number;
  /** Standard normal. */
  normal(): number;
  /** Standard normal within two deviations, scaled back to a deviation of 1. */
  truncatedNormal(): number;
}

/** A generator that can go on from where it was. */
export interface SeededRandom extends Random {
  /** Where it is: four whole numbers of 32 bits. */
  state(): number[];
  /** Goes on from a state. */
  load(state: readonly number[]): void;
}

/** The deviation of a standard normal variable that is cut off at 2. */
const CUT_DEVIATION = 0.879_625_661_034_239_8;

/** A generator (sfc32, Chris Doty-Humphrey's PractRand) that starts from `seed`. */
export function random(seed: number): SeededRandom {
  let [a, b, c, counter] = [seed | 0, (seed / 2 ** 32) | 0, 0, 1];
  const next = (): number => {
    const out = (((a + b) | 0) + counter++) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + out) | 0;
    return out >>> 0;
  };
  for (let i = 0; i < 16; i++) next();
  const uniform = () => ((next() >>> 5) * 2 ** 26 + (next() >>> 6)) / 2 ** 53;
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  const truncatedNormal = (): number => {
    const x = normal();
    return Math.abs(x) <= 2 ? x / CUT_DEVIATION : truncatedNormal();
  };
  const load = (state: readonly number[]): void => {
    if (state.length !== 4 || !state.every(Number.isInteger)) throw new ScanError("option", `random: a state has 4 whole numbers, got [${state.join(", ")}]`);
    [a, b, c, counter] = state as [number, number, number, number];
  };
  return { uniform, normal, truncatedNormal, state: () => [a, b, c, counter], load };
}

/** A generator for the item with that number, of those that `seed` is for. */
export function randomOf(seed: number, item: number): SeededRandom {
  return random((seed % 2 ** 20) * 2 ** 32 + item);
}

/** A seed for a generator of its own. */
export function seedFrom(random: Random): number {
  return Math.floor(random.uniform() * 2 ** 32);
}
