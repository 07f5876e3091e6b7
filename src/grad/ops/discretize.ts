// Continuous poles made discrete, in float64: parameters are few, and their differences small.
import { ScanError } from "../../error.js";
import { sizeOf } from "../shapes.js";
import { commonDtype, type Operand, tapeOf, type Variable } from "../tape.js";
import type { ComplexOperand } from "./scans.js";

/** How poles become discrete. */
export interface DiscretizeOptions {
  /** "zoh" by default. */
  discretization?: "zoh" | "bilinear";
  /** A multiplier of all steps; 1. */
  rescale?: number;
}

/** A complex number. */
type Z = readonly [number, number];

/** A rule at a pole and a step: the discrete pole and its gain, then their derivatives with respect to pole and step. */
type Rule = (pole: Z, step: number) => { a: Z; gain: Z; aByPole: Z; gainByPole: Z; aByStep: Z; gainByStep: Z };

const rules: Readonly<Record<"zoh" | "bilinear", Rule>> = { zoh, bilinear };

/**
 * `a = exp(pole dt)`, `gain = (a - 1) / pole` by "zoh"; `a = (1 + pole dt/2) / (1 - pole dt/2)`, `gain = dt / (1 - pole dt/2)`
 * by "bilinear"; dt = rescale exp(logStep). All arrays have one element a pole. (S5 `discretize_zoh`, `discretize_bilinear`.)
 */
export function discretize(poles: ComplexOperand, logStep: Operand, { discretization = "zoh", rescale = 1 }: DiscretizeOptions = {}): { a: ComplexOperand<Variable>; gain: ComplexOperand<Variable> } {
  const inputs = [poles.re, poles.im, logStep];
  const dtype = commonDtype("discretize", inputs);
  const count = sizeOf(poles.re.dims);
  const odd = inputs.find(({ data }) => data.length !== count);
  if (odd !== undefined) throw new ScanError("shape", `discretize: ${count} poles, but ${odd.data.length} elements`);
  const step = Float64Array.from(logStep.data, (value) => rescale * Math.exp(value));
  const found = Array.from({ length: count }, (_, p) => rules[discretization]([poles.re.data[p]!, poles.im.data[p]!], step[p]!));
  const plane = (of: (p: number) => number) => (dtype === "float64" ? Float64Array.from({ length: count }, (_, p) => of(p)) : Float32Array.from({ length: count }, (_, p) => of(p)));
  const { dims } = poles.re;
  const results = [
    { dims, data: plane((p) => found[p]!.a[0]) },
    { dims, data: plane((p) => found[p]!.a[1]) },
    { dims, data: plane((p) => found[p]!.gain[0]) },
    { dims, data: plane((p) => found[p]!.gain[1]) },
  ];
  const [ar, ai, gr, gi] = tapeOf(inputs).recordAll(inputs, results, (...gradients) => {
    const at = (p: number): { a: Z; gain: Z } => ({ a: [gradients[0]![p]!, gradients[1]![p]!], gain: [gradients[2]![p]!, gradients[3]![p]!] });
    const pole = found.map(({ aByPole, gainByPole }, p) => plus(times(conjugate(aByPole), at(p).a), times(conjugate(gainByPole), at(p).gain)));
    const steps = found.map(({ aByStep, gainByStep }, p) => step[p]! * (along(aByStep, at(p).a) + along(gainByStep, at(p).gain)));
    return [plane((p) => pole[p]![0]), plane((p) => pole[p]![1]), plane((p) => steps[p]!)];
  }) as [Variable, Variable, Variable, Variable];
  return { a: { re: ar, im: ai }, gain: { re: gr, im: gi } };
}

function zoh(pole: Z, step: number): ReturnType<Rule> {
  const z = scaled(pole, step);
  const a: Z = [Math.exp(z[0]) * Math.cos(z[1]), Math.exp(z[0]) * Math.sin(z[1])];
  // Near 0 quotients lose their digits, series do not: sum z^k / (k + 1)!, and sum z^k / (k! (k + 2)).
  const near = Math.hypot(...z) < 1e-2;
  const gain = near ? scaled(series(z, (k) => 1 / (k + 1)), step) : divided([a[0] - 1, a[1]], pole);
  const gainByPole = near ? scaled(series(z, (k) => 1 / (k + 2)), step * step) : divided([step * a[0] - gain[0], step * a[1] - gain[1]], pole);
  return { a, gain, aByPole: scaled(a, step), gainByPole, aByStep: times(pole, a), gainByStep: a };
}

function bilinear(pole: Z, step: number): ReturnType<Rule> {
  const half = scaled(pole, step / 2);
  const inverse = divided([1, 0], [1 - half[0], -half[1]]);
  const square = times(inverse, inverse);
  return {
    a: times([1 + half[0], half[1]], inverse),
    gain: scaled(inverse, step),
    aByPole: scaled(square, step),
    gainByPole: scaled(square, (step * step) / 2),
    aByStep: times(pole, square),
    gainByStep: square,
  };
}

/** The sum of z^k / k! weight(k). */
function series(z: Z, weight: (k: number) => number): Z {
  let [power, sum]: [Z, Z] = [[1, 0], [0, 0]];
  for (let k = 0; k < 9; k++) {
    sum = plus(sum, scaled(power, weight(k)));
    power = scaled(times(power, z), 1 / (k + 1));
  }
  return sum;
}

const conjugate = ([x, y]: Z): Z => [x, -y];
const plus = ([a, b]: Z, [c, d]: Z): Z => [a + c, b + d];
const scaled = ([x, y]: Z, factor: number): Z => [factor * x, factor * y];
const times = ([a, b]: Z, [c, d]: Z): Z => [a * c - b * d, a * d + b * c];
/** Re(conj(x) y). */
const along = ([a, b]: Z, [c, d]: Z): number => a * c + b * d;

function divided([a, b]: Z, [c, d]: Z): Z {
  const square = c * c + d * d;
  return [(a * c + b * d) / square, (b * c - a * d) / square];
}
