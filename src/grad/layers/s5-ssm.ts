// S5 on variables.
import { beginsAsEnds } from "../../layers/backward.js";
import type { S5SsmOptions } from "../../layers/s5-ssm.js";
import { add, affine, multiply, subtract } from "../ops/arithmetic.js";
import { fromPairs, multiplyComplex } from "../ops/complex.js";
import { discretize } from "../ops/discretize.js";
import { relu } from "../ops/elementwise.js";
import { matmul } from "../ops/matmul.js";
import { maskPadding } from "../ops/pooling.js";
import { complexScan, type ComplexOperand } from "../ops/scans.js";
import { reshape, slice, transpose } from "../ops/shape.js";
import type { Operand, Variable } from "../tape.js";
import type { Trace, TraceOptions } from "./trace.js";

export const s5Ssm: Trace<Required<S5SsmOptions>> = (options, own, u, how) => {
  const { discretization, stepRescale, conjSym, clipEigs, bidirectional } = options;
  const states = own["Lambda_re"]!.data.length;
  const re = clipEigs ? clipped(own["Lambda_re"]!) : own["Lambda_re"]!;
  const { a, gain } = discretize({ re, im: own["Lambda_im"]! }, own["log_step"]!, { discretization, rescale: stepRescale });
  // [dModel, states], so that a gain serves every feature.
  const { re: b, im: bi } = fromPairs(own["B"]!);
  const weights = multiplyComplex({ re: transpose(b), im: transpose(bi) }, gain);
  const inputs = { re: matmul(u, weights.re), im: matmul(u, weights.im) };
  const factor = conjSym ? 2 : 1;
  const { C1, C2, C } = own;
  let y = add(readOut(scanned(a, inputs, u, how, false), fromPairs(C1 ?? C!), factor, 0, states), multiply(u, own["D"]!));
  if (bidirectional) {
    const first = C2 === undefined ? states : 0;
    y = add(y, readOut(scanned(a, inputs, u, how, true), fromPairs(C2 ?? C!), factor, first, states));
  }
  return y;
};

/** min(x, -1e-4). */
const clipped = (x: Operand): Variable => affine(relu(affine(x, -1, -1e-4)), -1, -1e-4);

/** Without inputs in the padding, which a backward scan passes first. */
function scanned(a: ComplexOperand, given: ComplexOperand, u: Operand, { reset, lengths }: TraceOptions, reverse: boolean): ComplexOperand<Variable> {
  const [batch, length] = u.dims as [number, number];
  const masked = (x: Operand): Operand => (reverse && lengths !== undefined ? maskPadding(x, lengths) : x);
  const b = { re: masked(given.re), im: masked(given.im) };
  const marks = reverse && reset !== undefined ? beginsAsEnds(reset, batch, length) : reset;
  return complexScan({ a, b }, { reverse, ...(marks && { reset: marks }) });
}

/** factor Re(C x), with the columns of C from `first` on. */
function readOut(x: ComplexOperand, C: ComplexOperand<Variable>, factor: number, first: number, states: number): Variable {
  const columns = (plane: Variable, by: number): Variable => affine(slice(reshape(plane, plane.dims), first, first + states), by);
  const transposed = { transposed: true };
  return subtract(matmul(x.re, columns(C.re, factor), transposed), matmul(x.im, columns(C.im, factor), transposed));
}
