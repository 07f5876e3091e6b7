// Gradients by central differences, in float64.
import type { Tensor } from "ssm-scan";

const STEP = 1e-5;

/** How much `value` changes with each element of the tensors, which are as they were in the end. */
export function differences(tensors: Record<string, Tensor>, value: (at: Record<string, Tensor>) => number): Record<string, Float64Array> {
  const one = ({ data }: Tensor): Float64Array =>
    Float64Array.from(data, (own, i) => {
      data[i] = own + STEP;
      const above = value(tensors);
      data[i] = own - STEP;
      const below = value(tensors);
      data[i] = own;
      return (above - below) / (2 * STEP);
    });
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, one(tensor)]));
}
