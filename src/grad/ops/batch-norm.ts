// Normalisation of features over a batch, for training.
import { zeros } from "../../arrays.js";
import { checkShape, rowsOf, widthOf } from "../shapes.js";
import { commonDtype, type Operand, tapeOf, type Variable } from "../tape.js";
import type { BatchStatistics } from "./norm.js";

/**
 * (x - mean) / sqrt(var + epsilon) scale + bias with the batch's own statistics of every feature; x [..., width], scale, bias
 * [width]; epsilon 1e-5. The statistics come back, for running means. (Ioffe and Szegedy 2015; flax `BatchNorm`.)
 */
export function batchNorm(x: Operand, scale: Operand, bias: Operand, epsilon = 1e-5): { y: Variable; statistics: BatchStatistics } {
  const dtype = commonDtype("batchNorm", [x, scale, bias]);
  const [rows, width] = [rowsOf(x), widthOf(x)];
  checkShape("batchNorm", "scale", scale, [width]);
  checkShape("batchNorm", "bias", bias, [width]);
  const { data } = x;
  const [mean, variance] = [new Float64Array(width), new Float64Array(width)];
  overRows(rows, width, (i, c) => (mean[c]! += data[i]! / rows));
  overRows(rows, width, (i, c) => (variance[c]! += (data[i]! - mean[c]!) ** 2 / rows));
  const factor = variance.map((value) => 1 / Math.sqrt(value + epsilon));
  const [unit, y] = [zeros(dtype, data.length), zeros(dtype, data.length)];
  overRows(rows, width, (i, c) => {
    unit[i] = (data[i]! - mean[c]!) * factor[c]!;
    y[i] = unit[i]! * scale.data[c]! + bias.data[c]!;
  });
  const result = tapeOf([x, scale, bias]).record([x, scale, bias], x.dims, y, (gradient) => {
    const [sums, products] = [new Float64Array(width), new Float64Array(width)];
    overRows(rows, width, (i, c) => {
      sums[c]! += gradient[i]!;
      products[c]! += gradient[i]! * unit[i]!;
    });
    const dx = zeros(dtype, data.length);
    overRows(rows, width, (i, c) => {
      dx[i] = scale.data[c]! * factor[c]! * (gradient[i]! - sums[c]! / rows - (unit[i]! * products[c]!) / rows);
    });
    return dtype === "float64" ? [dx, products, sums] : [dx, Float32Array.from(products), Float32Array.from(sums)];
  });
  const own = (of: Float64Array) => (dtype === "float64" ? of : Float32Array.from(of));
  return { y: result, statistics: { mean: own(mean), var: own(variance) } };
}

function overRows(rows: number, width: number, at: (i: number, c: number) => void): void {
  for (let row = 0, i = 0; row < rows; row++) {
    for (let c = 0; c < width; c++, i++) at(i, c);
  }
}
