// S4 and S4D: kernels and outputs by their recurrences in float64.
import type { Planes, Real } from "../inputs.js";
import type { Problem, Size } from "../problem.js";
import type { LayerCase } from "./layers.js";
import { planesOf, s4dOf, s4Of } from "./models.js";

/** One feature's system: poles, input weights and readout of the states that are kept, and the low-rank column of S4. */
interface System {
  dt: number;
  A: Pair;
  B: Pair;
  C: Pair;
  P?: Pair | undefined;
}

interface Pair {
  re: Float64Array;
  im: Float64Array;
}

export const s4Kernel: LayerCase = {
  size: kernelSize,
  inputs: (problem) => {
    const planes = planesOf(s4Of(problem));
    // C is the readout of a kernel cut at this length.
    planes["layer.kernel.l_kernel"]!.fill(problem.length);
    return planes;
  },
  truth: (problem, planes) => ({ kernel: kernels(problem, planes, (system, length) => bilinearImpulse(system, length)) }),
};

export const s4dKernel: LayerCase = {
  size: kernelSize,
  inputs: (problem) => planesOf(s4dOf(problem)),
  truth: (problem, planes) => ({ kernel: kernels(problem, planes, impulse) }),
};

export const s4d: LayerCase = {
  size: ({ length, channels = 1, n = 1 }) => {
    const elements = length * channels;
    return { elements, bytes: 4 * (2 * elements + 3 * n * channels), operations: elements * (7 * n + 2 * channels) };
  },
  inputs: (problem, u) => ({ ...planesOf(s4dOf(problem)), u }),
  truth: (problem, planes) => ({ y: mixed(problem, planes, convolved(problem, planes)) }),
};

function kernelSize({ length, channels = 1, n = 1 }: Problem): Size {
  const elements = length * channels;
  return { elements, bytes: 4 * (elements + 4 * n * channels), operations: 4 * n * elements };
}

/** [channels, length]. */
function kernels(problem: Problem, planes: Planes, impulseOf: (system: System, length: number) => Float64Array): Float64Array {
  const { length, channels = 1 } = problem;
  const found = new Float64Array(channels * length);
  for (let c = 0; c < channels; c++) found.set(impulseOf(systemOf(problem, planes, c), length), c * length);
  return found;
}

function systemOf({ n = 1 }: Problem, planes: Planes, feature: number): System {
  const half = n / 2;
  const plane = (name: string): Real => planes[`layer.kernel.${name}`]!;
  const row = (from: ArrayLike<number>, change: (value: number) => number): Float64Array =>
    Float64Array.from({ length: half }, (_, i) => change(from[feature * half + i]!));
  const pair = (values: Real): Pair => ({
    re: Float64Array.from({ length: half }, (_, i) => values[2 * (feature * half + i)]!),
    im: Float64Array.from({ length: half }, (_, i) => values[2 * (feature * half + i) + 1]!),
  });
  return {
    dt: Math.exp(plane("inv_dt")[feature]!),
    A: { re: row(plane("A_real"), (value) => -Math.exp(value)), im: row(plane("A_imag"), (value) => -value) },
    ...{ B: pair(plane("B")), C: pair(plane("C")) },
    P: "layer.kernel.P" in planes ? pair(plane("P")) : undefined,
  };
}

/** 2 Re sum C B (e^(dt A) - 1) / A e^(dt A l). */
function impulse({ dt, A, B, C }: System, length: number): Float64Array {
  const found = new Float64Array(length);
  for (let n = 0; n < A.re.length; n++) {
    const [re, im] = [A.re[n]!, A.im[n]!];
    const pole = polar(Math.exp(dt * re), dt * im);
    let at = divided(times(times([C.re[n]!, C.im[n]!], [B.re[n]!, B.im[n]!]), [pole[0] - 1, pole[1]]), [re, im]);
    for (let l = 0; l < length; l++) {
      found[l]! += 2 * at[0];
      at = times(at, pole);
    }
  }
  return found;
}

