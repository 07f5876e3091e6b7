// HiPPO-LegS and its normal plus low-rank form.
import type { Complex, Tensor } from "../arrays.js";
import { engine } from "../backend/current.js";
import { checkDims } from "../dims.js";

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
 * HiPPO-LegS, the system that remembers its past in Legendre polynomials: A [n, n], B [n], in float64.
 * (Gu et al. 2020, arXiv:2008.07669; `make_HiPPO` of S5 gives the same A.)
 */
export function makeHippo(n: number): { A: Tensor<Float64Array>; B: Tensor<Float64Array> } {
  checkDims({ n }, ["n"]);
  const [A, B] = [new Float64Array(n * n), new Float64Array(n)];
  engine().call("makeHippo", [], {}, { A, B });
  return { A: { dims: [n, n], data: A }, B: { dims: [n], data: B } };
}

/** The normal plus low-rank form of {@link makeHippo}, in float64. (`make_DPLR_HiPPO` of S5; Gu et al. 2022, arXiv:2111.00396.) */
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
