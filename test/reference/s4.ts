// The layers S4 and S4D by their definition, in f64: dense matrices and every term of every sum. Slow on purpose.
import type { Real, Tensor } from "ssm-scan";
import { functions, positive } from "./functions.js";

export interface S4Definition {
  disc?: "zoh" | "bilinear" | "dss" | undefined;
  dtTransform?: keyof typeof positive | undefined;
  realTransform?: keyof typeof positive | undefined;
  imagTransform?: keyof typeof positive | undefined;
  rate?: number | undefined;
  bidirectional?: boolean | undefined;
  channels?: number | undefined;
  activation?: keyof typeof functions | undefined;
  finalAct?: keyof typeof functions | "glu" | undefined;
}

type Parameters = Record<string, Tensor>;
interface Number2 {
  re: number;
  im: number;
}
type Matrix = Number2[][];
type Vector = Number2[];

const complex = (re: number, im = 0): Number2 => ({ re, im });
const times = (x: Number2, y: Number2): Number2 => complex(x.re * y.re - x.im * y.im, x.re * y.im + x.im * y.re);
const plus = (x: Number2, y: Number2): Number2 => complex(x.re + y.re, x.im + y.im);
const scaled = (x: Number2, by: number): Number2 => complex(x.re * by, x.im * by);
const conj = (x: Number2): Number2 => complex(x.re, -x.im);
const sum = (terms: Number2[]): Number2 => terms.reduce(plus, complex(0));
const over = (x: Number2, y: Number2): Number2 => scaled(times(x, conj(y)), 1 / (y.re ** 2 + y.im ** 2));
const exp = (x: Number2): Number2 => scaled(complex(Math.cos(x.im), Math.sin(x.im)), Math.exp(x.re));
const square = (n: number, of: (i: number, k: number) => Number2): Matrix => Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, k) => of(i, k)));
const apply = (A: Matrix, x: Vector): Vector => A.map((row) => sum(row.map((a, k) => times(a, x[k]!))));
const product = (A: Matrix, B: Matrix): Matrix => square(A.length, (i, k) => sum(A[i]!.map((a, j) => times(a, B[j]![k]!))));
const transposed = (A: Matrix): Matrix => square(A.length, (i, k) => A[k]![i]!);
const identity = (n: number): Matrix => square(n, (i, k) => complex(Number(i === k)));

/** A^-1 b, by elimination with pivots. */
function solve(A: Matrix, b: Vector): Vector {
  const rows = A.map((row, i) => [...row, b[i]!]);
  rows.forEach((_, pivot) => {
    let best = pivot;
    for (let i = pivot; i < rows.length; i++) if (Math.hypot(rows[i]![pivot]!.re, rows[i]![pivot]!.im) > Math.hypot(rows[best]![pivot]!.re, rows[best]![pivot]!.im)) best = i;
    [rows[pivot], rows[best]] = [rows[best]!, rows[pivot]!];
    const own = rows[pivot]!.map((x) => over(x, rows[pivot]![pivot]!));
    rows[pivot] = own;
    rows.forEach((row, i) => {
      if (i !== pivot) rows[i] = row.map((x, k) => plus(x, scaled(times(row[pivot]!, own[k]!), -1)));
    });
  });
  return rows.map((row) => row[A.length]!);
}

/** A system of all states, conjugates last: `x = A x' + B u`, `y = Re(C x)`. */
interface System {
  A: Matrix;
  B: Vector;
  C: Vector[];
}

function systems(parameters: Parameters, { disc = "zoh", dtTransform = "exp", realTransform = "exp", imagTransform = "none", rate = 1 }: S4Definition): System[] {
  const own = (name: string): Real => parameters[`layer.kernel.${name}`]!.data;
  const [H] = parameters["layer.kernel.inv_dt"]!.dims as [number, number];
  const [S, N] = parameters["layer.kernel.A_real"]!.dims as [number, number];
  const entry = (name: string, i: number): Number2 => complex(own(name)[2 * i]!, own(name)[2 * i + 1]!);
  const steps = parameters["layer.kernel.inv_dt"]!.dims[1]!;
  return Array.from({ length: H }, (_, h) => {
    const s = h % S;
    const both = (of: (n: number) => Number2): Vector => Array.from({ length: 2 * N }, (_, n) => (n < N ? of(n) : conj(of(n - N))));
    const raw = (n: number): number => own("inv_dt")[h * steps + (steps === 1 ? 0 : n)]!;
    const dt = both((n) => complex(positive[dtTransform](raw(n))));
    const A = both((n) => complex(-positive[realTransform](own("A_real")[s * N + n]!), -positive[imagTransform](own("A_imag")[s * N + n]!)));
    const B = both((n) => entry("B", s * N + n));
    const heads = parameters["layer.kernel.C"]!.dims[0]!;
    const C = Array.from({ length: heads }, (_, c) => both((n) => entry("C", (c * H + h) * N + n)));
    const low = parameters["layer.kernel.P"];
    if (low === undefined) {
      const poles = A.map((a, n) => {
        const step = scaled(dt[n]!, rate);
        const z = times(a, step);
        if (disc === "bilinear") {
          const below = plus(complex(1), scaled(z, -0.5));
          return { a: over(plus(complex(1), scaled(z, 0.5)), below), gain: over(step, below) };
        }
        return { a: exp(z), gain: over(plus(exp(z), complex(-1)), a) };
      });
      return { A: square(2 * N, (i, k) => (i === k ? poles[i]!.a : complex(0))), B: B.map((b, n) => times(b, poles[n]!.gain)), C };
    }
    const P = Array.from({ length: low.dims[0]! }, (_, r) => both((n) => entry("P", (r * S + s) * N + n)));
    const full = square(2 * N, (i, k) => plus(i === k ? A[i]! : complex(0), scaled(sum(P.map((p) => times(p[i]!, conj(p[k]!)))), -1)));
    const discrete = (by: number): { A: Matrix; B: Vector } => {
      const side = (sign: number): Matrix => square(2 * N, (i, k) => plus(complex(Number(i === k)), scaled(times(dt[i]!, full[i]![k]!), (sign * by) / 2)));
      const below = side(-1);
      const columns = transposed(side(1)).map((column) => solve(below, column));
      return { A: transposed(columns), B: solve(below, B.map((b, n) => scaled(times(b, dt[n]!), by))) };
    };
    const cut = own("l_kernel")[0]!;
    let power = identity(2 * N);
    const unscaled = discrete(1);
    for (let l = 0; l < cut; l++) power = product(power, unscaled.A);
    const map = transposed(square(2 * N, (i, k) => plus(complex(Number(i === k)), scaled(power[i]![k]!, -1))));
    return { ...discrete(rate), C: cut === 0 ? C : C.map((c) => solve(map, c)) };
  });
}

