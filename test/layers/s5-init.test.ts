// How the S5 layer starts: distributions of the reference's initialisers.
import { type Complex, init, makeDplrHippo, S5Ssm, type Tensor } from "ssm-scan";
import { beforeAll, describe, expect, test } from "vitest";
import { expectClose } from "../support/close.js";
import { type S5Options } from "../support/s5-layers.js";
import { expectMoments, expectNormal, expectTruncated, expectUniform, largest } from "../support/statistics.js";

const H = 48;
const P = 32;
const blocks = 2;
const size = P / blocks;
const base: S5Options = { dModel: H, ssmSize: P, blocks, seed: 7, dtype: "float64" };
const parametersOf = (options: S5Options): Record<string, Tensor<Float64Array>> =>
  new S5Ssm(options).parameters() as Record<string, Tensor<Float64Array>>;
const part = (data: Float64Array, of: 0 | 1): Float64Array => data.filter((_, i) => i % 2 === of);

/** rows x V^H of one block: what was drawn before it was multiplied by V; `rows` hold the block's columns. */
function undone(rows: Complex<Float64Array>, kept: number, V: Complex<Float64Array>): Complex<Float64Array> {
  const count = rows.re.length / kept;
  const out = { re: new Float64Array(count * size), im: new Float64Array(count * size) };
  for (let r = 0; r < count; r++) {
    for (let k = 0; k < size; k++) {
      for (let p = 0; p < kept; p++) {
        const [x, y] = [rows.re[r * kept + p]!, rows.im[r * kept + p]!];
        const [c, s] = [V.re[k * size + p]!, -V.im[k * size + p]!];
        out.re[r * size + k]! += x * c - y * s;
        out.im[r * size + k]! += x * s + y * c;
      }
    }
  }
  return out;
}

/** B of one block transposed and conjugated: rows of inputs, columns of states. */
function columnsOfB({ dims, data }: Tensor<Float64Array>, block: number, kept: number): Complex<Float64Array> {
  const inputs = dims[1]!;
  const at = (i: number): number => 2 * ((block * kept + (i % kept)) * inputs + Math.floor(i / kept));
  const re = Float64Array.from({ length: inputs * kept }, (_, i) => data[at(i)]!);
  return { re, im: re.map((_, i) => -data[at(i) + 1]!) };
}

function columnsOfC({ dims, data }: Tensor<Float64Array>, block: number): Complex<Float64Array> {
  const [rows, states] = [dims[0]!, dims[1]!];
  const at = (i: number): number => 2 * (Math.floor(i / size) * states + block * size + (i % size));
  const re = Float64Array.from({ length: rows * size }, (_, i) => data[at(i)]!);
  return { re, im: re.map((_, i) => data[at(i) + 1]!) };
}

beforeAll(async () => {
  await init();
});

describe.each([true, false])("conjSym: %s", (conjSym) => {
  const kept = conjSym ? size / 2 : size;
  const options = { ...base, conjSym };

  test("Lambda is the first of HiPPO's eigenvalues, once for each block", () => {
    const { Lambda_re, Lambda_im } = parametersOf(options) as Record<"Lambda_re" | "Lambda_im", Tensor<Float64Array>>;
    const { Lambda } = makeDplrHippo(size);
    const tiled = (values: Float64Array): Float64Array => Float64Array.from({ length: blocks * kept }, (_, i) => values[i % kept]!);
    expectClose("Lambda_re", Lambda_re.data, tiled(Lambda.re), 1e-12);
    expectClose("Lambda_im", Lambda_im.data, tiled(Lambda.im), 1e-12);
    if (conjSym) expect(Lambda_im.data.every((value) => value < 0)).toBe(true);
  });

  test("B is V^H of a real truncated normal whose fan-in is the states", () => {
    const { V } = makeDplrHippo(size);
    for (let block = 0; block < blocks; block++) {
      // B0 = V B; of half the pairs, twice the real part.
      const drawn = undone(columnsOfB(parametersOf(options)["B"]!, block, kept), kept, V);
      const real = drawn.re.map((value) => (conjSym ? 2 * value : value));
      if (!conjSym) expect(largest(drawn.im)).toBeLessThan(1e-12);
      expectTruncated(real, 1 / Math.sqrt(P));
    }
  });

  test.each([
    ["trunc_standard_normal", 1 / Math.sqrt(P)],
    ["lecun_normal", 1 / Math.sqrt(P * H)],
    ["complex_normal", Math.SQRT1_2],
  ] as const)("C of %s has its deviation in either part", (CInit, std) => {
    const { C } = parametersOf({ ...options, CInit });
    expectMoments(part(C!.data, 0), std);
    expectMoments(part(C!.data, 1), std);
  });

  test("both ways, the second C is drawn like the first, and is another", () => {
    const { C1, C2 } = parametersOf({ ...options, CInit: "lecun_normal", bidirectional: true });
    for (const C of [C1!, C2!]) expectMoments(C.data, 1 / Math.sqrt(P * H));
    expect(() => { expectClose("C", C1!.data, C2!.data, 0.5); }).toThrow();
    const { C } = parametersOf({ ...options, CInit: "complex_normal", bidirectional: true });
    expectMoments(C!.data, Math.SQRT1_2);
  });
});

test.each([
  ["trunc_standard_normal", 1 / Math.sqrt(P)],
  ["lecun_normal", 1 / Math.sqrt(P * H)],
] as const)("C of %s is a truncated normal times V", (CInit, std) => {
  const { V } = makeDplrHippo(size);
  const { C } = parametersOf({ ...base, conjSym: false, CInit });
  for (let block = 0; block < blocks; block++) {
    for (const values of Object.values(undone(columnsOfC(C!, block), size, V)) as Float64Array[]) expectTruncated(values, std);
  }
});

test("D is normal", () => {
  const { D } = parametersOf({ dModel: 4_096, ssmSize: 2, blocks: 1, seed: 8, dtype: "float64" });
  expectNormal(D!.data, 1);
});

test.each([[1e-3, 0.1], [0.5, 0.5], [1e-4, 1]])("log_step is uniform between the logarithms of %d and %d", (dtMin, dtMax) => {
  const { log_step } = parametersOf({ dModel: 1, ssmSize: 4_096, blocks: 512, seed: 9, dtMin, dtMax, dtype: "float64" });
  expectUniform(log_step!.data, Math.log(dtMin), Math.log(dtMax));
});

test("different parameters are drawn apart: no array repeats another", () => {
  const { B, C, D } = parametersOf({ ...base, conjSym: false, CInit: "complex_normal" });
  const first = (data: Float64Array): string => [...data.slice(0, 8)].join();
  expect(new Set([first(B!.data), first(C!.data), first(D!.data)]).size).toBe(3);
});

test("there are as many blocks as fit, 8 at the most", () => {
  for (const [ssmSize, most] of [[256, 8], [32, 8], [16, 8], [8, 4], [12, 6], [2, 1]] as const) {
    const { Lambda_im } = parametersOf({ dModel: 2, ssmSize, dtype: "float64" });
    const states = ssmSize / 2;
    expect(Lambda_im!.dims).toEqual([states]);
    expect(Lambda_im!.data.slice(states - states / most)).toEqual(Lambda_im!.data.slice(0, states / most));
    expect(new Set(Lambda_im!.data).size).toBe(states / most);
  }
});
