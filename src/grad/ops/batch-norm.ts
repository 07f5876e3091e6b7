// Normalisation of features over a batch, for training.
import { checkShape, rowsOf, widthOf } from "../shapes.js";
import { commonDtype, type Operand, tapeOf, type Variable } from "../tape.js";
import { columnSums, pointwise } from "./kernels.js";
import type { BatchStatistics } from "./norm.js";

/**
 * (x - mean) / sqrt(var + epsilon) scale + bias with the batch's own statistics of every feature; x [..., width], scale, bias
 * [width]; epsilon 1e-5. The statistics come back, for running means. (Ioffe and Szegedy 2015; flax `BatchNorm`.)
 */
export function batchNorm(x: Operand, scale: Operand, bias: Operand, epsilon = 1e-5): { y: Variable; statistics: BatchStatistics } {
  commonDtype("batchNorm", [x, scale, bias]);
  const [rows, width] = [rowsOf(x), widthOf(x)];
  checkShape("batchNorm", "scale", scale, [width]);
  checkShape("batchNorm", "bias", bias, [width]);
  const mean = columnSums(width, x.data).map((total) => total / rows);
  const apart = pointwise("identity", x.data, undefined, mean.map((value) => -value));
  const variance = columnSums(width, apart, apart).map((total) => total / rows);
  const factor = variance.map((value) => 1 / Math.sqrt(value + epsilon));
  const slope = factor.map((value, c) => value * scale.data[c]!);
  const result = tapeOf([x, scale, bias]).record([x, scale, bias], x.dims, pointwise("identity", apart, slope, bias.data), (gradient) => {
    const sums = columnSums(width, gradient);
    const products = columnSums(width, gradient, apart).map((total, c) => total * factor[c]!);
    // slope (gradient - mean of gradients - unit mean of gradient unit), where unit = apart factor.
    const shift = sums.map((total, c) => (-slope[c]! * total) / rows);
    const along = products.map((total, c) => (-slope[c]! * factor[c]! * total) / rows);
    return [pointwise("identity", gradient, slope, pointwise("identity", apart, along, shift)), products, sums];
  });
  return { y: result, statistics: { mean, var: variance } };
}
