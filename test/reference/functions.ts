// The functions of S4's layers by their definitions, in f64.

/** By a series of terms of one sign. */
function erf(x: number): number {
  if (Math.abs(x) > 6) return Math.sign(x);
  let [term, total] = [x, x];
  for (let k = 1; k < 200; k++) total += term *= (2 * x * x) / (2 * k + 1);
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * total;
}

const identity = (x: number): number => x;
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** Of signals. */
export const functions = {
  identity,
  sigmoid,
  gelu: (x: number): number => (x / 2) * (1 + erf(x / Math.SQRT2)),
  silu: (x: number): number => x * sigmoid(x),
  relu: (x: number): number => Math.max(x, 0),
  tanh: (x: number): number => Math.tanh(x),
};

/** Of stored parameters, which are positive then. */
export const positive = {
  none: identity,
  sigmoid,
  exp: (x: number): number => Math.exp(x),
  relu: (x: number): number => Math.max(x, 0) + 1e-4,
  softplus: (x: number): number => (x > 40 ? x : Math.log1p(Math.exp(x))),
};
