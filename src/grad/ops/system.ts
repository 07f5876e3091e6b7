// Continuous systems made discrete, in float64.
import { flag } from "../../backend/backend.js";
import { engine } from "../../backend/current.js";
import { discretizeSystem as run, type Rule } from "../../init/system.js";
import { type Operand, tapeOf, type Variable } from "../tape.js";
import { matrixProduct } from "./kernels.js";

/** A [n, n] and B [n, m] at the step exp(logStep) [1], all float64, by one of the rules of `src/init/system.ts`. */
export function discretizeSystem(rule: Rule, A: Operand, B: Operand, logStep: Operand): { A: Variable; B: Variable } {
  const [n, m] = B.dims as [number, number];
  const dt = Math.exp(logStep.data[0]!);
  const bars = { A: new Float64Array(n * n), B: new Float64Array(n * m) };
  run(engine(), rule, n, dt, { A: A.data, B: B.data }, bars);
  const results = [{ dims: A.dims, data: bars.A }, { dims: B.dims, data: bars.B }];
  const [discreteA, discreteB] = tapeOf([A, B, logStep]).recordAll([A, B, logStep], results, (...gradients) => {
    const timesDt = (x: Operand): Float64Array => Float64Array.from(x.data, (value) => dt * value);
    const call = { n, m, X: timesDt(A), Y: timesDt(B), bars, gradients: gradients as [Float64Array, Float64Array] };
    const [dX, dY] = backward[rule](call);
    const own = (gradient: Float64Array): Float64Array => gradient.map((value) => dt * value);
    return [own(dX), own(dY), Float64Array.of(along(dX, call.X) + along(dY, call.Y))];
  });
  return { A: discreteA!, B: discreteB! };
}

interface Call {
  n: number;
  m: number;
  /** A dt and B dt. */
  X: Float64Array;
  Y: Float64Array;
  bars: Record<"A" | "B", Float64Array>;
  /** Of the discrete A and B. */
  gradients: readonly [Float64Array, Float64Array];
}

/** The gradients of X and Y. */
const backward: Readonly<Record<Rule, (call: Call) => readonly [Float64Array, Float64Array]>> = {
  euler: ({ gradients }) => gradients,
  /** With R = (I - X/2)^-1 the discrete A is 2 R - I, and the discrete B is R Y. */
  bilinear({ n, m, Y, bars, gradients: [dA, dB] }) {
    const R = bars.A.map((value, i) => (value + Number(i % (n + 1) === 0)) / 2);
    const dR = matrixProduct([n, m, n], dB, Y, flag.transposedSecond).map((value, i) => value + 2 * dA[i]!);
    const dX = matrixProduct([n, n, n], matrixProduct([n, n, n], R, dR, flag.transposed), R, flag.transposedSecond);
    return [dX.map((value) => value / 2), matrixProduct([n, n, m], R, dB, flag.transposed)];
  },
  /** exp [[X, Y], [0, 0]] holds both; where B has many columns, of phi(X) Y with I instead of Y. */
  zoh({ n, m, X, Y, gradients: [dA, dB] }) {
    if (m <= n) return ofExponential([n, m], [X, Y], [dA, dB]);
    const identity = Float64Array.from({ length: n * n }, (_, i) => Number(i % (n + 1) === 0));
    const phi = { A: new Float64Array(n * n), B: new Float64Array(n * n) };
    run(engine(), "zoh", n, 1, { A: X, B: identity }, phi);
    const [dX] = ofExponential([n, n], [X, identity], [dA, matrixProduct([n, m, n], dB, Y, flag.transposedSecond)]);
    return [dX, matrixProduct([n, n, m], phi.B, dB, flag.transposed)];
  },
};

/**
 * The gradients of X and Y [n, k], given those of the upper half of exp W, W = [[X, Y], [0, 0]]: the upper right of exp
 * [[W^T, G], [0, W^T]]. (Najfeld and Havel 1995.)
 */
function ofExponential([n, k]: readonly [number, number], [X, Y]: readonly [Float64Array, Float64Array], given: readonly [Float64Array, Float64Array]): [Float64Array, Float64Array] {
  const [half, size] = [n + k, 2 * (n + k)];
  // Linear in G, whose size should not make the exponential's.
  const scale = Math.max(...given.flatMap((gradient) => Array.from(gradient, Math.abs)), Number.MIN_VALUE);
  const whole = new Float64Array(size * size);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < half; j++) {
      const of = ([left, right]: readonly [Float64Array, Float64Array]): number => (j < n ? left[i * n + j]! : right[i * k + j - n]!);
      whole[j * size + i] = whole[(half + j) * size + half + i] = of([X, Y]);
      whole[i * size + half + j] = of(given) / scale;
    }
  }
  const exponential = new Float64Array(size * size);
  run(engine(), "zoh", size, 1, { A: whole, B: new Float64Array(0) }, { A: exponential, B: new Float64Array(0) });
  const block = (first: number, columns: number): Float64Array =>
    Float64Array.from({ length: n * columns }, (_, i) => scale * exponential[Math.floor(i / columns) * size + half + first + (i % columns)]!);
  return [block(0, n), block(n, k)];
}

const along = (x: Float64Array, y: Float64Array): number => x.reduce((sum, value, i) => sum + value * y[i]!, 0);
