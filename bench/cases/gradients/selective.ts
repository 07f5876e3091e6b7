// Mamba's selective scan there and back: the gradients of all that it takes from that of its output, in float64.
import type { LayerCase } from "../layers/layers.js";
import { selective, silu, softplus } from "../mamba/selective.js";
import { between, filled } from "../noise.js";

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

export const selectiveGradient: LayerCase = {
  ...selective,
  size: (problem) => {
    const once = selective.size(problem);
    return { ...once, bytes: 3 * once.bytes, operations: 4 * once.operations };
  },
  bound: 1e-4,
  inputs: (problem, u) => ({ ...selective.inputs(problem, u), dy: filled(problem, 9, u.length, between(-1, 1)) }),
  truth: ({ length, channels = 1, n = 1 }, planes) => {
    const [u, dt, A, B, C] = ["u", "dt", "A", "B", "C"].map((name) => planes[name]!) as [Row, Row, Row, Row, Row];
    const [D, z, dtBias, dy] = ["D", "z", "dtBias", "dy"].map((name) => planes[name]!) as [Row, Row, Row, Row];
    const zeros = (like: Row) => new Float64Array(like.length);
    const found = { u: zeros(u), dt: zeros(dt), A: zeros(A), B: zeros(B), C: zeros(C), D: zeros(D), z: zeros(z), dtBias: zeros(dtBias) };
    const [h, back] = [new Float64Array((length + 1) * n), new Float64Array(n)];
    for (let c = 0; c < channels; c++) {
      const delta = Float64Array.from({ length }, (_, t) => softplus(dt[t * channels + c]! + dtBias[c]!));
      const pole = (t: number, s: number): number => Math.exp(delta[t]! * A[c * n + s]!);
      for (let t = 0; t < length; t++) {
        const input = delta[t]! * u[t * channels + c]!;
        for (let s = 0; s < n; s++) h[(t + 1) * n + s] = pole(t, s) * h[t * n + s]! + input * B[t * n + s]!;
      }
      back.fill(0);
      for (let t = length - 1; t >= 0; t--) {
        const i = t * channels + c;
        const [x, gate] = [u[i]!, silu(z[i]!)];
        const g = dy[i]! * gate;
        let [y, du, ddelta] = [D[c]! * x, D[c]! * g, 0];
        for (let s = 0; s < n; s++) {
          const [own, before, a] = [h[(t + 1) * n + s]!, h[t * n + s]!, pole(t, s)];
          y += C[t * n + s]! * own;
          found.C[t * n + s]! += g * own;
          const gradient = back[s]! + g * C[t * n + s]!;
          const ofPole = gradient * before * a;
          found.A[c * n + s]! += ofPole * delta[t]!;
          found.B[t * n + s]! += gradient * delta[t]! * x;
          ddelta += ofPole * A[c * n + s]! + gradient * x * B[t * n + s]!;
          du += gradient * delta[t]! * B[t * n + s]!;
          back[s] = gradient * a;
        }
        const slope = sigmoid(z[i]!);
        found.z[i] = dy[i]! * y * slope * (1 + z[i]! * (1 - slope));
        found.D[c]! += g * x;
        found.u[i] = du;
        found.dt[i] = ddelta * sigmoid(dt[i]! + dtBias[c]!);
        found.dtBias[c]! += found.dt[i]!;
      }
    }
    return Object.fromEntries(Object.entries(found).map(([name, plane]) => [`d${name}`, plane]));
  },
};

type Row = Float32Array | Float64Array;
