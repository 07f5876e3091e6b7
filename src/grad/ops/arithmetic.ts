// Sums and products, element by element; an operand whose shape is how the other's ends serves all of its rows.
import type { Real } from "../../arrays.js";
import { broadcast, sizeOf } from "../shapes.js";
import { commonDtype, counts, type Operand, tapeOf, type Variable } from "../tape.js";
import { reciprocal } from "./elementwise.js";
import { columnSums, pointwise } from "./kernels.js";

/** x + y. */
export function add(x: Operand, y: Operand): Variable {
  const [long, short] = sorted(x, y);
  const sums = () => pointwise("identity", long.data, undefined, short.data);
  return binary("add", x, y, sums, [(gradient) => columns(x, gradient), (gradient) => columns(y, gradient)]);
}

/** x - y. */
export function subtract(x: Operand, y: Operand): Variable {
  const differences = () => (sorted(x, y)[0] === x ? pointwise("identity", x.data, undefined, negative(y.data)) : pointwise("identity", y.data, -1, x.data));
  return binary("subtract", x, y, differences, [(gradient) => columns(x, gradient), (gradient) => negative(columns(y, gradient))]);
}

/** x y. */
export function multiply(x: Operand, y: Operand): Variable {
  const [long, short] = sorted(x, y);
  const products = () => pointwise("identity", long.data, short.data);
  return binary("multiply", x, y, products, [(gradient) => columns(x, gradient, y), (gradient) => columns(y, gradient, x)]);
}

/** x / y. */
export function divide(x: Operand, y: Operand): Variable {
  return multiply(x, reciprocal(y));
}

/** factor x + shift. */
export function affine(x: Operand, factor: number, shift = 0): Variable {
  const data = pointwise("identity", x.data, factor, shift === 0 ? undefined : shift);
  return tapeOf([x]).record([x], x.dims, data, (gradient) => [pointwise("identity", gradient, factor)]);
}

/** The sum of all elements, []. */
export function sum(x: Operand): Variable {
  return tapeOf([x]).record([x], [], columnSums(1, x.data), ([gradient]) => [x.data.slice().fill(gradient!)]);
}

/** The mean of all elements, []. */
export function mean(x: Operand): Variable {
  return affine(sum(x), 1 / sizeOf(x.dims));
}

/** The operand of the result's shape first. */
function sorted(x: Operand, y: Operand): [Operand, Operand] {
  return x.data.length >= y.data.length ? [x, y] : [y, x];
}

const negative = (x: Real): Real => pointwise("identity", x, -1);

/** The gradient times `other`, summed over the rows that an operand serves. */
function columns(of: Operand, gradient: Real, other?: Operand): Real {
  const width = of.data.length;
  if (width === gradient.length) return other === undefined ? gradient : pointwise("identity", gradient, other.data);
  return columnSums(width, gradient, other?.data);
}

function binary(name: string, x: Operand, y: Operand, compute: () => Real, [ofX, ofY]: readonly [Pulled, Pulled]): Variable {
  commonDtype(name, [x, y]);
  const dims = broadcast(name, x, y);
  return tapeOf([x, y]).record([x, y], dims, compute(), (gradient) => [counts(x) ? ofX(gradient) : undefined, counts(y) ? ofY(gradient) : undefined]);
}

/** An operand's gradient, from that of the result. */
type Pulled = (gradient: Real) => Real;
