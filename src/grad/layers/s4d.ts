// S4D on variables.
import type { S4DOptions } from "../../layers/s4d.js";
import { add, affine, divide, multiply } from "../ops/arithmetic.js";
import { multiplyComplex } from "../ops/complex.js";
import { discretize } from "../ops/discretize.js";
import { cos, exp, sin } from "../ops/elementwise.js";
import { vandermonde } from "../ops/vandermonde.js";
import { s4Block, type S4Systems } from "./s4-block.js";
import { conjugate, diagonalSteps, scaled, times } from "./s4-steps.js";
import { type Continuous, continuous, type Pair } from "./s4-systems.js";
import type { Trace } from "./trace.js";

export const s4d: Trace<Required<S4DOptions>> = (options, own, u, how) => {
  const { disc, rate } = options;
  const systems = continuous(own, options, rate);
  return s4Block("S4D", options, disc === "dss" ? dss(systems) : diagonal(systems, disc), own, u, how);
};

function diagonal(systems: Continuous, disc: "zoh" | "bilinear"): S4Systems {
  const { a, b } = diagonalSteps(systems, disc);
  const none = { dims: [a.re.dims[0]!, 0], data: new Float64Array(0) };
  const low = { re: none, im: none };
  return {
    kernel: (length) => vandermonde(a, multiplyComplex(systems.C, b), length, 2),
    recurrence: () => ({ a, b, c: systems.C, p: low, q: low }),
  };
}

/** As `src/layers/diagonal-systems.ts` has it: the gain is `B (e^z - 1) / ((e^{z length} - 1) A)`, the quotient kept from 0 / 0. */
function dss({ dt, A, B, C }: Continuous): S4Systems {
  const step = times(A, dt);
  const grows = { dims: dt.dims, data: A.re.data.map((re) => Number(re > 0)) };
  const sign = { dims: dt.dims, data: grows.data.map((is) => 1 - 2 * is) };
  const z = times(step, sign);
  return {
    kernel(length) {
      const below = multiplyComplex(expm1(scaled(z, length)), A);
      const square = affine(add(multiply(below.re, below.re), multiply(below.im, below.im)), 1, 1e-7);
      const inverse = { re: divide(below.re, square), im: divide(conjugate(below).im, square) };
      // Powers of a pole that grows are taken from the last one down.
      const gain = multiplyComplex(multiplyComplex(expm1(z), inverse), expOf(times(scaled(z, length - 1), grows)));
      return vandermonde(expOf(step), multiplyComplex(C, multiplyComplex(gain, B)), length, 1);
    },
  };
}

function expOf({ re, im }: Pair): Pair {
  const size = exp(re);
  return { re: multiply(size, cos(im)), im: multiply(size, sin(im)) };
}

/** `e^z - 1`, of which nothing is lost where z is small. */
function expm1(z: Pair): Pair {
  return multiplyComplex(z, discretize(z, { dims: z.re.dims, data: new Float64Array(z.re.data.length) }).gain);
}
