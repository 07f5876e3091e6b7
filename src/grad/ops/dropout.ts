// Elements left out at random.
import { type Real, zeros } from "../../arrays.js";
import { ScanError } from "../../error.js";
import type { Random } from "../../random.js";
import { commonDtype, type Operand, tapeOf, type Variable } from "../tape.js";
import { pointwise } from "./kernels.js";

/** How {@link dropout} draws. */
export interface DropoutOptions {
  random: Random;
  /** Whether a feature of x [batch, length, width] is left out at all steps of a sequence or at none, as S5 does it; false. */
  tied?: boolean;
}

/** x with each element 0 with probability `rate`, the others divided by 1 - rate. */
export function dropout(x: Operand, rate: number, { random, tied = false }: DropoutOptions): Variable {
  if (!(rate >= 0 && rate < 1)) throw new ScanError("option", `dropout: \`rate\` must be at least 0 and below 1, got ${rate}`);
  const draw = (): number => (random.uniform() < rate ? 0 : 1 / (1 - rate));
  const factors = zeros(commonDtype("dropout", [x]), x.data.length);
  if (tied) {
    const [batch = 1, length = 1, width = 1] = x.dims;
    for (let sequence = 0; sequence < batch; sequence++) {
      const own = Float64Array.from({ length: width }, draw);
      for (let t = 0; t < length; t++) factors.set(own, (sequence * length + t) * width);
    }
  } else {
    for (let i = 0; i < factors.length; i++) factors[i] = draw();
  }
  const times = (of: Real): Real => pointwise("identity", of, factors);
  return tapeOf([x]).record([x], x.dims, times(x.data), (gradient) => [times(gradient)]);
}
