// HiPPO-LegS and its normal part, against the reference and by their own laws.
import { type Complex, init, makeDplrHippo, makeHippo, type Tensor } from "ssm-scan";
import { beforeAll, describe, expect, test } from "vitest";
import { backends } from "../support/backends.js";
import { expectClose } from "../support/close.js";
import { fixture } from "../support/fixtures.js";
import { expectRefusal } from "../support/refusal.js";

type Planes = Complex<Float64Array>;

const magnitudes = ({ re, im }: Planes): Float64Array => re.map((x, i) => Math.hypot(x, im[i]!));

/** The entries of an [n, n] matrix. */
const matrix = (n: number, entry: (i: number, j: number) => number): Float64Array =>
  Float64Array.from({ length: n * n }, (_, k) => entry(Math.floor(k / n), k % n));

const sum = (n: number, term: (k: number) => number): number => {
  let total = 0;
  for (let k = 0; k < n; k++) total += term(k);
  return total;
};

describe.each(backends.flatMap((name) => [4, 8, 16, 64].map((n) => [name, n] as const)))("on %s, of size %i", (name, n) => {
  let Lambda: Planes, P: Planes, B: Planes, V: Planes, A: Tensor, b: Tensor;

  beforeAll(async () => {
    await init({ backend: name });
    ({ Lambda, P, B, V } = makeDplrHippo(n));
    ({ A, B: b } = makeHippo(n));
  });

  test("A and B are the reference's", async () => {
    const { tensors } = await fixture("hippo_legs");
    expect(A.dims).toEqual([n, n]);
    expect(b.dims).toEqual([n]);
    expectClose("A", A.data, tensors[`A.${n}`]!.data, 1e-15);
    expectClose("B", b.data, Float64Array.from({ length: n }, (_, i) => Math.sqrt(2 * i + 1)), 1e-15);
  });

  test("eigenvalues are the reference's, ascending, with a real part of -1/2", async () => {
    const { tensors } = await fixture("hippo_legs");
    expectClose("Lambda.im", Lambda.im, tensors[`Lambda_im.${n}`]!.data, 1e-12);
    expectClose("Lambda.re", Lambda.re, new Float64Array(n).fill(-0.5), 1e-12);
    expect([...Lambda.im]).toEqual([...Lambda.im].sort((x, y) => x - y));
  });

  test("B and P in the eigenbasis have the reference's magnitudes", async () => {
    const { tensors } = await fixture("hippo_legs");
    expectClose("|V^H B|", magnitudes(B), tensors[`absVHB.${n}`]!.data, 1e-12);
    expectClose("|V^H P|", magnitudes(P), tensors[`absVHP.${n}`]!.data, 1e-12);
  });

  test("B and P are V^H of the vectors they come from", () => {
    const image = (vector: (k: number) => number): Float64Array[] => [
      Float64Array.from({ length: n }, (_, i) => sum(n, (k) => V.re[k * n + i]! * vector(k))),
      Float64Array.from({ length: n }, (_, i) => sum(n, (k) => -V.im[k * n + i]! * vector(k))),
    ];
    expectClose("B", [B.re, B.im], image((k) => Math.sqrt(2 * k + 1)), 1e-12);
    expectClose("P", [P.re, P.im], image((k) => Math.sqrt(k + 0.5)), 1e-12);
  });

  test("V is unitary", () => {
    const re = matrix(n, (i, j) => sum(n, (k) => V.re[k * n + i]! * V.re[k * n + j]! + V.im[k * n + i]! * V.im[k * n + j]!));
    const im = matrix(n, (i, j) => sum(n, (k) => V.re[k * n + i]! * V.im[k * n + j]! - V.im[k * n + i]! * V.re[k * n + j]!));
    const identity = matrix(n, (i, j) => Number(i === j));
    expectClose("V^H V", [re, im], [identity, new Float64Array(n * n)], 1e-12);
  });

  test("A is V (Lambda - P P^H) V^H", () => {
    // x x^H for the columns x of V scaled by Lambda, less (V P)(V P)^H.
    const back = {
      re: Float64Array.from({ length: n }, (_, i) => sum(n, (k) => V.re[i * n + k]! * P.re[k]! - V.im[i * n + k]! * P.im[k]!)),
      im: Float64Array.from({ length: n }, (_, i) => sum(n, (k) => V.re[i * n + k]! * P.im[k]! + V.im[i * n + k]! * P.re[k]!)),
    };
    const outer = (i: number, j: number, k: number): [number, number] => [
      V.re[i * n + k]! * V.re[j * n + k]! + V.im[i * n + k]! * V.im[j * n + k]!,
      V.im[i * n + k]! * V.re[j * n + k]! - V.re[i * n + k]! * V.im[j * n + k]!,
    ];
    const normal = (i: number, j: number, part: 0 | 1): number =>
      sum(n, (k) => {
        const [re, im] = outer(i, j, k);
        return part === 0 ? Lambda.re[k]! * re - Lambda.im[k]! * im : Lambda.re[k]! * im + Lambda.im[k]! * re;
      });
    const re = matrix(n, (i, j) => normal(i, j, 0) - (back.re[i]! * back.re[j]! + back.im[i]! * back.im[j]!));
    const im = matrix(n, (i, j) => normal(i, j, 1) - (back.im[i]! * back.re[j]! - back.re[i]! * back.im[j]!));
    expectClose("V (Lambda - P P^H) V^H", [re, im], [A.data, new Float64Array(n * n)], 1e-12);
  });

  test("eigenvalues and eigenvectors come in conjugate pairs", () => {
    expectClose("Lambda.im", Lambda.im, Lambda.im.map((_, i) => -Lambda.im[n - 1 - i]!), 1e-12);
    expectClose("|V|", magnitudes(V), matrix(n, (i, j) => Math.hypot(V.re[i * n + n - 1 - j]!, V.im[i * n + n - 1 - j]!)), 1e-12);
  });

  test("the same numbers come out again", () => {
    expect(makeDplrHippo(n)).toEqual({ Lambda, P, B, V });
  });
});

describe.each(backends)("on %s", (name) => {
  beforeAll(async () => {
    await init({ backend: name });
  });

  test.each([1, 2, 3, 5])("small and odd sizes have -1/2 and pairs: %i", (n) => {
    const { Lambda } = makeDplrHippo(n);
    expectClose("Lambda.re", Lambda.re, new Float64Array(n).fill(-0.5), 1e-12);
    expectClose("Lambda.im + its mirror", Lambda.im.map((x, i) => 1 + x + Lambda.im[n - 1 - i]!), new Float64Array(n).fill(1), 1e-12);
  });

  test.each([-1, 1.5, Number.NaN, "8"])("a size of %o is refused", (n) => {
    expectRefusal(() => makeHippo(n as number), { names: "n", says: [String(n)] });
    expectRefusal(() => makeDplrHippo(n as number), { names: "n", says: [String(n)] });
  });
});
