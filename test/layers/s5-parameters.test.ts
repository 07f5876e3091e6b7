// The S5 layer's parameters: the reference's names and shapes, live, loaded strictly.
import { init, S5Ssm, type Tensor } from "ssm-scan";
import { beforeAll, describe, expect, test } from "vitest";
import { backends } from "../support/backends.js";
import { expectClose, expectSameBits } from "../support/close.js";
import { arrayOf, dtypes, typed } from "../support/precision.js";
import { generator, uniform } from "../support/random.js";
import { expectRefusal } from "../support/refusal.js";
import { type S5Options } from "../support/s5-layers.js";

type Parameters = Record<string, Tensor>;
const base: S5Options = { dModel: 3, ssmSize: 8, blocks: 2, seed: 4 };
const dims = { batch: 2, length: 7 };
const shapes = (layer: S5Ssm): Record<string, readonly number[]> =>
  Object.fromEntries(Object.entries(layer.parameters()).map(([name, tensor]) => [name, [...tensor.dims]]));
const copied = (parameters: Parameters): Parameters =>
  Object.fromEntries(Object.entries(parameters).map(([name, { dims: own, data }]) => [name, { dims: [...own], data: data.slice() }]));
const without = (parameters: Parameters, absent: string): Parameters =>
  Object.fromEntries(Object.entries(parameters).filter(([name]) => name !== absent));
const prefixed = (parameters: Parameters, prefix: string): Parameters =>
  Object.fromEntries(Object.entries(parameters).map(([name, tensor]) => [prefix + name, tensor]));

const conj = { Lambda_re: [4], Lambda_im: [4], B: [4, 3, 2], D: [3], log_step: [4, 1] };
const full = { Lambda_re: [8], Lambda_im: [8], B: [8, 3, 2], D: [3], log_step: [8, 1] };
const named: [S5Options, Record<string, number[]>][] = [
  [base, { ...conj, C: [3, 4, 2] }],
  [{ ...base, conjSym: false }, { ...full, C: [3, 8, 2] }],
  [{ ...base, bidirectional: true }, { ...conj, C1: [3, 4, 2], C2: [3, 4, 2] }],
  [{ ...base, bidirectional: true, CInit: "lecun_normal", conjSym: false }, { ...full, C1: [3, 8, 2], C2: [3, 8, 2] }],
  [{ ...base, bidirectional: true, CInit: "complex_normal" }, { ...conj, C: [3, 8, 2] }],
  [{ ...base, bidirectional: true, CInit: "complex_normal", conjSym: false }, { ...full, C: [3, 16, 2] }],
];

