// What operations on variables are computed by: kernels on whole arrays.
import { precisionOf, type Real, zeros } from "../../arrays.js";
import { engine } from "../../backend/current.js";
import { type FunctionName, pointwise as runPointwise } from "../../layers/rows.js";
import { blank } from "../../workspace.js";

/** f(x) times + plus; factors and summands are as long as x, a row that serves every row of x, or numbers. */
export function pointwise(name: FunctionName, x: Real, times?: Real | number, plus?: Real | number): Real {
  const dtype = precisionOf(x);
  const array = (of: Real | number | undefined): Real | undefined => (typeof of === "number" ? zeros(dtype, 1).fill(of) : of);
  const y = blank(dtype, x.length);
  runPointwise(engine(), name, { x, times: array(times), plus: array(plus) }, y);
  return y;
}

/** The sums over the rows of x times `times`, [width]. */
export function columnSums(width: number, x: Real, times?: Real): Real {
  const sums = zeros(precisionOf(x), width);
  engine().call("columnSums", [width], { x, times }, { sums });
  return sums;
}

/** c [rows, columns] of op(a) op(b), with `inner` terms in each sum; `flags` say what is transposed. */
export function matrixProduct<T extends Real>([rows, inner, columns]: readonly [rows: number, inner: number, columns: number], a: T, b: T, flags: number): T {
  const c = blank(precisionOf(a), rows * columns) as T;
  engine().call("matmul", [rows, inner, columns, flags], { a, b }, { c });
  return c;
}
