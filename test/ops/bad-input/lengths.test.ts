// Lengths and dimensions that do not fit are refused by name, with both numbers.
import { type Dims, init, type Real } from "ssm-scan";
import { beforeAll, describe, expect, test } from "vitest";
import { backends } from "../../support/backends.js";
import { expectSameBits } from "../../support/close.js";
import { generator } from "../../support/random.js";
import { expectRefusal } from "../../support/refusal.js";
import { type Entered, type Options, randomInputs, type Scan, scans } from "../../support/scans.js";

const cases = scans.flatMap((scan) => backends.map((name) => ({ scan, name })));

describe.each(cases)("$scan.name on $name", ({ scan, name }) => {
  const dims: Dims = { batch: 2, length: 3, channels: 4 };
  const axis = scan.name === "matrixScan" ? "n" : "channels";
  const gate = scan.name === "matrixScan" ? "A" : "a";
  const given = (of = dims): Entered => randomInputs(scan, generator(1), "float32", of);
  const shorter = (planes: Real[]): Real[] => planes.map((plane) => plane.slice(0, plane.length - 1));
  const longer = (planes: Real[]): Real[] => planes.map((plane) => new Float32Array(plane.length + 1));

  beforeAll(async () => {
    await init({ backend: name });
  });

  test.each([
    ["shorter", shorter],
    ["longer", longer],
  ])("an array that is one element %s is named, with both numbers", (_, change) => {
    const { a, b, state } = given();
    const size = (planes: Real[]): number[] => [change(planes)[0]!.length, planes[0]!.length];
    const call = (inputs: Entered, options?: Options) => () => scan.run(inputs, dims, options);
    expectRefusal(call({ a: change(a), b, state }), { code: "shape", names: gate, says: size(a) });
    expectRefusal(call({ a, b: change(b), state }), { code: "shape", names: "b", says: size(b) });
    expectRefusal(call({ a, b, state: change(state) }), { code: "shape", names: "state", says: size(state) });
    expectRefusal(call({ a, b, state }, { out: { h: change(b) } }), { code: "shape", names: "h", says: size(b) });
    expectRefusal(call({ a, b, state }, { out: { state: change(state) } }), { code: "shape", names: "state", says: size(state) });
    const reset = new Uint8Array(change([new Float32Array(6)])[0]!.length);
    expectRefusal(call({ a, b, state }, { reset }), { code: "shape", names: "reset", says: [reset.length, 6] });
  });

  test.each([-1, 1.5, Number.NaN, Infinity, 2 ** 53])("an axis of %d is named", (size) => {
    for (const [wrong, called] of [["batch", "batch"], ["length", "length"], ["channels", axis]] as const) {
      expectRefusal(() => scan.run(given(), { ...dims, [wrong]: size }), { code: "shape", names: called, says: [size] });
    }
  });

  test.each(["4", null, undefined, {}])("an axis of %o is named", (size) => {
    for (const [wrong, called] of [["batch", "batch"], ["length", "length"], ["channels", axis]] as const) {
      const wrongDims = { ...dims, [wrong]: size as never };
      expectRefusal(() => scan.run(given(), wrongDims), { code: "shape", names: called });
    }
  });

  test.each([
    { batch: 2 ** 32, length: 1, channels: 1 },
    { batch: 1, length: 2 ** 32, channels: 1 },
    { batch: 65_536, length: 1, channels: 65_536 },
    { batch: 2 ** 22, length: 2 ** 21, channels: 2 ** 21 },
    { batch: 2 ** 50, length: 2 ** 50, channels: 2 ** 50 },
  ])("sizes whose product overflows fit no empty array: %o", (huge) => {
    const none = Array.from({ length: scan.planes }, () => new Float32Array(0));
    expectRefusal(() => scan.run({ a: none, b: none }, huge), { code: "shape" });
  });

  test("a size beyond 32 bits is not taken for what is left of it", () => {
    const one = given({ batch: 1, length: 1, channels: 1 });
    expectRefusal(() => scan.run(one, { batch: 2 ** 32 + 1, length: 1, channels: 1 }), { code: "shape" });
    expectRefusal(() => scan.run(one, { batch: 1, length: 2 ** 32 + 1, channels: 1 }), { code: "shape" });
  });

  test.each([
    ["falls", [0, 2, 1, 3], [2, 1]],
    ["does not start at 0", [1, 2, 3], [1]],
    ["starts below 0", [-1, 2, 3], [-1]],
    ["ends before the length", [0, 1, 2], [2, 3]],
    ["ends beyond the length", [0, 1, 4], [4, 3]],
    ["is empty", [], [0]],
  ] as const)("a `cuSeqlens` that %s is refused", (_, bounds, says) => {
    const cuSeqlens = Int32Array.from(bounds);
    const one = { ...dims, batch: 1 };
    const { a, b } = given(one);
    expectRefusal(() => scan.run({ a, b }, one, { cuSeqlens }), { code: "shape", names: "cuSeqlens", says });
  });

  test("packed sequences have a batch of 1", () => {
    const { a, b } = given();
    const cuSeqlens = Int32Array.of(0, 1, 3);
    expectRefusal(() => scan.run({ a, b }, dims, { cuSeqlens }), { code: "shape", names: "cuSeqlens", says: [2, 1] });
  });

  test("packed sequences have a state each", () => {
    const one = { ...dims, batch: 1 };
    const cuSeqlens = Int32Array.of(0, 1, 3);
    expectRefusal(() => scan.run(given(one), one, { cuSeqlens }), { code: "shape", names: "state", says: [4, 8] });
  });

  test("a refused call writes nothing", () => {
    const inputs = given();
    const before = [inputs.a, inputs.b, inputs.state].flat().map((plane) => plane.slice());
    const nan = (planes: Real[]): Real[] => planes.map((plane) => plane.slice().fill(Number.NaN));
    const out = { h: nan(inputs.b), state: nan(inputs.state) };
    expectRefusal(() => scan.run({ ...inputs, state: shorter(inputs.state) }, dims, { out }));
    expectRefusal(() => scan.run(inputs, { ...dims, length: 4 }, { out }));
    expectRefusal(() => scan.run(inputs, dims, { out, reset: new Uint8Array(1) }));
    expectRefusal(() => scan.run(inputs, dims, { out: { ...out, state: longer(out.state) } }));
    expectSameBits("inputs", [inputs.a, inputs.b, inputs.state].flat(), before);
    expect([...out.h, ...out.state].every((plane) => plane.every(Number.isNaN))).toBe(true);
  });

  test("summaries judge their inputs alike", () => {
    const { a, b } = given();
    const summarize = (inputs: { a: Real[]; b: Real[] }, of = dims) => () => scan.summarize(inputs, of);
    expectRefusal(summarize({ a, b: shorter(b) }), { code: "shape", names: "b", says: [23, 24] });
    expectRefusal(summarize({ a: shorter(a), b }), { code: "shape", names: gate });
    expectRefusal(summarize({ a, b }, { ...dims, batch: -2 }), { code: "shape", names: "batch", says: [-2] });
  });

  test("summaries of different sizes do not combine", () => {
    const some = scan.summarize(given(), dims);
    const other = scan.summarize(given({ ...dims, batch: 3 }), { ...dims, batch: 3 });
    expectRefusal(() => scan.combine(some, other, dims.channels), { code: "shape" });
    expectRefusal(() => scan.combine({ ...some, b: other.b }, some, dims.channels), { code: "shape" });
  });
});

test.each<[string, Scan]>(scans.map((scan) => [scan.name, scan]))("%s works on after a refusal", async (_, scan) => {
  const dims = { batch: 1, length: 2, channels: 2 };
  const inputs = randomInputs(scan, generator(2), "float64", dims);
  for (const name of backends) {
    await init({ backend: name });
    const before = scan.run(inputs, dims);
    expectRefusal(() => scan.run(inputs, { ...dims, length: 3 }));
    expectSameBits("h", scan.run(inputs, dims).h, before.h);
  }
});
