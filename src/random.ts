// Seeded random numbers for initialisers: the same on every machine.

/** Numbers of the usual distributions. */
export interface Random {
  /** Uniform in [0, 1). */
  uniform(): number;
  /** Standard normal. */
  normal(): number;
  /** Standard normal within two deviations, scaled back to a deviation of 1. */
  truncatedNormal(): number;
}

/** The deviation of a standard normal variable that is cut off at 2. */
const CUT_DEVIATION = 0.879_625_661_034_239_8;

/** A generator (sfc32, Chris Doty-Humphrey's PractRand) that starts from `seed`. */
export function random(seed: number): Random {
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
  return { uniform, normal, truncatedNormal };
}

/** A seed for a generator of its own. */
export function seedFrom(random: Random): number {
  return Math.floor(random.uniform() * 2 ** 32);
}
