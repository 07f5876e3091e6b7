// Initial parameters of the LRU, in float64.
import type { Tensor } from "../arrays.js";
import type { Random } from "../random.js";

/** What the initial parameters depend on. */
export interface LruShape {
  dModel: number;
  dHidden: number;
  rMin: number;
  rMax: number;
  maxPhase: number;
}

type Weights = Tensor<Float64Array>;

/**
 * The parameters by the reference's names (NicolasZucchet/minimal-LRU `LRU`): poles spread evenly over the ring from
 * rMin to rMax, with phases from 0 to maxPhase, and inputs scaled so that white noise makes states of variance 1.
 */
export function lruParameters({ dModel, dHidden, rMin, rMax, maxPhase }: LruShape, random: Random): Record<string, Weights> {
  const each = (length: number, make: (i: number) => number) => Float64Array.from({ length }, (_, i) => make(i));
  const matrix = (rows: number, columns: number, divisor: number): Weights => ({
    dims: [rows, columns],
    data: each(rows * columns, () => random.normal() / divisor),
  });
  const nu_log = each(dHidden, () => Math.log(-0.5 * Math.log(random.uniform() * (rMax ** 2 - rMin ** 2) + rMin ** 2)));
  return {
    theta_log: { dims: [dHidden], data: each(dHidden, () => Math.log(maxPhase * random.uniform())) },
    nu_log: { dims: [dHidden], data: nu_log },
    // log sqrt(1 - |lambda|^2), exact where |lambda| is near 1.
    gamma_log: { dims: [dHidden], data: nu_log.map((nu) => 0.5 * Math.log(-Math.expm1(-2 * Math.exp(nu)))) },
    B_re: matrix(dHidden, dModel, Math.sqrt(2 * dModel)),
    B_im: matrix(dHidden, dModel, Math.sqrt(2 * dModel)),
    C_re: matrix(dModel, dHidden, Math.sqrt(dHidden)),
    C_im: matrix(dModel, dHidden, Math.sqrt(dHidden)),
    D: { dims: [dModel], data: each(dModel, random.normal) },
  };
}
