// The number type of an array.
import type { Dtype, Real } from "../arrays.js";

export const precisionOf = (data: Real): Dtype => (data instanceof Float64Array ? "float64" : "float32");
