// What a step does to the states of S4: bilinear, diagonal plus low rank.
import type { Resident } from "../arrays.js";
import { engine } from "../backend/current.js";
import { type Continuous, pair, type Pair, type Systems } from "./systems.js";

/** The low-rank part: P [rank, channels, states], of `A - P P^H`. */
export interface LowRank {
  rank: number;
  P: Pair;
  /** The kernel length that C was cut off for, 0 where it was not. */
  cut: number;
  /** The same systems at their own rate, of which C was cut. */
  unscaled: Continuous;
}

/** The steps of `A - P P^H`: `a x - sum_r p_r Re(q_r . x) + b u`, with the inverse by Woodbury's identity. */
function steps({ dt, A, B }: Continuous, { rank, P }: LowRank, states: number): Pick<Systems, "rank" | "scale" | "a" | "b" | "p" | "q"> {
  const channels = dt.length / states;
  const [a, b, p, q] = [pair(dt.length), pair(dt.length), pair(rank * dt.length), pair(rank * dt.length)];
  for (let channel = 0; channel < channels; channel++) {
    const first = channel * states;
    const [dr, di, er, ei] = [0, 0, 0, 0].map(() => new Float64Array(states)) as [Float64Array, Float64Array, Float64Array, Float64Array];
    for (let n = 0; n < states; n++) {
      const [twice, re, im] = [2 / dt[first + n]!, A[0][first + n]!, A[1][first + n]!];
      const square = (twice - re) ** 2 + im ** 2;
      [dr[n], di[n], er[n], ei[n]] = [(twice - re) / square, im / square, twice + re, im];
      a[0][first + n] = dr[n]! * er[n]! - di[n]! * ei[n]!;
      a[1][first + n] = dr[n]! * ei[n]! + di[n]! * er[n]!;
    }
    const at = (r: number, n: number): number => r * dt.length + first + n;
    const to = (r: number, n: number): number => (channel * rank + r) * states + n;
    // D P, and R = (I + 2 Re(Q D P))^-1 Q D.
    const inner = Array.from({ length: rank }, () => new Float64Array(rank));
    const R = Array.from({ length: rank }, () => pair(states));
    for (let r = 0; r < rank; r++) {
      for (let n = 0; n < states; n++) {
        const [pr, pi] = [P[0][at(r, n)]!, P[1][at(r, n)]!];
        p[0][to(r, n)] = dr[n]! * pr - di[n]! * pi;
        p[1][to(r, n)] = dr[n]! * pi + di[n]! * pr;
        R[r]![0][n] = dr[n]! * pr + di[n]! * pi;
        R[r]![1][n] = di[n]! * pr - dr[n]! * pi;
      }
    }
    for (let r = 0; r < rank; r++) {
      for (let s = 0; s < rank; s++) inner[r]![s] = Number(r === s) + 2 * dot(R[r]!, P, at(s, 0), states);
    }
    solve(inner, R);
    for (let s = 0; s < rank; s++) {
      const mixes = Array.from({ length: rank }, (_, r) => 2 * dot(R[s]!, P, at(r, 0), states));
      for (let n = 0; n < states; n++) {
        const [rr, ri] = [R[s]![0][n]!, R[s]![1][n]!];
        let [re, im] = [rr * er[n]! - ri * ei[n]! + P[0][at(s, n)]!, rr * ei[n]! + ri * er[n]! - P[1][at(s, n)]!];
        for (let r = 0; r < rank; r++) {
          re -= mixes[r]! * P[0][at(r, n)]!;
          im += mixes[r]! * P[1][at(r, n)]!;
        }
        [q[0][to(s, n)], q[1][to(s, n)]] = [2 * re, 2 * im];
      }
    }
    const gains = R.map((row) => 4 * dot(row, B, first, states));
    for (let n = 0; n < states; n++) {
      const [br, bi] = [B[0][first + n]!, B[1][first + n]!];
      let [re, im] = [2 * (dr[n]! * br - di[n]! * bi), 2 * (dr[n]! * bi + di[n]! * br)];
      for (let r = 0; r < rank; r++) {
        re -= gains[r]! * p[0][to(r, n)]!;
        im -= gains[r]! * p[1][to(r, n)]!;
      }
      [b[0][first + n], b[1][first + n]] = [re, im];
    }
  }
  return { rank, scale: 2, a, b, p, q };
}

/** `Re(x . y)` with the numbers of `y` from `first` on. */
function dot(x: Pair, y: Pair, first: number, count: number): number {
  let sum = 0;
  for (let n = 0; n < count; n++) sum += x[0][n]! * y[0][first + n]! - x[1][n]! * y[1][first + n]!;
  return sum;
}

