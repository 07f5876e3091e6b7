// S5: its recurrence, and one step of a stack of it, in float64.
import type { Planes, Real } from "../inputs.js";
import type { LayerCase } from "./layers.js";
import { DEPTH, planesOf, s5LayersOf, s5Of } from "./models.js";

export const s5: LayerCase = {
  size: ({ length, channels = 1, n = 1 }) => {
    const elements = length * channels;
    return { elements, bytes: 4 * (2 * elements + 2 * n * channels), operations: length * (4 * n * channels + 4 * n) };
  },
  inputs: (problem, u) => ({ ...planesOf(s5Of(problem)), u }),
  truth: ({ length, channels = 1 }, planes) => {
    const system = systemOf(planes, "");
    const y = new Float64Array(length * channels);
    for (let t = 0; t < length; t++) y.set(stepped(system, planes["u"]!.subarray(t * channels, (t + 1) * channels)), t * channels);
    return { y };
  },
};

export const s5Step: LayerCase = {
  size: ({ channels = 1, n = 1 }) => ({ elements: channels, bytes: 4 * DEPTH * n * (2 * channels + 3), operations: DEPTH * 4 * n * channels }),
  inputs: (problem, u) => Object.assign({}, ...s5LayersOf(problem).map((layer, i) => planesOf(layer, `layers_${i}.`)), { u }) as Planes,
  truth: (_, planes) => {
    let x: Real = planes["u"]!;
    for (let i = 0; i < DEPTH; i++) {
      const y = stepped(systemOf(planes, `layers_${i}.seq.`), normalized(x, planes, `layers_${i}.norm.`));
      x = y.map((value, c) => x[c]! + gelu(value));
    }
    return { y: x as Float64Array };
  },
};

interface System {
  channels: number;
  pole: Pair;
  /** [states, channels]. */
  B: Pair;
  /** [channels, states]. */
  C: Pair;
  D: Real;
  /** [states]. */
  x: Pair;
}

interface Pair {
  re: Float64Array;
  im: Float64Array;
}

/** Made discrete by zero-order hold, at rest. */
export function systemOf(planes: Planes, prefix: string): System {
  const plane = (name: string): Real => planes[prefix + name]!;
  const [re, im, D] = [plane("Lambda_re"), plane("Lambda_im"), plane("D")];
  const [states, channels] = [re.length, D.length];
  const dt = Float64Array.from(plane("log_step"), Math.exp);
  const pole = pairs(states, (p) => [Math.exp(dt[p]! * re[p]!) * Math.cos(dt[p]! * im[p]!), Math.exp(dt[p]! * re[p]!) * Math.sin(dt[p]! * im[p]!)]);
  const B = pairs(states * channels, (i) => {
    const p = Math.floor(i / channels);
    const [a, b, c, d] = [pole.re[p]! - 1, pole.im[p]!, re[p]!, im[p]!];
    const hold = [(a * c + b * d) / (c * c + d * d), (b * c - a * d) / (c * c + d * d)] as const;
    const [x, y] = [plane("B")[2 * i]!, plane("B")[2 * i + 1]!];
    return [hold[0] * x - hold[1] * y, hold[0] * y + hold[1] * x];
  });
  const C = pairs(channels * states, (i) => [plane("C")[2 * i]!, plane("C")[2 * i + 1]!]);
  return { channels, pole, B, C, D, x: pairs(states, () => [0, 0]) };
}

/** A step; y [channels]. */
export function stepped({ channels, pole, B, C, D, x }: System, u: Real): Float64Array {
  const states = x.re.length;
  for (let p = 0; p < states; p++) {
    let re = pole.re[p]! * x.re[p]! - pole.im[p]! * x.im[p]!;
    let im = pole.re[p]! * x.im[p]! + pole.im[p]! * x.re[p]!;
    for (let c = 0; c < channels; c++) {
      re += B.re[p * channels + c]! * u[c]!;
      im += B.im[p * channels + c]! * u[c]!;
    }
    [x.re[p], x.im[p]] = [re, im];
  }
  const y = new Float64Array(channels);
  for (let c = 0; c < channels; c++) {
    let sum = 0;
    for (let p = 0; p < states; p++) sum += C.re[c * states + p]! * x.re[p]! - C.im[c * states + p]! * x.im[p]!;
    y[c] = 2 * sum + D[c]! * u[c]!;
  }
  return y;
}

/** A layer norm as flax has it. */
function normalized(row: Real, planes: Planes, prefix: string): Float64Array {
  const x = Float64Array.from(row);
  const mean = x.reduce((sum, value) => sum + value, 0) / x.length;
  const variance = x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / x.length;
  const [scale, bias] = [planes[`${prefix}scale`]!, planes[`${prefix}bias`]!];
  return x.map((value, c) => ((value - mean) / Math.sqrt(variance + 1e-6)) * scale[c]! + bias[c]!);
}

/** By tanh. */
export function gelu(value: number): number {
  return 0.5 * value * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (value + 0.044_715 * value ** 3)));
}

function pairs(count: number, at: (i: number) => readonly [number, number]): Pair {
  const found = { re: new Float64Array(count), im: new Float64Array(count) };
  for (let i = 0; i < count; i++) [found.re[i], found.im[i]] = at(i) as [number, number];
  return found;
}
