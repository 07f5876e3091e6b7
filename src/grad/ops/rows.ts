// Sums and products of arrays of which one may serve all rows of the other, in plain loops.
import { type Dtype, type Real, zeros } from "../../arrays.js";
import { engine } from "../../backend/current.js";

// An engine compiles a loop for the types it has seen, and calls of what it was not compiled with cost more than a sum:
// so each of these has its own loop, and takes no function.

/** x + factor y; a shorter one is repeated. factor is 1 or -1. */
export function sumOf(dtype: Dtype, x: Real, y: Real, factor: 1 | -1): Real {
  if (x.length === y.length && factor === 1) return pointwise(dtype, x, undefined, y);
  const out = zeros(dtype, Math.max(x.length, y.length));
  if (x.length >= y.length) weighted(x, 1, y, factor, out);
  else weighted(y, factor, x, 1, out);
  return out;
}

/** x y; a shorter one is repeated. */
export function productOf(dtype: Dtype, x: Real, y: Real): Real {
  if (x.length === y.length) return pointwise(dtype, x, y, undefined);
  const [long, short] = x.length > y.length ? [x, y] : [y, x];
  const out = zeros(dtype, long.length);
  const width = short.length;
  for (let first = 0; first < out.length; first += width) {
    for (let c = 0; c < width; c++) out[first + c] = long[first + c]! * short[c]!;
  }
  return out;
}

/** x / y; a shorter one is repeated. */
export function quotientOf(dtype: Dtype, x: Real, y: Real): Real {
  const out = zeros(dtype, Math.max(x.length, y.length));
  const [n, m] = [x.length, y.length];
  for (let i = 0, j = 0, k = 0; i < out.length; i++) {
    out[i] = x[j]! / y[k]!;
    if (++j === n) j = 0;
    if (++k === m) k = 0;
  }
  return out;
}

/** factor x + shift. */
export function scaledOf(dtype: Dtype, x: Real, factor: number, shift = 0): Real {
  const out = zeros(dtype, x.length);
  for (let i = 0; i < out.length; i++) out[i] = factor * x[i]! + shift;
  return out;
}

/** What comes to an operand of `width` elements that was repeated: the sum of all rows. */
export function overRows(dtype: Dtype, x: Real, width: number): Real {
  if (x.length === width) return x;
  const sums = new Float64Array(width);
  for (let first = 0; first < x.length; first += width) {
    for (let c = 0; c < width; c++) sums[c]! += x[first + c]!;
  }
  return dtype === "float64" ? sums : Float32Array.from(sums);
}

function weighted(long: Real, a: number, short: Real, b: number, out: Real): void {
  const width = short.length;
  for (let first = 0; first < out.length; first += width) {
    for (let c = 0; c < width; c++) out[first + c] = a * long[first + c]! + b * short[c]!;
  }
}

/** x times + plus. */
function pointwise(dtype: Dtype, x: Real, times: Real | undefined, plus: Real | undefined): Real {
  const y = zeros(dtype, x.length);
  engine().call("pointwise", [0], { x, times, plus }, { y });
  return y;
}
