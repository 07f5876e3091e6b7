// What operations on variables are computed by: kernels on whole arrays.
import { type Dtype, type Real, zeros } from "../../arrays.js";
import { engine } from "../../backend/current.js";
import { type FunctionName, pointwise as runPointwise } from "../../layers/rows.js";

const dtypeOf = (data: Real): Dtype => (data instanceof Float64Array ? "float64" : "float32");

/** f(x) times + plus; factors and summands are as long as x, a row that serves every row of x, or numbers. */
export function pointwise(name: FunctionName, x: Real, times?: Real | number, plus?: Real | number): Real {
  const dtype = dtypeOf(x);
  const array = (of: Real | number | undefined): Real | undefined => (typeof of === "number" ? zeros(dtype, 1).fill(of) : of);
  const y = zeros(dtype, x.length);
  runPointwise(engine(), name, { x, times: array(times), plus: array(plus) }, y);
  return y;
}

/** The sums over the rows of x times `times`, [width]. */
export function columnSums(width: number, x: Real, times?: Real): Real {
  const sums = zeros(dtypeOf(x), width);
  engine().call("columnSums", [width], { x, times }, { sums });
  return sums;
}
