// The same numbers in the other precision.
import { type Dtype, precisionOf, type Real } from "../../arrays.js";
import { type Operand, tapeOf, type Variable } from "../tape.js";

const to = (dtype: Dtype, data: Real): Real => (dtype === "float64" ? Float64Array.from(data) : Float32Array.from(data));

/** x in `dtype`, rounded where that has fewer digits; gradients go back in the dtype of x. */
export function cast(x: Operand, dtype: Dtype): Variable {
  const own = precisionOf(x.data);
  if (own === dtype) return tapeOf([x]).record([x], x.dims, x.data, (gradient) => [gradient]);
  return tapeOf([x]).record([x], x.dims, to(dtype, x.data), (gradient) => [to(own, gradient)]);
}
