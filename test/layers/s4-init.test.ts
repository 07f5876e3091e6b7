// How S4 and S4D begin: the reference's matrices, formulas, distributions.
import { type Complex, diagonalInit, type DiagonalInitName, dplrInit, type DplrInitName, init, S4, S4D, type S4DOptions, type S4Options, type Tensor, type TransformName } from "ssm-scan";
import { beforeAll, describe, expect, test } from "vitest";
import { positive } from "../reference/functions.js";
import { expectClose, expectSameBits } from "../support/close.js";
import { fixture } from "../support/fixtures.js";
import { expectNormal, expectUniform } from "../support/statistics.js";

type Planes = Complex<Float64Array>;
type Matrix = Planes & { n: number };

beforeAll(async () => {
  await init();
});

/** The file's numbers are f32, except where they are exact. */
const close = 1e-6;

describe("diagonals", () => {
  const names = ["lin", "inv", "inv2", "quad", "real", "legs"] as const;

  test.each(names)("are the reference's: %s", async (name) => {
    const { tensors } = await fixture("s4_inits");
    const { A, B } = diagonalInit(name, 16);
    expectClose("A", [A.re, A.im], [tensors[`${name}.A_re`]!.data, tensors[`${name}.A_im`]!.data], close);
    if (name !== "legs") expectSameBits("B", [B.re, B.im], [new Float64Array(8).fill(1), new Float64Array(8)]);
  });

  const N = 12;
  const formulas: Record<Exclude<DiagonalInitName, "legs">, (n: number) => [number, number]> = {
    lin: (n) => [-0.5, -Math.PI * n],
    inv: (n) => [-0.5, -(N / Math.PI) * (N / (1 + 2 * n) - 1)],
    inv2: (n) => [-0.5, -(N / Math.PI) * (N / (1 + n) - 1)],
    quad: (n) => [-0.5, -((1 + 2 * n) ** 2) / Math.PI],
    real: (n) => [-(1 + n), 0],
  };
  test.each(Object.entries(formulas))("are their formula: %s", (name, formula) => {
    const { A } = diagonalInit(name as DiagonalInitName, N);
    const want = Array.from({ length: N / 2 }, (_, n) => formula(n));
    expectClose("A", [A.re, A.im], [Float64Array.from(want, ([re]) => re), Float64Array.from(want, ([, im]) => im)], 1e-15);
  });
});

describe("diagonals plus low rank", () => {
  /** Of the kept half, all; rows of n. */
  const completed = (half: Planes, n: number): Planes => {
    const both = (plane: Float64Array, sign: number): Float64Array =>
      Float64Array.from({ length: 2 * plane.length }, (_, at) => {
        const [row, k] = [Math.floor(at / n), at % n];
        return k < n / 2 ? plane[(row * n) / 2 + k]! : sign * plane[(row * n) / 2 + k - n / 2]!;
      });
    return { re: both(half.re, 1), im: both(half.im, -1) };
  };
  const times = ({ re, im, n }: Matrix, x: Planes): Planes => {
    const out = { re: new Float64Array(n), im: new Float64Array(n) };
    for (let i = 0; i < n; i++) {
      for (let k = 0; k < n; k++) {
        out.re[i]! += re[i * n + k]! * x.re[k]! - im[i * n + k]! * x.im[k]!;
        out.im[i]! += re[i * n + k]! * x.im[k]! + im[i * n + k]! * x.re[k]!;
      }
    }
    return out;
  };
  const row = ({ re, im }: Planes, n: number, r: number): Planes => ({ re: re.slice(r * n, (r + 1) * n), im: im.slice(r * n, (r + 1) * n) });
  /** Re(x^H A^k x) for k from 0: the same in every basis that is unitary. */
  const moments = (A: Matrix, x: Planes, count: number): number[] => {
    let power = x;
    return Array.from({ length: count }, () => {
      const value = x.re.reduce((sum, own, i) => sum + own * power.re[i]! + x.im[i]! * power.im[i]!, 0);
      power = times(A, power);
      return value;
    });
  };
  const real = (data: ArrayLike<number>): Planes => ({ re: Float64Array.from(data), im: new Float64Array(data.length) });

  test.each([["legs", 1], ["legt", 2], ["fourier", 1], ["legs", 3]] as [DplrInitName, number][])("are the reference's full matrices in another basis: %s of rank %i", async (name, rank) => {
    const { tensors } = await fixture("s4_inits");
    const n = 8;
    const found = dplrInit(name, n, rank);
    const [P, B] = [completed(found.P, n), completed(found.B, n)];
    const Lambda = completed(found.A, n);
    const A: Matrix = { n, re: new Float64Array(n * n), im: new Float64Array(n * n) };
    for (let i = 0; i < n; i++) {
      [A.re[i * n + i], A.im[i * n + i]] = [Lambda.re[i]!, Lambda.im[i]!];
      for (let k = 0; k < n; k++) {
        for (let r = 0; r < rank; r++) {
          const [p, q] = [r * n + i, r * n + k];
          A.re[i * n + k]! -= P.re[p]! * P.re[q]! + P.im[p]! * P.im[q]!;
          A.im[i * n + k]! -= P.im[p]! * P.re[q]! - P.re[p]! * P.im[q]!;
        }
      }
    }
    const [full, input, low] = [`${name}.Afull`, `${name}.Bfull`, `${name}.P`].map((key) => tensors[key]!);
    const want: Matrix = { n, ...real(full!.data) };
    const units = Array.from({ length: n }, (_, i) => real(new Float64Array(n).fill(1, i, i + 1)));
    const traces = (of: Matrix): number[] => units.map((unit) => moments(of, unit, n)).reduce((sum, each) => sum.map((value, k) => value + each[k]!));
    const agree = (what: string, got: number[], truth: number[]): void => got.forEach((value, k) => expectClose(`${what} A^${k}`, Float64Array.of(value), Float64Array.of(truth[k]!), 1e-4));
    agree("the trace of", traces(A), traces(want));
    // The reference clips B; where it did not, B is the matrix's own.
    if (Math.max(...B.im.map(Math.abs)) < 2) agree("B^H A^k B,", moments(A, B, n), moments(want, real(input!.data), n));
    const summed = (of: Matrix, rows: Planes, count: number): number[] =>
      Array.from({ length: count }, (_, r) => moments(of, row(rows, n, r), n)).reduce((sum, each) => sum.map((value, k) => value + each[k]!));
    agree("P^H A^k P,", summed(A, P, rank), summed(want, real(low!.data), low!.dims[0]!));
  });
});

