// A linear scan there and back: h = a h', then the gradients of a and b from that of h, in float64.
import type { LayerCase } from "../layers/layers.js";
import { between, filled } from "../noise.js";

export const linearGradient: LayerCase = {
  size: ({ length, channels = 1 }) => {
    const elements = length * channels;
    return { elements, bytes: 4 * 6 * elements, operations: 6 * elements };
  },
  shape: ({ batch, length, channels = 1 }) => [batch, length, channels],
  bound: 1e-5,
  inputs: (problem, u) => ({ a: filled(problem, 2, u.length, between(0.9, 1)), b: u, dh: filled(problem, 3, u.length, between(-1, 1)) }),
  truth: ({ length, channels = 1 }, planes) => {
    const [a, b, dh] = [planes["a"]!, planes["b"]!, planes["dh"]!];
    const h = Float64Array.from(b);
    for (let i = channels; i < h.length; i++) h[i]! += a[i]! * h[i - channels]!;
    const db = Float64Array.from(dh);
    for (let i = (length - 1) * channels - 1; i >= 0; i--) db[i]! += a[i + channels]! * db[i + channels]!;
    return { da: db.map((g, i) => g * (h[i - channels] ?? 0)), db };
  },
};