describe.each(backends.flatMap((name) => dtypes.map((dtype) => [name, dtype] as const)))("S5Ssm on %s in %s", (name, dtype) => {
  const random = generator(9);
  const u = uniform(random, dtype, 2 * 7 * 3);
  const make = (options = base): S5Ssm => new S5Ssm({ ...options, dtype });
  const output = (layer: S5Ssm) => layer.forward(u, dims).y;

  beforeAll(async () => {
    await init({ backend: name });
  });

  test.each(named)("have the reference's names and shapes: %o", (options, want) => {
    const layer = make(options);
    expect(shapes(layer)).toEqual(want);
    for (const { dims: own, data } of Object.values(layer.parameters())) {
      expect(data).toBeInstanceOf(arrayOf(dtype));
      expect(data.length).toBe(own.reduce((product, size) => product * size, 1));
    }
  });

  test("default to the reference's: 256 states in 8 blocks, one of each conjugate pair", () => {
    const layer = make({ dModel: 2 });
    expect(layer.dModel).toBe(2);
    expect(shapes(layer)).toEqual({ Lambda_re: [128], Lambda_im: [128], B: [128, 2, 2], C: [2, 128, 2], D: [2], log_step: [128, 1] });
    const { Lambda_im, log_step } = layer.parameters();
    expectClose("blocks", Lambda_im!.data.slice(0, 16), Lambda_im!.data.slice(112), 0);
    const steps = [...log_step!.data];
    expect(Math.min(...steps)).toBeGreaterThanOrEqual(Math.log(1e-3) - 1e-6);
    expect(Math.max(...steps)).toBeLessThanOrEqual(Math.log(0.1) + 1e-6);
  });

  test.each(["Lambda_re", "Lambda_im", "B", "C", "D", "log_step"])("what is written into %s counts from then on", (key) => {
    const layer = make();
    const before = output(layer);
    const { data } = layer.parameters()[key]!;
    for (let i = 0; i < data.length; i++) data[i] = data[i]! * 1.5 + 0.01;
    const after = output(layer);
    expect(() => { expectClose("y", after, before, 1e-4); }).toThrow();
    const fresh = make();
    fresh.loadParameters(layer.parameters());
    expectSameBits("y", output(fresh), after);
    for (const t of [0, 1]) layer.step(u.slice(t * 6, t * 6 + 6), layer.initialState(2));
    expectSameBits("y", output(layer), after);
  });

  test("are copied where they are loaded, and written into the arrays that were handed out", () => {
    const [layer, other] = [make(), make({ ...base, seed: 5 })];
    const given = copied(other.parameters());
    const D = layer.parameters()["D"]!;
    layer.loadParameters(given);
    expectSameBits("y", output(layer), output(other));
    expectSameBits("D handed out before", D.data, given["D"]!.data);
    given["D"]!.data.fill(0);
    expectSameBits("y", output(layer), output(other));
  });

  test("are taken in either precision", () => {
    for (const from of dtypes) {
      const source = new S5Ssm({ ...base, seed: 6, dtype: from });
      const layer = make();
      layer.loadParameters(source.parameters());
      expectClose("D", layer.parameters()["D"]!.data, source.parameters()["D"]!.data, 1e-7);
      expect(layer.parameters()["D"]!.data).toBeInstanceOf(arrayOf(dtype));
    }
  });

  test("are found behind a prefix, whatever else there is", () => {
    const [layer, other] = [make(), make({ ...base, seed: 5 })];
    const file = { ...prefixed(other.parameters(), "encoder.seq."), "encoder.norm.scale": { dims: [3], data: new Float32Array(3) } };
    layer.loadParameters(file, { prefix: "encoder.seq." });
    expectSameBits("y", output(layer), output(other));
  });

  test("are refused by name where one is missing or unexpected; nothing is loaded then", () => {
    const [layer, other] = [make(), make({ ...base, seed: 5 })];
    const before = output(layer);
    const some = without(other.parameters(), "Lambda_im");
    const more = { ...other.parameters(), gamma: { dims: [1], data: typed(dtype, [1]) } };
    for (const options of [undefined, {}, { strict: true }]) {
      expectRefusal(() => { layer.loadParameters(some, options); }, { says: [/missing\b.*Lambda_im/] });
      expectRefusal(() => { layer.loadParameters(more, options); }, { says: [/unexpected\b.*gamma/] });
    }
    expectRefusal(() => { layer.loadParameters(prefixed(some, "seq."), { prefix: "seq." }); }, { says: [/missing\b.*Lambda_im/] });
    expectSameBits("y", output(layer), before);
  });

  test("are loaded as far as they go where that is asked for", () => {
    const [layer, other] = [make(), make({ ...base, seed: 5 })];
    const C = layer.parameters()["C"]!.data.slice();
    const some = without(other.parameters(), "C");
    layer.loadParameters({ ...some, gamma: { dims: [1], data: typed(dtype, [1]) } }, { strict: false });
    expectSameBits("B", layer.parameters()["B"]!.data, other.parameters()["B"]!.data);
    expectSameBits("C", layer.parameters()["C"]!.data, C);
  });

  test.each([true, false])("of another shape are refused with both shapes, strict: %s; nothing is loaded then", (strict) => {
    const layer = make();
    const before = output(layer);
    const wrong = { ...copied(make({ ...base, seed: 5 }).parameters()), B: { dims: [3, 4, 2], data: typed(dtype, new Float32Array(24)) } };
    expectRefusal(() => { layer.loadParameters(wrong, { strict }); }, {
      code: "shape",
      names: "B",
      says: [/\[?3\D{1,3}4\D{1,3}2/, /\[?4\D{1,3}3\D{1,3}2/],
    });
    const torn = { ...wrong, B: { dims: [4, 3, 2], data: typed(dtype, new Float32Array(23)) } };
    expectRefusal(() => { layer.loadParameters(torn, { strict }); }, { code: "shape", names: "B", says: [23, 24] });
    expectSameBits("y", output(layer), before);
  });

  test("of one seed are the same, of another are not", () => {
    const [one, same, other] = [make(), make(), make({ ...base, seed: 5 })].map((layer) => layer.parameters());
    for (const key of Object.keys(one!)) expectSameBits(key, one![key]!.data, same![key]!.data);
    for (const key of ["B", "C", "D", "log_step"]) expect([...one![key]!.data]).not.toEqual([...other![key]!.data]);
    const single = new S5Ssm({ ...base, dtype: "float32" }).parameters();
    for (const key of Object.keys(single)) expectClose(key, single[key]!.data, one![key]!.data, 1e-6);
  });
});