/** The impulse response of (A - P P^H, B, C) under the bilinear rule, step by step; conjugate states are not written out. */
function bilinearImpulse({ dt, A, B, C, P }: System, length: number): Float64Array {
  const states = A.re.length;
  const [x, y] = [new Float64Array(states), new Float64Array(states)];
  const h = dt / 2;
  const found = new Float64Array(length);
  for (let l = 0; l < length; l++) {
    let r = 0;
    for (let n = 0; n < states; n++) r += 2 * (P!.re[n]! * x[n]! + P!.im[n]! * y[n]!);
    let [s, k, out] = [0, 0, 0];
    for (let n = 0; n < states; n++) {
      const [p, q, a, b] = [P!.re[n]!, P!.im[n]!, A.re[n]!, A.im[n]!];
      const u = l === 0 ? dt : 0;
      const right: Two = [x[n]! + h * (a * x[n]! - b * y[n]! - p * r) + u * B.re[n]!, y[n]! + h * (a * y[n]! + b * x[n]! - q * r) + u * B.im[n]!];
      const denominator: Two = [1 - h * a, -h * b];
      const [re, im] = divided(right, denominator);
      const [inverse] = divided([1, 0], denominator);
      s += 2 * (p * re + q * im);
      k += 2 * (p * p + q * q) * inverse;
      [x[n], y[n]] = [re, im];
    }
    s /= 1 + h * k;
    for (let n = 0; n < states; n++) {
      const [re, im] = divided([h * P!.re[n]! * s, h * P!.im[n]! * s], [1 - h * A.re[n]!, -h * A.im[n]!]);
      x[n]! -= re;
      y[n]! -= im;
      out += 2 * (C.re[n]! * x[n]! - C.im[n]! * y[n]!);
    }
    found[l] = out;
  }
  return found;
}

/** The systems' outputs with their skips, [length, channels]. */
function convolved(problem: Problem, planes: Planes): Float64Array {
  const { length, channels = 1 } = problem;
  const [u, D] = [planes["u"]!, planes["layer.D"]!];
  const found = new Float64Array(length * channels);
  for (let c = 0; c < channels; c++) {
    const { dt, A, B, C } = systemOf(problem, planes, c);
    for (let t = 0; t < length; t++) found[t * channels + c] = D[c]! * u[t * channels + c]!;
    for (let n = 0; n < A.re.length; n++) {
      const pole = polar(Math.exp(dt * A.re[n]!), dt * A.im[n]!);
      const [wr, wi] = divided(times(times([C.re[n]!, C.im[n]!], [B.re[n]!, B.im[n]!]), [pole[0] - 1, pole[1]]), [A.re[n]!, A.im[n]!]);
      let [x, y] = [0, 0];
      for (let t = 0; t < length; t++) {
        [x, y] = [pole[0] * x - pole[1] * y + u[t * channels + c]!, pole[0] * y + pole[1] * x];
        found[t * channels + c]! += 2 * (wr * x - wi * y);
      }
    }
  }
  return found;
}

function mixed({ length, channels = 1 }: Problem, planes: Planes, x: Float64Array): Float64Array {
  const [weight, bias] = [planes["output_linear.0.weight"]!, planes["output_linear.0.bias"]!];
  const y = new Float64Array(length * channels);
  for (let t = 0; t < length; t++) {
    for (let o = 0; o < channels; o++) {
      let sum = bias[o]!;
      for (let i = 0; i < channels; i++) sum += weight[o * channels + i]! * x[t * channels + i]!;
      y[t * channels + o] = sum;
    }
  }
  return y;
}

type Two = [number, number];

const polar = (size: number, phase: number): Two => [size * Math.cos(phase), size * Math.sin(phase)];
const times = ([a, b]: Two, [c, d]: Two): Two => [a * c - b * d, a * d + b * c];

function divided([a, b]: Two, [c, d]: Two): Two {
  const square = c * c + d * d;
  return [(a * c + b * d) / square, (b * c - a * d) / square];
}