/** Replaces `rows` by `matrix^-1 rows`, by elimination; pivots are those of a positive definite part plus I. */
function solve(matrix: Float64Array[], rows: Pair[]): void {
  const scale = (row: number, from: number, by: number): void => {
    matrix[row]!.forEach((_, k) => (matrix[row]![k]! -= by * matrix[from]![k]!));
    for (const plane of [0, 1] as const) rows[row]![plane].forEach((_, k) => (rows[row]![plane][k]! -= by * rows[from]![plane][k]!));
  };
  for (let pivot = 0; pivot < matrix.length; pivot++) {
    scale(pivot, pivot, 1 - 1 / matrix[pivot]![pivot]!);
    for (let row = 0; row < matrix.length; row++) {
      if (row !== pivot) scale(row, pivot, matrix[row]![pivot]!);
    }
  }
}

/** The readouts `c (I - A^length)`, or back from them. */
function truncated(step: Pick<Systems, "rank" | "a" | "p" | "q">, states: number, c: Pair, length: number, back: boolean): Pair {
  const backend = engine();
  // The kernel changes them where they stand, so that they have to be where it runs.
  const planes = c.map((plane) => {
    const resident = backend.resident("float64", plane.length);
    resident.data.set(plane);
    return resident;
  }) as [Resident, Resident];
  const { rank, a, p, q } = step;
  const inputs = { "a.re": a[0], "a.im": a[1], "p.re": p[0], "p.im": p[1], "q.re": q[0], "q.im": q[1] };
  backend.call("truncation", [states, rank, length, Number(back)], inputs, { "out.c.re": planes[0], "out.c.im": planes[1] });
  const out = planes.map((plane) => Float64Array.from(plane.data)) as [Float64Array, Float64Array];
  for (const plane of planes) plane.dispose();
  return out;
}

/** The discrete systems of diagonal plus low-rank ones. */
export function dplrSystems(systems: Continuous, low: LowRank, states: number): Systems {
  const step = steps(systems, low, states);
  const own = systems === low.unscaled ? step : low.cut > 0 ? steps(low.unscaled, low, states) : step;
  const c = low.cut > 0 ? truncated(own, states, systems.C, low.cut, true) : systems.C;
  const kernel = (length: number): Float64Array => {
    const isCut = step === own && low.cut >= length && length > 0;
    const size = isCut ? low.cut : length;
    const whole = cauchy(systems, low, states, isCut ? systems.C : truncated(step, states, c, length, false), size);
    return size === length ? whole : firsts(whole, size, length);
  };
  return { ...step, c, kernel };
}

/** Kernels by their generating functions at the roots of unity; `c` is cut off for `length`. */
function cauchy({ dt, A, B }: Continuous, { rank, P }: LowRank, states: number, c: Pair, length: number): Float64Array {
  const channels = dt.length / states;
  const times = (x: Float64Array): Float64Array => x.map((value, i) => value * dt[i]!);
  const [p, q] = [pair(P[0].length), pair(P[0].length)];
  for (let i = 0; i < P[0].length; i++) {
    const [r, at] = [Math.floor(i / dt.length), i % dt.length];
    const to = (Math.floor(at / states) * rank + r) * states + (at % states);
    [p[0][to], p[1][to]] = [P[0][i]! * dt[at]!, P[1][i]! * dt[at]!];
    [q[0][to], q[1][to]] = [P[0][i]!, -P[1][i]!];
  }
  const heads = c[0].length / Math.max(dt.length, 1);
  const kernel = new Float64Array(heads * channels * length);
  const [lambda, b]: [Pair, Pair] = [
    [times(A[0]), times(A[1])],
    [times(B[0]), times(B[1])],
  ];
  for (let head = 0; head < heads; head++) {
    const part = (x: Float64Array, size: number): Float64Array => x.subarray(head * size, (head + 1) * size);
    const inputs = {
      ...{ "lambda.re": lambda[0], "lambda.im": lambda[1], "b.re": b[0], "b.im": b[1] },
      ...{ "c.re": part(c[0], dt.length), "c.im": part(c[1], dt.length) },
      ...{ "p.re": p[0], "p.im": p[1], "q.re": q[0], "q.im": q[1] },
    };
    engine().call("cauchy", [states, rank, length], inputs, { "out.kernel": part(kernel, channels * length) });
  }
  return kernel;
}

/** The first `length` of every `size` numbers. */
function firsts(rows: Float64Array, size: number, length: number): Float64Array {
  return Float64Array.from({ length: (rows.length / size) * length }, (_, i) => rows[Math.floor(i / length) * size + (i % length)]!);
}
