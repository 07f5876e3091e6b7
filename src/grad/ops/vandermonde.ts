// Kernels of diagonal systems, in float64.
import { engine } from "../../backend/current.js";
import { checkShape, shapeOf, sizeOf } from "../shapes.js";
import { ScanError } from "../../error.js";
import { tapeOf, type Variable } from "../tape.js";
import type { ComplexOperand } from "./scans.js";

/**
 * `scale Re(sum_n w_n a_n^l)` for every l below `length`: a [channels, states], w [heads, channels, states] -> [heads,
 * channels, length]. float64 alone. Its gradients are polynomials in `conj a`, by Horner's rule.
 */
export function vandermonde(a: ComplexOperand, w: ComplexOperand, length: number, scale: number): Variable {
  const operands = [a.re, a.im, w.re, w.im];
  const [channels, states] = a.re.dims as [number, number];
  const heads = w.re.dims[0]!;
  checkShape("vandermonde", "a.im", a.im, [channels, states]);
  for (const plane of ["re", "im"] as const) checkShape("vandermonde", `w.${plane}`, w[plane], [heads, channels, states]);
  if (operands.some(({ data }) => !(data instanceof Float64Array))) throw new ScanError("dtype", `vandermonde: poles ${shapeOf(a.re.dims)} and weights must be float64`);
  const dims = [heads, channels, length];
  const kernel = new Float64Array(sizeOf(dims));
  const size = channels * states;
  const part = (data: ArrayLike<number>, head: number, of: number): Float64Array => (data as Float64Array).subarray(head * of, (head + 1) * of);
  const inputs = (head: number) => ({ "a.re": a.re.data, "a.im": a.im.data, "w.re": part(w.re.data, head, size), "w.im": part(w.im.data, head, size) });
  for (let head = 0; head < heads; head++) engine().call("vandermonde", [states, length, scale], inputs(head), { "out.kernel": part(kernel, head, channels * length) });
  return tapeOf(operands).record(operands, dims, kernel, (gradient) => {
    const [ar, ai, wr, wi] = [size, size, heads * size, heads * size].map((count) => new Float64Array(count)) as [Float64Array, Float64Array, Float64Array, Float64Array];
    const own = [new Float64Array(size), new Float64Array(size)] as const;
    for (let head = 0; head < heads; head++) {
      const given = { ...inputs(head), "gradients.kernel": part(gradient, head, channels * length) };
      const out = { "out.a.re": own[0], "out.a.im": own[1], "out.w.re": part(wr, head, size), "out.w.im": part(wi, head, size) };
      engine().call("vandermondeBackward", [states, length, scale], given, out);
      own[0].forEach((value, i) => (ar[i]! += value));
      own[1].forEach((value, i) => (ai[i]! += value));
    }
    return [ar, ai, wr, wi];
  });
}
