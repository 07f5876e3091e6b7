// Normalisation of features over a batch, for training.
import { type Real, zeros } from "../../arrays.js";
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
  const { mean, variance } = statisticsOf(x.data, rows, width);
  const factor = variance.map((value) => 1 / Math.sqrt(value + epsilon));
  const unit = zeros(dtype, x.data.length);
  const y = zeros(dtype, x.data.length);
  for (let first = 0; first < unit.length; first += width) {
    for (let c = 0; c < width; c++) unit[first + c] = (x.data[first + c]! - mean[c]!) * factor[c]!;
    for (let c = 0; c < width; c++) y[first + c] = unit[first + c]! * scale.data[c]! + bias.data[c]!;
  }
  const own = (of: Float64Array) => (dtype === "float64" ? of : Float32Array.from(of));
  const result = tapeOf([x, scale, bias]).record([x, scale, bias], x.dims, y, (gradient) => {
    const { sums, products } = sumsOf(gradient, unit, width);
    const dx = zeros(dtype, unit.length);
    for (let first = 0; first < dx.length; first += width) {
      for (let c = 0; c < width; c++) {
        dx[first + c] = scale.data[c]! * factor[c]! * (gradient[first + c]! - sums[c]! / rows - (unit[first + c]! * products[c]!) / rows);
      }
    }
    return [dx, own(products), own(sums)];
  });
  return { y: result, statistics: { mean: own(mean), var: own(variance) } };
}

function statisticsOf(x: Real, rows: number, width: number): { mean: Float64Array; variance: Float64Array } {
  const [mean, variance] = [new Float64Array(width), new Float64Array(width)];
  for (let first = 0; first < x.length; first += width) for (let c = 0; c < width; c++) mean[c]! += x[first + c]!;
  for (let c = 0; c < width; c++) mean[c]! /= rows;
  for (let first = 0; first < x.length; first += width) {
    for (let c = 0; c < width; c++) {
      const apart = x[first + c]! - mean[c]!;
      variance[c]! += apart * apart;
    }
  }
  for (let c = 0; c < width; c++) variance[c]! /= rows;
  return { mean, variance };
}

/** Of every feature: the sum of x, and that of x times y. */
function sumsOf(x: Real, y: Real, width: number): { sums: Float64Array; products: Float64Array } {
  const [sums, products] = [new Float64Array(width), new Float64Array(width)];
  for (let first = 0; first < x.length; first += width) {
    for (let c = 0; c < width; c++) {
      sums[c]! += x[first + c]!;
      products[c]! += x[first + c]! * y[first + c]!;
    }
  }
  return { sums, products };
}
