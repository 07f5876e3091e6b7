// Initial parameters of what stands around sequence layers, in float64: dense layers, normalisation.
import type { Tensor } from "../arrays.js";
import type { Random } from "../random.js";

type Weights = Record<string, Tensor<Float64Array>>;

/** A dense layer as flax has it: `kernel` [inputs, outputs], LeCun's normal, and `bias` [outputs], zero. */
export function denseParameters(name: string, inputs: number, outputs: number, random: Random): Weights {
  const kernel = Float64Array.from({ length: inputs * outputs }, () => random.truncatedNormal() / Math.sqrt(inputs));
  return {
    [`${name}.kernel`]: { dims: [inputs, outputs], data: kernel },
    [`${name}.bias`]: { dims: [outputs], data: new Float64Array(outputs) },
  };
}

/** A normalisation that changes nothing yet: `scale`, `bias` (none of root mean squares), running statistics of a batch norm; all [width]. */
export function normParameters(kind: "layer" | "rms" | "batch", name: string, width: number): Weights {
  const filled = (value: number) => ({ dims: [width], data: new Float64Array(width).fill(value) });
  return {
    [`${name}.scale`]: filled(1),
    ...(kind !== "rms" && { [`${name}.bias`]: filled(0) }),
    ...(kind === "batch" && { [`batch_stats.${name}.mean`]: filled(0), [`batch_stats.${name}.var`]: filled(1) }),
  };
}
