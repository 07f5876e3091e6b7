// Gradients by central differences, in float64.
import type { Tensor } from "ssm-scan";

/** Between rounding, which a small step magnifies, and the fifth derivative, which a large one shows. */
const STEP = 5e-5;

/** The derivative at 0 of a function, by differences over two distances. */
export function derivative(at: (step: number) => number): number {
  const over = (step: number): number => (at(step) - at(-step)) / (2 * step);
  return (4 * over(STEP) - over(2 * STEP)) / 3;
}

/** How much `value` changes with each element of the tensors, which are as they were in the end. */
export function differences(tensors: Record<string, Tensor>, value: (at: Record<string, Tensor>) => number): Record<string, Float64Array> {
  const one = ({ data }: Tensor): Float64Array =>
    Float64Array.from(data, (own, i) => {
      const found = derivative((step) => {
        data[i] = own + step;
        return value(tensors);
      });
      data[i] = own;
      return found;
    });
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, one(tensor)]));
}