const classes = [
  ["S4", S4],
  ["S4D", S4D],
] as const;

describe.each(classes)("%s", (_, Class) => {
  const big = { dModel: 64, dState: 64, dtype: "float64", seed: 4 } as const;
  const own = (more: object): Record<string, Tensor> =>
    Object.fromEntries(Object.entries(new Class({ ...big, ...more } as S4Options & S4DOptions).parameters()).map(([name, tensor]) => [name.replace("layer.kernel.", ""), tensor]));

  test("names and shapes are the reference's", () => {
    const shapes = (more: object) => Object.fromEntries(Object.entries(own(more)).map(([name, { dims }]) => [name, dims]));
    const low = Class === S4 ? { l_kernel: [] } : {};
    expect(shapes({ dModel: 6, dState: 8, channels: 3, bidirectional: true, dtTie: false, nSsm: 2, ...(Class === S4 && { rank: 2 }) })).toEqual({
      ...{ "layer.D": [3, 6], inv_dt: [6, 4], C: [6, 6, 4, 2], B: [1, 2, 4, 2], A_real: [2, 4], A_imag: [2, 4] },
      ...{ "output_linear.0.weight": [12, 18], "output_linear.0.bias": [12] },
      ...(Class === S4 && { P: [2, 2, 4, 2] }),
      ...low,
    });
    expect(shapes({ dModel: 3, dState: 8, finalAct: "identity" })).toMatchObject({ "layer.D": [1, 3], inv_dt: [3, 1], C: [1, 3, 4, 2], B: [1, 3, 4, 2], "output_linear.0.weight": [3, 3] });
  });

  test.each([["exp", 0.001, 0.1], ["softplus", 0.01, 0.5], ["none", 0.3, 0.9], ["sigmoid", 0.001, 0.1], ["relu", 0.01, 0.1]] as [TransformName, number, number][])("steps are spread evenly in their logarithms: %s", (dtTransform, dtMin, dtMax) => {
    const steps = [...own({ dtTie: false, dtTransform, dtMin, dtMax })["inv_dt"]!.data].map(positive[dtTransform]);
    const offset = dtTransform === "relu" ? 1e-4 : 0;
    expectUniform(steps.map((step) => Math.log(step - offset)), Math.log(dtMin), Math.log(dtMax));
  });

  test("C and D are normal, weights uniform", () => {
    const { C, "layer.D": D, "output_linear.0.weight": weight, "output_linear.0.bias": bias } = own({ channels: 2 });
    expectNormal(C!.data, Math.SQRT1_2);
    expectNormal(D!.data, 1);
    for (const { data } of [weight!, bias!]) expectUniform(data, -1 / Math.sqrt(128), 1 / Math.sqrt(128));
  });

  test.each(["none", "exp", "relu", "sigmoid", "softplus"] as TransformName[])("A is stored so that the transform gives it: %s; each copy is the same", (name) => {
    const { A_real, A_imag, B } = own({ nSsm: 4, realTransform: name, imagTransform: name === "sigmoid" ? "exp" : name });
    const start = Class === S4 ? dplrInit("legs", 64, 1) : diagonalInit("legs", 64);
    for (let copy = 0; copy < 4; copy++) {
      const part = (tensor: Tensor, size: number): Float64Array => tensor.data.slice(copy * size, (copy + 1) * size) as Float64Array;
      const plus = name === "relu" ? 1e-4 : 0;
      expectClose("A_real", part(A_real!, 32).map(positive[name]), start.A.re.map((re) => -re + plus), 1e-12);
      expectClose("A_imag", part(A_imag!, 32).map(positive[name === "sigmoid" ? "exp" : name]), start.A.im.map((im) => -im + plus), 1e-12);
      expectClose("B", part(B!, 64), Float64Array.from({ length: 64 }, (_x, i) => (i % 2 === 0 ? start.B.re : start.B.im)[i >> 1]!), 0);
    }
  });
});
