// Sums and products, element by element; an operand whose shape is how the other's ends serves all of its rows.
import { type Dtype, type Real, zeros } from "../../arrays.js";
import { broadcast, sizeOf } from "../shapes.js";
import { commonDtype, counts, type Operand, tapeOf, type Variable } from "../tape.js";
import { overRows, productOf, quotientOf, scaledOf, sumOf } from "./rows.js";

/** x + y. */
export function add(x: Operand, y: Operand): Variable {
  return binary("add", x, y, (dtype) => sumOf(dtype, x.data, y.data, 1), () => [(g) => g, (g) => g]);
}

/** x - y. */
export function subtract(x: Operand, y: Operand): Variable {
  return binary("subtract", x, y, (dtype) => sumOf(dtype, x.data, y.data, -1), (dtype) => [(g) => g, (g) => scaledOf(dtype, g, -1)]);
}

/** x y. */
export function multiply(x: Operand, y: Operand): Variable {
  return binary("multiply", x, y, (dtype) => productOf(dtype, x.data, y.data), (dtype) => [(g) => productOf(dtype, g, y.data), (g) => productOf(dtype, g, x.data)]);
}

/** x / y. */
export function divide(x: Operand, y: Operand): Variable {
  return binary("divide", x, y, (dtype) => quotientOf(dtype, x.data, y.data), (dtype, out) => {
    const byX = (g: Real): Real => quotientOf(dtype, g, y.data);
    return [byX, (g) => scaledOf(dtype, productOf(dtype, byX(g), out), -1)];
  });
}

/** factor x + shift. */
export function affine(x: Operand, factor: number, shift = 0): Variable {
  const dtype = commonDtype("affine", [x]);
  return tapeOf([x]).record([x], x.dims, scaledOf(dtype, x.data, factor, shift), (gradient) => [scaledOf(dtype, gradient, factor)]);
}

/** The sum of all elements, []. */
export function sum(x: Operand): Variable {
  let total = 0;
  for (const value of x.data) total += value;
  const data = zeros(commonDtype("sum", [x]), 1).fill(total);
  return tapeOf([x]).record([x], [], data, ([gradient]) => [x.data.slice().fill(gradient!)]);
}

/** The mean of all elements, []. */
export function mean(x: Operand): Variable {
  return affine(sum(x), 1 / sizeOf(x.dims));
}

/** What turns the result's gradient into an operand's, of the result's shape. */
type Pull = (gradient: Real) => Real;

function binary(name: string, x: Operand, y: Operand, of: (dtype: Dtype) => Real, pulls: (dtype: Dtype, result: Real) => readonly [Pull, Pull]): Variable {
  const dims = broadcast(name, x, y);
  const dtype = commonDtype(name, [x, y]);
  const data = of(dtype);
  const pulled = pulls(dtype, data);
  return tapeOf([x, y]).record([x, y], dims, data, (gradient) =>
    [x, y].map((operand, i) => (counts(operand) ? overRows(dtype, pulled[i]!(gradient), operand.data.length) : undefined)),
  );
}
