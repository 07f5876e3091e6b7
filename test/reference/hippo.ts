// HiPPO by its definition: coefficients are projections of the past, integrals by quadrature.
import type { HippoMeasure } from "ssm-scan";

const binomial = (n: number, k: number): number => (k === 0 ? 1 : (binomial(n, k - 1) * (n - k + 1)) / k);
const sum = (n: number, term: (k: number) => number): number => Array.from({ length: n + 1 }, (_, k) => term(k)).reduce((x, y) => x + y, 0);

const legendre = (n: number, age: number): number => Math.sqrt(2 * n + 1) * sum(n, (k) => binomial(n, k) * binomial(n + k, k) * (-age) ** k);
const laguerre = (n: number, age: number): number => Math.exp(-age / 2) * sum(n, (k) => (binomial(n, k) * (-age) ** k) / Array.from({ length: k }, (_, i) => i + 1).reduce((x, y) => x * y, 1));
const wave = (n: number, age: number): number => (n === 0 ? 1 : Math.SQRT2 * (n % 2 === 0 ? Math.cos(Math.PI * n * age) : Math.sin(Math.PI * (n - 1) * age)));

/** Of coefficient `n`, at an age that is 1 at the window's end. */
export const basis: Record<HippoMeasure, (n: number, age: number) => number> = { legs: legendre, legt: legendre, lagt: laguerre, fourier: wave };

/** Gauss's three points on [-1, 1]. */
const points = [-Math.sqrt(0.6), 0, Math.sqrt(0.6)];
const weights = [5 / 9, 8 / 9, 5 / 9];

/** The integral over [from, to], cut into `pieces`. */
export function integral(f: (x: number) => number, from: number, to: number, pieces: number): number {
  const half = (to - from) / pieces / 2;
  return sum(pieces - 1, (i) => sum(2, (p) => half * weights[p]! * f(from + (2 * i + 1 + points[p]!) * half)));
}

/** The coefficients of a signal whose past is `past(age)`: means over a window of the past times the functions; `reach` windows are looked at. */
export function projected(measure: HippoMeasure, size: number, window: number, past: (age: number) => number, pieces: number, reach = 1): Float64Array {
  const place = basis[measure];
  return Float64Array.from({ length: size }, (_, n) => integral((age) => past(age * window) * place(n, age), 0, reach, pieces));
}
