// Mamba's selective scan: h = exp(delta A) h' + delta B u, y = (C h + D u) silu(z), in float64.
import type { LayerCase } from "../layers/layers.js";
import { between, type Fill, filled } from "../noise.js";

/** How step sizes start in Mamba: this is their bias, whose softplus is from 0.001 to 0.1. */
export const stepBias: Fill = (next) => Math.log(Math.expm1(0.001 * 100 ** next()));

export const selective: LayerCase = {
  size: ({ length, channels = 1, n = 1 }) => {
    const elements = length * channels;
    return { elements, bytes: 4 * (4 * elements + 2 * n * length + n * channels), operations: 7 * n * elements };
  },
  shape: ({ batch, length, channels = 1 }) => [batch, length, channels],
  bound: 1e-5,
  inputs: (problem, u) => {
    const { length, channels = 1, n = 1 } = problem;
    const plane = (seed: number, count: number, fill: Fill) => filled(problem, seed, count, fill);
    const shared = length * n;
    return {
      ...{ u, dt: plane(2, u.length, between(-1, 1)), A: plane(3, channels * n, (_, i) => -1 - (i % n)) },
      ...{ B: plane(4, shared, between(-1, 1)), C: plane(5, shared, between(-1, 1)), D: plane(6, channels, between(0, 1)) },
      ...{ z: plane(7, u.length, between(-2, 2)), dtBias: plane(8, channels, stepBias) },
    };
  },
  truth: ({ length, channels = 1, n = 1 }, planes) => {
    const [u, dt, A, B] = [planes["u"]!, planes["dt"]!, planes["A"]!, planes["B"]!];
    const [C, D, z, dtBias] = [planes["C"]!, planes["D"]!, planes["z"]!, planes["dtBias"]!];
    const h = new Float64Array(channels * n);
    const y = new Float64Array(length * channels);
    for (let t = 0; t < length; t++) {
      for (let c = 0; c < channels; c++) {
        const i = t * channels + c;
        const delta = softplus(dt[i]! + dtBias[c]!);
        let sum = D[c]! * u[i]!;
        for (let s = 0; s < n; s++) {
          const own = c * n + s;
          h[own] = Math.exp(delta * A[own]!) * h[own]! + delta * u[i]! * B[t * n + s]!;
          sum += C[t * n + s]! * h[own]!;
        }
        y[i] = sum * silu(z[i]!);
      }
    }
    return { y };
  },
};

export const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
export const silu = (x: number): number => x / (1 + Math.exp(-x));
