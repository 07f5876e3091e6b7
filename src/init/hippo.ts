// HiPPO systems, and the normal plus low-rank form of LegS.
import type { Complex, Tensor } from "../arrays.js";
import { engine } from "../backend/current.js";
import { checkDims } from "../dims.js";
import { ScanError } from "../error.js";
import { type Check, oneOf } from "../options.js";

/** Numbers of measures, as in `crates/core/src/hippo`. */
export const measures = { legs: 0, legt: 1, lagt: 2, fourier: 3 } as const;

/**
 * What a HiPPO system remembers: "legs" all of the past in Legendre polynomials, "legt" a window in them, "lagt" all of
 * the past, less and less, in Laguerre functions, "fourier" a window in sines and cosines.
 */
export type HippoMeasure = keyof typeof measures;

export const aMeasure: Check = oneOf(measures);

/** The normal plus low-rank form of HiPPO-LegS: `A = V (diag(Lambda) - P P^H) V^H`. */
export interface DplrHippo {
  /** Eigenvalues of the normal part, [n], imaginary parts rising; the real parts are all -1/2. */
  Lambda: Complex<Float64Array>;
  /** V^H times the low-rank vector sqrt(i + 1/2), [n]. */
  P: Complex<Float64Array>;
  /** V^H times the input vector, [n]. */
  B: Complex<Float64Array>;
  /** Eigenvectors as columns, [n, n] row-major; their phases are free. */
  V: Complex<Float64Array>;
}

/**
 * The HiPPO system `x' = A x + B u` of a measure, "legs" by default: A [n, n], B [n], in float64. The windows of "legt" and
 * "fourier" have the length 2, "lagt" forgets as `exp(-s / 2)`; "fourier" needs an even n, and its second coefficient is
 * always 0. (Gu et al. 2020, arXiv:2008.07669; `transition` of state-spaces/s4; `make_HiPPO` of S5 gives the A of "legs".)
 */
export function makeHippo(n: number, measure: HippoMeasure = "legs"): { A: Tensor<Float64Array>; B: Tensor<Float64Array> } {
  checkDims({ n }, ["n"]);
  const expected = aMeasure(measure, "measure");
  if (expected !== undefined) throw new ScanError("option", `makeHippo: \`measure\` must be ${expected}, got "${String(measure)}"`);
  const [A, B] = [new Float64Array(n * n), new Float64Array(n)];
  engine().call("makeHippo", [measures[measure]], {}, { A, B });
  return { A: { dims: [n, n], data: A }, B: { dims: [n], data: B } };
}

/** The normal plus low-rank form of LegS, in float64. (`make_DPLR_HiPPO` of S5; Gu et al. 2022, arXiv:2111.00396.) */
export function makeDplrHippo(n: number): DplrHippo {
  checkDims({ n }, ["n"]);
  const pair = (count: number) => ({ re: new Float64Array(count), im: new Float64Array(count) });
  const [Lambda, P, B, V] = [pair(n), pair(n), pair(n), pair(n * n)];
  const outputs = Object.entries({ Lambda, P, B, V }).flatMap(([name, { re, im }]) => [
    [`${name}.re`, re] as const,
    [`${name}.im`, im] as const,
  ]);
  engine().call("makeDplrHippo", [], {}, Object.fromEntries(outputs));
  return { Lambda, P, B, V };
}
