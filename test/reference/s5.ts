// The S5 layer by its definition, in f64, one number at a time. Slow on purpose: the layer is judged by it.
import type { Dims, Real, Tensor } from "ssm-scan";

export interface S5Options {
  discretization?: "zoh" | "bilinear";
  conjSym?: boolean;
  bidirectional?: boolean;
  clipEigs?: boolean;
  stepRescale?: number;
}

export interface S5Forward {
  state?: { re: Real; im: Real } | undefined;
  /** [length] or [batch, length]. */
  dt?: Real | undefined;
  /** [batch, length]; marks the first step of a document, whichever way time runs. */
  reset?: Uint8Array | undefined;
  /** [batch] */
  lengths?: Int32Array | undefined;
}

type Parameters = Record<string, Tensor>;
interface Number2 {
  re: number;
  im: number;
}

const times = (x: Number2, y: Number2): Number2 => ({ re: x.re * y.re - x.im * y.im, im: x.re * y.im + x.im * y.re });
const plus = (x: Number2, y: Number2): Number2 => ({ re: x.re + y.re, im: x.im + y.im });
const scaled = (x: Number2, by: number): Number2 => ({ re: x.re * by, im: x.im * by });
function over(x: Number2, y: Number2): Number2 {
  const norm = y.re ** 2 + y.im ** 2;
  return scaled(times(x, { re: y.re, im: -y.im }), 1 / norm);
}
/** e^z - 1, without cancellation near 0. */
const expm1 = ({ re, im }: Number2): Number2 => ({
  re: Math.expm1(re) * Math.cos(im) - 2 * Math.sin(im / 2) ** 2,
  im: Math.exp(re) * Math.sin(im),
});

/** What a step of `dt` makes of an eigenvalue: the gate, and the factor of the input. */
export function discretized(Lambda: Number2, dt: number, how: "zoh" | "bilinear"): { a: Number2; gain: Number2 } {
  const one = { re: 1, im: 0 };
  if (how === "bilinear") {
    const half = scaled(Lambda, dt / 2);
    const below = over(one, plus(one, scaled(half, -1)));
    return { a: times(below, plus(one, half)), gain: scaled(below, dt) };
  }
  const minusOne = expm1(scaled(Lambda, dt));
  const still = Lambda.re === 0 && Lambda.im === 0;
  return { a: plus(minusOne, one), gain: still ? { re: dt, im: 0 } : over(minusOne, Lambda) };
}

const entry = (data: Real, i: number): Number2 => ({ re: data[2 * i]!, im: data[2 * i + 1]! });

/** Row `h` of the output matrix of a direction, which has `states` columns. */
function outputMatrix(parameters: Parameters, backward: boolean, states: number): (h: number, p: number) => Number2 {
  const apart = parameters[backward ? "C2" : "C1"];
  if (apart !== undefined) return (h, p) => entry(apart.data, h * states + p);
  const { dims, data } = parameters["C"]!;
  return (h, p) => entry(data, h * dims[1]! + (backward ? states : 0) + p);
}

/** y = k Re(C x) + D u with x = a x' + B u; k = 2 where half of the eigenvalues stand for all. */
export function s5(
  parameters: Parameters,
  options: S5Options,
  u: Real,
  { batch, length }: Pick<Dims, "batch" | "length">,
  { state, dt, reset, lengths }: S5Forward = {},
): { y: Float64Array; state: { re: Float64Array; im: Float64Array } } {
  const { discretization = "zoh", conjSym = true, bidirectional = false, clipEigs = false, stepRescale = 1 } = options;
  const D = parameters["D"]!.data;
  const states = parameters["Lambda_re"]!.data.length;
  const inputs = D.length;
  const y = new Float64Array(batch * length * inputs);
  const last = { re: new Float64Array(batch * states), im: new Float64Array(batch * states) };

  const eigenvalue = (p: number): Number2 => {
    const re = parameters["Lambda_re"]!.data[p]!;
    return { re: clipEigs ? Math.min(re, -1e-4) : re, im: parameters["Lambda_im"]!.data[p]! };
  };
  const step = (p: number): number => stepRescale * Math.exp(parameters["log_step"]!.data[p]!);
  const input = (p: number, row: number): Number2 => {
    let sum = { re: 0, im: 0 };
    for (let h = 0; h < inputs; h++) {
      sum = plus(sum, scaled(entry(parameters["B"]!.data, p * inputs + h), u[row * inputs + h]!));
    }
    return sum;
  };
  const interval = (n: number, t: number): number => dt?.[dt.length === length ? t : n * length + t] ?? 1;

  for (let n = 0; n < batch; n++) {
    const end = lengths?.[n] ?? length;
    const read = (C: (h: number, p: number) => Number2, x: Number2, p: number, row: number): void => {
      const k = conjSym ? 2 : 1;
      for (let h = 0; h < inputs; h++) y[row * inputs + h]! += k * times(C(h, p), x).re;
    };
    for (let t = 0; t < end; t++) {
      for (let h = 0; h < inputs; h++) y[(n * length + t) * inputs + h] = D[h]! * u[(n * length + t) * inputs + h]!;
    }
    for (let p = 0; p < states; p++) {
      const forwardC = outputMatrix(parameters, false, states);
      let x = state ? { re: state.re[n * states + p]!, im: state.im[n * states + p]! } : { re: 0, im: 0 };
      for (let t = 0; t < end; t++) {
        const row = n * length + t;
        if (reset?.[row]) x = { re: 0, im: 0 };
        const { a, gain } = discretized(eigenvalue(p), step(p) * interval(n, t), discretization);
        x = plus(times(a, x), times(gain, input(p, row)));
        read(forwardC, x, p, row);
      }
      [last.re[n * states + p], last.im[n * states + p]] = [x.re, x.im];
      if (!bidirectional) continue;
      const backwardC = outputMatrix(parameters, true, states);
      x = { re: 0, im: 0 };
      for (let t = end - 1; t >= 0; t--) {
        const row = n * length + t;
        if (t + 1 < end && reset?.[row + 1]) x = { re: 0, im: 0 };
        // The interval between this step and the one after it; the last step has the first interval.
        const { a, gain } = discretized(eigenvalue(p), step(p) * interval(n, t + 1 < end ? t + 1 : 0), discretization);
        x = plus(times(a, x), times(gain, input(p, row)));
        read(backwardC, x, p, row);
      }
    }
  }
  return { y, state: last };
}
