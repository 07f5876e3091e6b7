// Initial states of S4 and S4D, in float64: of each conjugate pair the one with the negative imaginary part.
import type { Complex } from "../arrays.js";
import { engine } from "../backend/current.js";
import { makeHippo } from "./hippo.js";

/** Of a diagonal system: all [n / 2], n being the states with their conjugates. */
export interface DiagonalInit {
  A: Complex<Float64Array>;
  B: Complex<Float64Array>;
}

/** Of a normal matrix minus one of low rank, `A - P P^H`: A, B [n / 2], P [rank, n / 2]. */
export interface DplrInit extends DiagonalInit {
  P: Complex<Float64Array>;
}

/** How a diagonal system begins (S4D: Gu et al. 2022, arXiv:2206.11893, section 4). */
export type DiagonalInitName = "lin" | "inv" | "inv2" | "quad" | "legs" | "real";

const diagonals: Readonly<Record<Exclude<DiagonalInitName, "legs">, (k: number, n: number) => [number, number]>> = {
  lin: (k) => [0.5, Math.PI * k],
  inv: (k, n) => [0.5, (n / Math.PI) * (n / (1 + 2 * k) - 1)],
  inv2: (k, n) => [0.5, (n / Math.PI) * (n / (1 + k) - 1)],
  quad: (k) => [0.5, (1 + 2 * k) ** 2 / Math.PI],
  real: (k) => [1 + k, 0],
};

/** Names of {@link DiagonalInitName}. */
export const diagonalInits: Readonly<Record<DiagonalInitName, unknown>> = { ...diagonals, legs: true };

/** `A_k = -re - i im`, with B = 1 but for "legs", which has the B of HiPPO. */
export function diagonalInit(name: DiagonalInitName, n: number): DiagonalInit {
  if (name === "legs") {
    const { A, B } = dplrInit("legs", n, 1);
    return { A, B };
  }
  const parts = Array.from({ length: n / 2 }, (_, k) => diagonals[name](k, n));
  const plane = (part: 0 | 1): Float64Array => Float64Array.from(parts, (pair) => -pair[part]);
  return { A: { re: plane(0), im: plane(1) }, B: { re: new Float64Array(n / 2).fill(1), im: new Float64Array(n / 2) } };
}

/** How a system with a low-rank part begins: as one of HiPPO's (Gu et al. 2022, arXiv:2206.12037). */
export type DplrInitName = "legs" | "legt" | "fourier";

interface RealSystem {
  A: Float64Array;
  B: Float64Array;
  /** Rows [n] such that `A + sum_r P_r P_r^T` is skew-symmetric but for a multiple of the identity. */
  P: Float64Array[];
}

/** Names of {@link DplrInitName}, each with its matrices. */
export const dplrInits: Readonly<Record<DplrInitName, (n: number) => RealSystem>> = {
  legs(n) {
    const { A, B } = makeHippo(n);
    return { A: A.data, B: B.data, P: [Float64Array.from({ length: n }, (_, i) => Math.sqrt(i + 0.5))] };
  },
  legt(n) {
    const root = (i: number): number => Math.sqrt(2 * i + 1);
    const A = square(n, (i, k) => (-root(i) * root(k) * (i < k && (k - i) % 2 === 1 ? -1 : 1)) / 2);
    const P = [1, 0].map((odd) => Float64Array.from({ length: n }, (_, i) => (i % 2 === odd ? root(i) * Math.SQRT1_2 : 0)));
    return { A, B: Float64Array.from({ length: n }, (_, i) => root(i) / 2), P };
  },
  fourier(n) {
    const B = Float64Array.from({ length: n }, (_, i) => (i % 2 === 1 ? 0 : i === 0 ? 1 : Math.SQRT2));
    const A = square(n, (i, k) => {
      const turn = i % 2 === 1 && k === i - 1 ? i - 1 : k % 2 === 1 && i === k - 1 ? -(k - 1) : 0;
      return (Math.PI * turn) / 2 - B[i]! * B[k]!;
    });
    return { A, B, P: [B.slice()] };
  },
};

/** Ranks of the initial systems' low-rank parts. */
export const dplrRanks: Readonly<Record<DplrInitName, number>> = { legs: 1, legt: 2, fourier: 1 };

/** The imaginary parts of B are kept to this size, as in the reference. */
const CLIP = 2;

/** The normal plus low-rank form, in the basis where its normal part is diagonal; a larger rank is filled up with zeros. */
export function dplrInit(name: DplrInitName, n: number, rank: number): DplrInit {
  const { A, B, P } = dplrInits[name](n);
  const normal = A.slice();
  for (const row of P) normal.forEach((_, i) => (normal[i]! += row[Math.floor(i / n)]! * row[i % n]!));
  let re = 0;
  for (let i = 0; i < n; i++) re += normal[i * n + i]! / n;
  const [values, V] = [new Float64Array(n), { re: new Float64Array(n * n), im: new Float64Array(n * n) }];
  engine().call("skewEigen", [], { skew: normal }, { values, "V.re": V.re, "V.im": V.im });
  const kept = n / 2;
  // Of a pair at zero every basis is one of eigenvectors; the reference takes this one.
  if (kept > 0 && Math.abs(values[kept - 1]!) < 1e-4) {
    for (let i = 0; i < n; i++) {
      V.re[i * n + kept - 1] = i === 0 ? Math.SQRT1_2 : 0;
      V.im[i * n + kept - 1] = i === 1 ? Math.SQRT1_2 : 0;
    }
  }
  const turned = (rows: Float64Array[]): Complex<Float64Array> => {
    const out = { re: new Float64Array(rows.length * kept), im: new Float64Array(rows.length * kept) };
    for (let at = 0; at < out.re.length; at++) {
      const row = rows[Math.floor(at / kept)]!;
      for (let i = 0; i < n; i++) {
        out.re[at]! += V.re[i * n + (at % kept)]! * row[i]!;
        out.im[at]! -= V.im[i * n + (at % kept)]! * row[i]!;
      }
    }
    return out;
  };
  const input = turned([B]);
  const rows = Array.from({ length: rank }, (_, r) => P[r] ?? new Float64Array(n));
  return {
    A: { re: new Float64Array(kept).fill(re), im: values.slice(0, kept) },
    B: { re: input.re, im: input.im.map((x) => Math.max(-CLIP, Math.min(CLIP, x))) },
    P: turned(rows),
  };
}

function square(n: number, of: (i: number, k: number) => number): Float64Array {
  return Float64Array.from({ length: n * n }, (_, at) => of(Math.floor(at / n), at % n));
}
