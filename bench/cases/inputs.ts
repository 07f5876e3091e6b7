// Seeded inputs, scaled so that states neither grow nor fade.
import { isLayer, layers } from "./layers/layers.js";
import { between, type Fill, filled } from "./noise.js";
import { channelsOf, type Problem } from "./problem.js";

/** Real numbers of a problem's dtype, or its truth. */
export type Real = Float32Array | Float64Array;

/** Planes by the names of their files, such as "a" or "b.re". */
export type Planes<T = Real> = Readonly<Record<string, T>>;

export function inputsOf(problem: Problem): Planes {
  const { operator, batch, length, gates } = problem;
  if (isLayer(operator)) return layers[operator].inputs(problem, filled(problem, 1, length * channelsOf(problem), between(-1, 1)));
  const [channels, n] = [channelsOf(problem), problem.n ?? 1];
  const elements = batch * length * channels;
  const plane = (seed: number, count: number, fill: Fill): Real => filled(problem, seed, count, fill);
  const gateCount = gates === "full" ? elements : channels;
  const input = between(-1, 1);
  switch (operator) {
    case "linear":
      return { a: plane(1, gateCount, between(0.9, 1)), b: plane(2, elements, input) };
    case "complex":
      return { ...poles(problem, gateCount), "b.re": plane(2, elements, input), "b.im": plane(3, elements, input) };
    case "matrix":
      return { a: plane(1, elements * n, between(-0.9 / Math.sqrt(n), 0.9 / Math.sqrt(n))), b: plane(2, elements, input) };
    case "ssm": {
      const weight = between(-1 / Math.sqrt(n), 1 / Math.sqrt(n));
      const pair = (name: string, seed: number) => ({ [`${name}.re`]: plane(seed, n, weight), [`${name}.im`]: plane(seed + 1, n, weight) });
      return { ...poles(problem, n), ...pair("b", 2), ...pair("c", 4), u: plane(6, length, input) };
    }
  }
}

/** Sizes in [0.9, 1), any phase. */
function poles(problem: Problem, count: number): Planes {
  const re = filled(problem, 1, count, between(0.9, 1));
  const im = filled(problem, 7, count, between(0, 2 * Math.PI));
  for (let i = 0; i < count; i++) {
    const [size, phase] = [re[i]!, im[i]!];
    // Rounding up may not leave the unit circle.
    re[i] = 0.999_999 * size * Math.cos(phase);
    im[i] = 0.999_999 * size * Math.sin(phase);
  }
  return { "a.re": re, "a.im": im };
}