/** The first `length` outputs of an impulse: [heads, H, length]. */
export function s4Kernel(parameters: Parameters, options: S4Definition, length: number): Float64Array {
  const all = systems(parameters, options);
  const heads = all[0]!.C.length;
  const kernel = new Float64Array(heads * all.length * length);
  all.forEach(({ A, B, C }, h) => {
    let x = B;
    for (let l = 0; l < length; l++) {
      C.forEach((c, head) => (kernel[(head * all.length + h) * length + l] = sum(c.map((value, n) => times(value, x[n]!))).re));
      x = apply(A, x);
    }
  });
  return kernel;
}

export interface S4Call {
  /** Full states, conjugates last: [batch, H, 2 N] each. */
  state?: { re: Real; im: Real } | undefined;
  /** Multipliers of all steps, [length] or [batch, length]. */
  dt?: Real | undefined;
  reset?: Uint8Array | undefined;
  lengths?: Int32Array | undefined;
}

/** The whole layer. */
export function s4(
  parameters: Parameters,
  options: S4Definition,
  u: Real,
  { batch, length }: { batch: number; length: number },
  { state, dt, reset, lengths }: S4Call = {},
): { y: Float64Array; state: { re: Float64Array; im: Float64Array } } {
  const { bidirectional = false, channels = 1, activation = "gelu", finalAct = "glu" } = options;
  const all = systems(parameters, options);
  const sized = new Map<number, System[]>();
  /** The system of feature h at a step. */
  const systemAt = (row: number, h: number): System => {
    if (dt === undefined) return all[h]!;
    const multiplier = dt[dt.length === length ? row % length : row]!;
    const found = sized.get(multiplier) ?? systems(parameters, { ...options, rate: (options.rate ?? 1) * multiplier });
    sized.set(multiplier, found);
    return found[h]!;
  };
  const H = all.length;
  const size = all[0]!.B.length;
  const D = parameters["layer.D"]!.data;
  const mixed = new Float64Array(batch * length * channels * H);
  const last = { re: new Float64Array(batch * H * size), im: new Float64Array(batch * H * size) };
  for (let n = 0; n < batch; n++) {
    const valid = lengths?.[n] ?? length;
    all.forEach(({ C }, h) => {
      const first = (n * H + h) * size;
      const at = (t: number): number => u[(n * length + t) * H + h]!;
      const isFresh = (t: number): boolean => reset !== undefined && reset[n * length + t] !== 0;
      const next = (x: Vector, t: number): Vector => {
        const { A, B } = systemAt(n * length + t, h);
        return apply(A, x).map((value, i) => plus(value, scaled(B[i]!, at(t))));
      };
      const zero = C[0]!.map(() => complex(0));
      const add = (t: number, head: number, c: Vector, x: Vector): void => {
        mixed[((n * length + t) * channels + head) * H + h]! += sum(c.map((value, i) => times(value, x[i]!))).re;
      };
      let x = zero.map((_, i) => (state === undefined ? complex(0) : complex(state.re[first + i]!, state.im[first + i]!)));
      for (let t = 0; t < valid; t++) {
        x = next(isFresh(t) ? zero : x, t);
        for (let head = 0; head < channels; head++) {
          add(t, head, C[head]!, x);
          mixed[((n * length + t) * channels + head) * H + h]! += D[head * H + h]! * at(t);
        }
      }
      x.forEach((value, i) => ([last.re[first + i], last.im[first + i]] = [value.re, value.im]));
      if (!bidirectional) return;
      x = zero;
      for (let t = valid - 1; t >= 0; t--) {
        // What follows in another document is not seen.
        if (t + 1 < length && isFresh(t + 1)) x = zero;
        for (let head = 0; head < channels; head++) add(t, head, C[channels + head]!, x);
        x = next(x, t);
      }
    });
  }
  const [weight, bias] = [parameters["output_linear.0.weight"]!.data, parameters["output_linear.0.bias"]!.data];
  const y = new Float64Array(batch * length * H);
  const width = channels * H;
  for (let row = 0; row < batch * length; row++) {
    if (lengths !== undefined && row % length >= lengths[Math.floor(row / length)]!) continue;
    const active = Array.from(mixed.subarray(row * width, (row + 1) * width), functions[activation]);
    const out = Array.from(bias, (_, o) => active.reduce((total, x, i) => total + weight[o * width + i]! * x, bias[o]!));
    for (let h = 0; h < H; h++) y[row * H + h] = finalAct === "glu" ? out[h]! * functions.sigmoid(out[H + h]!) : functions[finalAct](out[h]!);
  }
  return { y, state: last };
}
