// What a step does to the states of S4 and S4D, on variables in float64.
import type { Discretization } from "../../layers/diagonal-systems.js";
import { add, affine, divide, multiply, subtract } from "../ops/arithmetic.js";
import { multiplyComplex } from "../ops/complex.js";
import { discretize } from "../ops/discretize.js";
import { matmul } from "../ops/matmul.js";
import type { ComplexOperand } from "../ops/scans.js";
import { concatenate } from "../ops/shape.js";
import type { Operand, Variable } from "../tape.js";
import { type Continuous, type Pair, spread } from "./s4-systems.js";

/** `x[t] = a x[t-1] - sum_r p_r Re(q_r . x[t-1]) + b u[t]`: a, b [features, states]; p, q [features, rank states]. */
export type Step = Readonly<Record<"a" | "b", Pair> & Record<"p" | "q", ComplexOperand>>;

/** The steps of diagonal systems. */
export function diagonalSteps({ dt, A, B }: Continuous, disc: Exclude<Discretization, "dss">): Omit<Step, "p" | "q"> {
  const { a, gain } = discretize(times(A, dt), { dims: dt.dims, data: new Float64Array(dt.data.length) }, { discretization: disc });
  return { a, b: multiplyComplex(times(gain, dt), B) };
}

/** Those of diagonal plus low-rank ones, `A - sum_r P_r P_r^H`, bilinear; the inverse by Woodbury's identity. */
export function dplrSteps({ dt, A, B }: Continuous, P: readonly Pair[]): Step {
  const twice = divide(affine(dt, 0, 2), dt);
  const above = { re: add(twice, A.re), im: A.im };
  const below = inverse({ re: subtract(twice, A.re), im: affine(A.im, -1) });
  const p = P.map((own) => multiplyComplex(below, own));
  const R = P.map((own) => multiplyComplex(below, conjugate(own)));
  const inner = R.map((row, r) => P.map((own, s) => affine(dot(row, own), 2, Number(r === s))));
  solve(inner, R);
  const q = R.map((row, s) => {
    let sum = sumOf(multiplyComplex(row, above), conjugate(P[s]!));
    for (const own of P) sum = lessTimes(sum, conjugate(own), affine(dot(row, own), 2));
    return scaled(sum, 2);
  });
  let b = scaled(multiplyComplex(below, B), 2);
  R.forEach((row, r) => (b = lessTimes(b, p[r]!, affine(dot(row, B), 4))));
  return { a: multiplyComplex(below, above), b, p: joined(p), q: joined(q) };
}

export const times = ({ re, im }: Pair, by: Operand): Pair => ({ re: multiply(re, by), im: multiply(im, by) });
export const scaled = ({ re, im }: Pair, by: number): Pair => ({ re: affine(re, by), im: affine(im, by) });
export const conjugate = ({ re, im }: Pair): Pair => ({ re, im: affine(im, -1) });
const sumOf = (x: Pair, y: Pair): Pair => ({ re: add(x.re, y.re), im: add(x.im, y.im) });

/** x - factor y, factors being columns [features, 1]. */
function lessTimes(x: Pair, y: Pair, factor: Variable): Pair {
  const { re, im } = times(y, spread(factor, y.re.dims[1]!));
  return { re: subtract(x.re, re), im: subtract(x.im, im) };
}

function inverse({ re, im }: Pair): Pair {
  const square = add(multiply(re, re), multiply(im, im));
  return { re: divide(re, square), im: affine(divide(im, square), -1) };
}

/** `Re(x . y)` of every row, [features, 1]. */
function dot(x: Pair, y: Pair): Variable {
  const states = x.re.dims[1]!;
  return matmul(subtract(multiply(x.re, y.re), multiply(x.im, y.im)), { dims: [states, 1], data: new Float64Array(states).fill(1) });
}

/** Replaces `rows` by `matrix^-1 rows`, by elimination; elements of the matrix are columns [features, 1]. */
function solve(matrix: Variable[][], rows: Pair[]): void {
  matrix.forEach((_, pivot) => {
    const by = divide(affine(matrix[pivot]![pivot]!, 0, 1), matrix[pivot]![pivot]!);
    matrix[pivot] = matrix[pivot]!.map((value) => multiply(value, by));
    rows[pivot] = times(rows[pivot]!, spread(by, rows[pivot]!.re.dims[1]!));
    matrix.forEach((row, r) => {
      if (r === pivot) return;
      const factor = row[pivot]!;
      matrix[r] = row.map((value, s) => subtract(value, multiply(factor, matrix[pivot]![s]!)));
      rows[r] = lessTimes(rows[r]!, rows[pivot]!, factor);
    });
  });
}

const joined = (rows: readonly Pair[]): Pair => ({ re: concatenate(rows.map(({ re }) => re)), im: concatenate(rows.map(({ im }) => im)) });
