// Initial parameters of the textbook SSM, in float64.
import type { Tensor } from "../arrays.js";
import type { Random } from "../random.js";
import { type HippoMeasure, makeHippo } from "./hippo.js";

/** How A and B begin: as a HiPPO system or at random. */
export type SsmInit = HippoMeasure | "random";

export const ssmInits: Readonly<Record<SsmInit, true>> = { legs: true, legt: true, lagt: true, fourier: true, random: true };

/** What the initial parameters depend on. */
export interface SsmShape {
  dModel: number;
  stateSize: number;
  init: SsmInit;
  dtMin: number;
  dtMax: number;
  /** The step, where it is not drawn from between the two. */
  dt?: number | undefined;
}

/** The parameters A [n, n], B [n, h], C [h, n], D [h], log_step [1]. */
export function ssmParameters({ dModel: h, stateSize: n, init, dtMin, dtMax, dt }: SsmShape, random: Random): Record<string, Tensor<Float64Array>> {
  const normals = (dims: number[], deviation: number) => ({
    dims,
    data: Float64Array.from({ length: dims.reduce((product, axis) => product * axis, 1) }, () => deviation * random.normal()),
  });
  const step = dt ?? dtMin * (dtMax / dtMin) ** random.uniform();
  return {
    ...(init === "random" ? { A: turning(n, random), B: normals([n, h], 1 / Math.sqrt(h)) } : remembering(n, h, init, random)),
    C: normals([h, n], 1 / Math.sqrt(n)),
    D: normals([h], 1),
    log_step: { dims: [1], data: Float64Array.of(Math.log(step)) },
  };
}

/** -1/2 and a random skew-symmetric part: every state shrinks as `exp(-t / 2)` while it turns. */
function turning(n: number, random: Random): Tensor<Float64Array> {
  const data = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    data[i * n + i] = -0.5;
    for (let k = 0; k < i; k++) {
      data[i * n + k] = random.normal();
      data[k * n + i] = -data[i * n + k]!;
    }
  }
  return { dims: [n, n], data };
}

/** HiPPO's A, and its B times a mix of the features: the feature itself where there is one, else normal of variance 1/h. */
function remembering(n: number, h: number, measure: HippoMeasure, random: Random): Record<"A" | "B", Tensor<Float64Array>> {
  const { A, B } = makeHippo(n, measure);
  const mix = Float64Array.from({ length: h }, () => (h === 1 ? 1 : random.normal() / Math.sqrt(h)));
  return { A, B: { dims: [n, h], data: Float64Array.from({ length: n * h }, (_, at) => B.data[Math.floor(at / h)]! * mix[at % h]!) } };
}
