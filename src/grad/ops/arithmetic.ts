// Sums and products, element by element; an operand whose shape is how the other's ends serves all of its rows.
import { type Real, zeros } from "../../arrays.js";
import { broadcast, sizeOf } from "../shapes.js";
import { commonDtype, counts, type Operand, tapeOf, type Variable } from "../tape.js";

/** x + y. */
export function add(x: Operand, y: Operand): Variable {
  return binary("add", x, y, (a, b) => a + b, () => 1, () => 1);
}

/** x - y. */
export function subtract(x: Operand, y: Operand): Variable {
  return binary("subtract", x, y, (a, b) => a - b, () => 1, () => -1);
}

/** x y. */
export function multiply(x: Operand, y: Operand): Variable {
  return binary("multiply", x, y, (a, b) => a * b, (_, b) => b, (a) => a);
}

/** x / y. */
export function divide(x: Operand, y: Operand): Variable {
  return binary("divide", x, y, (a, b) => a / b, (_, b) => 1 / b, (a, b) => -a / (b * b));
}

/** factor x + shift. */
export function affine(x: Operand, factor: number, shift = 0): Variable {
  const data = x.data.map((value) => factor * value + shift);
  return tapeOf([x]).record([x], x.dims, data, (gradient) => [gradient.map((value) => factor * value)]);
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

type Of2 = (a: number, b: number) => number;

function binary(name: string, x: Operand, y: Operand, of: Of2, slopeX: Of2, slopeY: Of2): Variable {
  const dims = broadcast(name, x, y);
  const dtype = commonDtype(name, [x, y]);
  const [a, b] = [x.data, y.data];
  const size = sizeOf(dims);
  const data = zeros(dtype, size);
  const [n, m] = [a.length, b.length];
  if (n === size && m === size) for (let i = 0; i < size; i++) data[i] = of(a[i]!, b[i]!);
  else for (let i = 0; i < size; i++) data[i] = of(a[i % n]!, b[i % m]!);
  const pulled = (gradient: Real, slope: Of2, length: number): Real => {
    if (length === size) {
      const out = zeros(dtype, size);
      for (let i = 0; i < size; i++) out[i] = gradient[i]! * slope(a[i % n]!, b[i % m]!);
      return out;
    }
    const sums = new Float64Array(length);
    for (let i = 0; i < size; i++) sums[i % length]! += gradient[i]! * slope(a[i % n]!, b[i % m]!);
    return dtype === "float64" ? sums : Float32Array.from(sums);
  };
  return tapeOf([x, y]).record([x, y], dims, data, (gradient) => [
    counts(x) ? pulled(gradient, slopeX, n) : undefined,
    counts(y) ? pulled(gradient, slopeY, m) : undefined,
  ]);
}
