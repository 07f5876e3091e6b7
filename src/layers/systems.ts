// Discrete systems of one input and one output, one for each channel, in float64.
import { engine } from "../backend/current.js";
import { transforms } from "../init/positive.js";
import { type S4Config, statesOf } from "./s4-config.js";
import type { Parameters } from "./parameters.js";

/** Planes of complex numbers: re, im. */
export type Pair = readonly [Float64Array, Float64Array];

/**
 * `x[t] = a x[t-1] - sum_r p_r Re(q_r . x[t-1]) + b u[t]`, `y[t] = scale Re(c . x[t])`. a, b: [channels, states]; p, q:
 * [channels, rank, states]; c: [heads, channels, states].
 */
export interface Systems {
  rank: number;
  scale: number;
  a: Pair;
  b: Pair;
  c: Pair;
  p: Pair;
  q: Pair;
  /** The first `length` outputs of an impulse at each head, [heads, channels, length]. */
  kernel(length: number): Float64Array;
  /** The same system in the form that single steps are computed in, where that is another. */
  stepping?(): Systems;
}

/** Continuous systems: `x' = A x + B u`, read out by C. */
export interface Continuous {
  /** [channels, states] */
  dt: Float64Array;
  A: Pair;
  B: Pair;
  /** [heads, channels, states] */
  C: Pair;
}

export const pair = (length: number): Pair => [new Float64Array(length), new Float64Array(length)];

/** The continuous systems that parameters of S4 stand for; steps are multiplied by `rate`, which no bandlimit depends on. */
export function continuous(own: Parameters, config: S4Config, rate: number): Continuous {
  const { dModel, nSsm, dtTransform, realTransform, imagTransform, bandlimit } = config;
  const states = statesOf(config);
  const [inverse, re, im] = ["inv_dt", "A_real", "A_imag"].map((name) => own[`layer.kernel.${name}`]?.data) as [Float64Array, Float64Array, Float64Array | undefined];
  const steps = inverse.length / dModel;
  const source = (i: number): number => (Math.floor(i / states) % nSsm) * states + (i % states);
  const count = dModel * states;
  const filled = (of: (i: number) => number): Float64Array => Float64Array.from({ length: count }, (_, i) => of(i));
  const dt = filled((i) => transforms[dtTransform].of(inverse[Math.floor(i / states) * steps + (steps === 1 ? 0 : i % states)]!));
  const A: Pair = [filled((i) => -transforms[realTransform].of(re[source(i)]!)), im === undefined ? new Float64Array(count) : filled((i) => -transforms[imagTransform].of(im[source(i)]!))];
  const C = expanded(own, "C", dModel, dModel, states);
  if (bandlimit !== null) {
    C.forEach((plane) => plane.forEach((_, i) => {
      const frequency = (dt[i % count]! * Math.abs(A[1][i % count]!)) / (2 * Math.PI);
      if (!(frequency < bandlimit / 2)) plane[i] = 0;
    }));
  }
  return { dt: dt.map((step) => rate * step), A, B: expanded(own, "B", dModel, nSsm, states), C };
}

/** A parameter [rows, copies, states, 2], or real without the 2, as planes [rows, channels, states]; channels take the copies in turn. */
export function expanded(own: Parameters, name: string, channels: number, copies: number, states: number): Pair {
  const { data, dims } = own[`layer.kernel.${name}`]!;
  const parts = dims.length - 2;
  const rows = data.length / (parts * copies * states);
  const out = pair(rows * channels * states);
  for (let i = 0; i < out[0].length; i++) {
    const [row, channel, n] = [Math.floor(i / (channels * states)), Math.floor(i / states) % channels, i % states];
    const from = parts * ((row * copies + (channel % copies)) * states + n);
    [out[0][i], out[1][i]] = [data[from]!, parts === 2 ? data[from + 1]! : 0];
  }
  return out;
}

/** Kernels of diagonal systems: `scale Re(sum_n c b a^l)`; `length` may be 0. */
export function vandermonde(a: Pair, b: Pair, c: Pair, states: number, length: number, scale: number): Float64Array {
  const heads = c[0].length / Math.max(a[0].length, 1);
  const size = (a[0].length / states) * length;
  const kernel = new Float64Array(heads * size);
  const w = pair(a[0].length);
  for (let head = 0; head < heads; head++) {
    for (let i = 0; i < w[0].length; i++) {
      const [x, y] = [c[0][head * w[0].length + i]!, c[1][head * w[0].length + i]!];
      w[0][i] = x * b[0][i]! - y * b[1][i]!;
      w[1][i] = x * b[1][i]! + y * b[0][i]!;
    }
    const inputs = { "a.re": a[0], "a.im": a[1], "w.re": w[0], "w.im": w[1] };
    engine().call("vandermonde", [states, length, scale], inputs, { "out.kernel": kernel.subarray(head * size, (head + 1) * size) });
  }
  return kernel;
}
