// The textbook SSM by its definition, in f64, with matrices as arrays of rows. Slow on purpose: the layer is judged by it.
import type { Dims, Real, Tensor } from "ssm-scan";

type Matrix = number[][];

const identity = (n: number): Matrix => Array.from({ length: n }, (_, i) => Array.from({ length: n }, (__, k) => Number(i === k)));
const times = (x: Matrix, y: Matrix): Matrix => x.map((row) => y[0]!.map((_, k) => row.reduce((sum, value, i) => sum + value * y[i]![k]!, 0)));
const plus = (x: Matrix, y: Matrix, scale = 1): Matrix => x.map((row, i) => row.map((value, k) => value + scale * y[i]![k]!));
const matrix = ({ dims, data }: Tensor): Matrix => Array.from({ length: dims[0]! }, (_, i) => [...data.subarray(i * dims[1]!, (i + 1) * dims[1]!)]);

/** The solution of A x = y, by Gauss and Jordan with pivots. */
function solved(A: Matrix, y: Matrix): Matrix {
  const rows = A.map((row, i) => [...row, ...y[i]!]);
  for (let k = 0; k < A.length; k++) {
    let best = k;
    for (let i = k; i < A.length; i++) if (Math.abs(rows[i]![k]!) > Math.abs(rows[best]![k]!)) best = i;
    [rows[k], rows[best]] = [rows[best]!, rows[k]!];
    rows[k] = rows[k]!.map((value) => value / rows[k]![k]!);
    for (let i = 0; i < A.length; i++) if (i !== k) rows[i] = rows[i]!.map((value, c) => value - rows[i]![k]! * rows[k]![c]!);
  }
  return rows.map((row) => row.slice(A.length));
}

/** exp(A) and the integral of exp(A s) over [0, 1], by their series at a 32nd and doublings. */
function exponential(A: Matrix): [Matrix, Matrix] {
  const small = A.map((row) => row.map((value) => value / 32));
  let [power, phi, term] = [identity(A.length), identity(A.length), identity(A.length)];
  for (let k = 1; k < 24; k++) {
    term = times(term, small).map((row) => row.map((value) => value / k));
    power = plus(power, term);
    phi = plus(phi, term, 1 / (k + 1));
  }
  for (let doubling = 0; doubling < 5; doubling++) {
    phi = times(plus(power, identity(A.length)), phi).map((row) => row.map((value) => value / 2));
    power = times(power, power);
  }
  return [power, phi];
}

/** A_bar and B_bar of a step so many times the layer's own. */
export function discretized(parameters: Record<string, Tensor>, rule: "zoh" | "bilinear" | "euler", multiplier = 1): [Matrix, Matrix] {
  const dt = multiplier * Math.exp(parameters["log_step"]!.data[0]!);
  const [A, B] = [matrix(parameters["A"]!), matrix(parameters["B"]!)].map((each) => each.map((row) => row.map((value) => value * dt))) as [Matrix, Matrix];
  const one = identity(A.length);
  if (rule === "euler") return [plus(one, A), B];
  if (rule === "bilinear") return [solved(plus(one, A, -0.5), plus(one, A, 0.5)), solved(plus(one, A, -0.5), B)];
  const [power, phi] = exponential(A);
  return [power, times(phi, B)];
}

/** x = A_bar x' + B_bar u, y = C x + D u. */
export function ssm(
  parameters: Record<string, Tensor>,
  rule: "zoh" | "bilinear" | "euler",
  u: Real,
  { batch, length }: Pick<Dims, "batch" | "length">,
  { state, dt, reset, lengths }: { state?: Record<string, Real> | undefined; dt?: Real | undefined; reset?: Uint8Array | undefined; lengths?: Int32Array | undefined } = {},
): { y: Real; state: { x: Real } } {
  const own = discretized(parameters, rule);
  const [C, D] = [matrix(parameters["C"]!), parameters["D"]!.data];
  const [n, width] = [own[0].length, D.length];
  const y = new Float64Array(batch * length * width);
  const last = new Float64Array(batch * n);
  for (let b = 0; b < batch; b++) {
    let x: number[] = Array.from({ length: n }, (_, i) => state?.["x"]![b * n + i] ?? 0);
    for (let t = 0; t < (lengths?.[b] ?? length); t++) {
      const row = b * length + t;
      if (reset?.[row]) x = x.map(() => 0);
      const [A, B] = dt === undefined ? own : discretized(parameters, rule, dt[dt.length === length ? t : row]!);
      const input = [...u.subarray(row * width, (row + 1) * width)];
      x = A.map((_, i) => A[i]!.reduce((sum, a, k) => sum + a * x[k]!, 0) + B[i]!.reduce((sum, value, h) => sum + value * input[h]!, 0));
      for (let h = 0; h < width; h++) y[row * width + h] = C[h]!.reduce((sum, c, k) => sum + c * x[k]!, D[h]! * input[h]!);
    }
    last.set(x, b * n);
  }
  return { y, state: { x: last } };
}
