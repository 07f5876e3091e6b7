// Normalisation of rows.
import { type Real, zeros } from "../../arrays.js";
import { flag } from "../../backend/backend.js";
import { engine } from "../../backend/current.js";
import { ScanError } from "../../error.js";
import { blank } from "../../workspace.js";
import { checkShape, rowsOf, widthOf } from "../shapes.js";
import { commonDtype, type Operand, tapeOf, type Variable } from "../tape.js";
import { multiply } from "./arithmetic.js";
import { silu } from "./elementwise.js";
import { reshape } from "./shape.js";

/** (x - mean) / sqrt(variance + epsilon) scale + bias of every row; scale, bias: [width]; epsilon 1e-6, flax's. */
export function layerNorm(x: Operand, scale: Operand, bias: Operand, epsilon = 1e-6): Variable {
  return byRows("layerNorm", x, scale, bias, epsilon, 0);
}

/** x / sqrt(mean of squares + epsilon) scale of every row; scale: [width]; epsilon 1e-5. */
export function rmsNorm(x: Operand, scale: Operand, epsilon = 1e-5): Variable {
  return byRows("rmsNorm", x, scale, undefined, epsilon, flag.rms);
}

/** How rows are normalised by {@link gatedNorm}. */
export interface GatedNormOptions {
  /** Parts of a row that are normalised each by itself; 1. */
  groups?: number;
  /** 1e-5. */
  epsilon?: number;
  /** Whether the gate comes after the norm, and not before it; false. */
  normFirst?: boolean;
}

/** rmsNorm(x silu(z), scale), or rmsNorm(x, scale) silu(z); x, z: [..., width], scale: [width]. (Mamba-2's `RMSNormGated`.) */
export function gatedNorm(x: Operand, z: Operand, scale: Operand, { groups = 1, epsilon = 1e-5, normFirst = false }: GatedNormOptions = {}): Variable {
  const width = widthOf(x);
  checkShape("gatedNorm", "z", z, x.dims);
  checkShape("gatedNorm", "scale", scale, [width]);
  if (!Number.isInteger(width / groups)) throw new ScanError("option", `gatedNorm: rows of ${width} elements do not fall into \`groups\` ${groups}`);
  const gate = silu(z);
  const own = normFirst ? x : multiply(x, gate);
  const ones = { dims: [width / groups], data: zeros(commonDtype("gatedNorm", [x, z, scale]), width / groups).fill(1) };
  const unit = rmsNorm(reshape(own, [rowsOf(x), groups, width / groups]), ones, epsilon);
  const y = multiply(reshape(unit, x.dims), scale);
  return normFirst ? multiply(y, gate) : y;
}

/** Statistics of the features of a batch. */
export interface BatchStatistics {
  mean: Real;
  /** The mean squared distance from the mean. */
  var: Real;
}

/** With statistics given, as in evaluation: (x - mean) / sqrt(var + epsilon) scale + bias, all [width]; epsilon 1e-5. */
export function frozenNorm(x: Operand, scale: Operand, bias: Operand, statistics: BatchStatistics, epsilon = 1e-5): Variable {
  return byRows("frozenNorm", x, scale, bias, epsilon, 0, statistics);
}

function byRows(name: string, x: Operand, scale: Operand, bias: Operand | undefined, epsilon: number, flags: number, { mean, var: variance }: Partial<BatchStatistics> = {}): Variable {
  const given = bias === undefined ? [x, scale] : [x, scale, bias];
  const dtype = commonDtype(name, given);
  const [rows, width] = [rowsOf(x), widthOf(x)];
  checkShape(name, "scale", scale, [width]);
  if (bias !== undefined) checkShape(name, "bias", bias, [width]);
  const y = blank(dtype, x.data.length);
  engine().call("norm", [rows, width, epsilon, flags], { x: x.data, scale: scale.data, bias: bias?.data, mean, var: variance }, { y });
  return tapeOf(given).record(given, x.dims, y, (gradient) => {
    const out = { "out.x": blank(dtype, x.data.length), "out.scale": zeros(dtype, width), "out.bias": zeros(dtype, width) };
    engine().call("normBackward", [rows, width, epsilon, flags], { x: x.data, scale: scale.data, mean, var: variance, "gradients.y": gradient }, out);
    return [out["out.x"], out["out.scale"], out["out.bias"]];
  });
}
