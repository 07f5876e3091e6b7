// Initial parameters of RG-LRU, in float64.
import type { Tensor } from "../arrays.js";
import type { Random } from "../random.js";
import { normalWeights, zeroWeights } from "./weights.js";

/** What the initial parameters depend on. */
export interface RgLruShape {
  dModel: number;
  numHeads: number;
  wInitVarianceScale: number;
}

/** What states are multiplied by where the recurrence gate is 1/8: evenly, in its square, between these. */
const radii = [0.9, 0.999] as const;

/** The parameters by the reference's names (transformers `RecurrentGemmaRglru`). */
export function rgLruParameters({ dModel, numHeads, wInitVarianceScale }: RgLruShape, random: Random): Record<string, Tensor> {
  const size = dModel / numHeads;
  const deviation = Math.sqrt(wInitVarianceScale / size);
  const matrix = () => normalWeights([numHeads, size, size], deviation, random);
  const bias = () => zeroWeights([numHeads, size]);
  const [least, most] = [radii[0] ** 2 + 1e-8, radii[1] ** 2 + 1e-8];
  // softplus of it is minus the logarithm of the radius.
  const speed = () => Math.log(Math.expm1(-0.5 * Math.log(least + (most - least) * random.uniform())));
  return {
    recurrent_param: { dims: [dModel], data: Float64Array.from({ length: dModel }, speed) },
    input_gate_weight: matrix(),
    input_gate_bias: bias(),
    recurrent_gate_weight: matrix(),
    recurrent_gate_bias: bias(),
  };
}
