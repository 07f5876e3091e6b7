// Complex numbers as pairs of operands.
import type { Operand, Variable } from "../tape.js";
import { add, multiply, subtract } from "./arithmetic.js";
import type { ComplexOperand } from "./scans.js";
import { concatenate, reshape, slice } from "./shape.js";

/** A tensor whose last axis holds re, im, as a pair without it. */
export function fromPairs(x: Operand): ComplexOperand<Variable> {
  const dims = x.dims.slice(0, -1);
  const flat = reshape(x, [2 * dims.reduce((product, size) => product * size, 1)]);
  const part = (first: number): Variable => reshape(slice(flat, first, flat.dims[0]!, 2), dims);
  return { re: part(0), im: part(1) };
}

/** x y; shapes as of {@link multiply}. */
export function multiplyComplex(x: ComplexOperand, y: ComplexOperand): ComplexOperand<Variable> {
  return {
    re: subtract(multiply(x.re, y.re), multiply(x.im, y.im)),
    im: add(multiply(x.re, y.im), multiply(x.im, y.re)),
  };
}

/** A pair as one tensor, whose last axis holds re, im. */
export function toPairs({ re, im }: ComplexOperand): Variable {
  const count = re.data.length;
  const column = (x: Operand): Variable => reshape(x, [count, 1]);
  return reshape(concatenate([column(re), column(im)]), [...re.dims, 2]);
}
