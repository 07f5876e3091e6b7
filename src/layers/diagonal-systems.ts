// What a step does to the states of S4D.
import { type Continuous, pair, type Pair, type Systems, vandermonde } from "./systems.js";

/** How continuous systems become discrete; "dss" has a kernel alone, normalised over its length (Gupta et al. 2022, arXiv:2203.14343). */
export type Discretization = "zoh" | "bilinear" | "dss";

type Number2 = readonly [number, number];

const times = ([a, b]: Number2, [c, d]: Number2): Number2 => [a * c - b * d, a * d + b * c];
const over = (x: Number2, [c, d]: Number2): Number2 => {
  const [re, im] = times(x, [c, -d]);
  const square = c * c + d * d;
  return [re / square, im / square];
};
const exp = ([re, im]: Number2): Number2 => [Math.exp(re) * Math.cos(im), Math.exp(re) * Math.sin(im)];
const expm1 = ([re, im]: Number2): Number2 => [Math.expm1(re) * Math.cos(im) - 2 * Math.sin(im / 2) ** 2, Math.exp(re) * Math.sin(im)];

/** `(e^z - 1) / z`, by its series where that is 0 / 0. */
function phi(z: Number2): Number2 {
  if (Math.hypot(...z) > 1e-2) return over(expm1(z), z);
  let sum: Number2 = [1, 0];
  for (let k = 8; k >= 2; k--) {
    const [re, im] = times(z, sum);
    sum = [1 + re / k, im / k];
  }
  return sum;
}

/** The pole and the input gain of `x' = A x + u` at a step of `dt`. */
const methods: Readonly<Record<Exclude<Discretization, "dss">, (A: Number2, dt: number) => { a: Number2; gain: Number2 }>> = {
  zoh(A, dt) {
    const z: Number2 = [A[0] * dt, A[1] * dt];
    const [re, im] = phi(z);
    return { a: exp(z), gain: [re * dt, im * dt] };
  },
  bilinear([re, im], dt) {
    const [x, y] = [(re * dt) / 2, (im * dt) / 2];
    return { a: over([1 + x, y], [1 - x, -y]), gain: over([dt, 0], [1 - x, -y]) };
  },
};

/** Names of {@link Discretization}. */
export const discretizations: Readonly<Record<Discretization, true>> = { zoh: true, bilinear: true, dss: true };

/** The discrete systems of diagonal ones. */
export function diagonalSystems(systems: Continuous, states: number, disc: Discretization): Systems {
  const { dt, A, B, C } = systems;
  const [a, b] = [pair(dt.length), pair(dt.length)];
  for (let i = 0; i < dt.length; i++) {
    const pole = methods[disc === "dss" ? "zoh" : disc]([A[0][i]!, A[1][i]!], dt[i]!);
    const gain = times(pole.gain, [B[0][i]!, B[1][i]!]);
    [a[0][i], a[1][i]] = pole.a;
    [b[0][i], b[1][i]] = gain;
  }
  const kernel = (length: number): Float64Array =>
    disc === "dss" ? vandermonde(a, dssGains(systems, length), C, states, length, 1) : vandermonde(a, b, C, states, length, 2);
  return { rank: 0, scale: 2, a, b, c: C, p: pair(0), q: pair(0), kernel };
}

/** `B (e^z - 1) / ((e^{z length} - 1) A)`, the quotient kept from 0 / 0 as in the reference. */
function dssGains({ dt, A, B }: Continuous, length: number): Pair {
  const out = pair(dt.length);
  for (let i = 0; i < dt.length; i++) {
    const grows = A[0][i]! > 0;
    const sign = grows ? -1 : 1;
    const z: Number2 = [sign * A[0][i]! * dt[i]!, sign * A[1][i]! * dt[i]!];
    const [x, y] = times(expm1([z[0] * length, z[1] * length]), [A[0][i]!, A[1][i]!]);
    const square = x * x + y * y + 1e-7;
    const gain = times(expm1(z), [x / square, -y / square]);
    // Powers of a pole that grows are taken from the last one down.
    const last: Number2 = grows ? exp([z[0] * (length - 1), z[1] * (length - 1)]) : [1, 0];
    [out[0][i], out[1][i]] = times(times(gain, last), [B[0][i]!, B[1][i]!]);
  }
  return out;
}
