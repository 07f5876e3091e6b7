// The gradients of Mamba-2's recurrence: central differences of its definition, and what must not change them.
import { init, type Real, ssdBackward, type SsdDims, type Tensor } from "ssm-scan";
import { beforeAll, describe, expect, test } from "vitest";
import { ssd as defined, type SsdDefinitionOptions } from "../reference/ssd.js";
import { backends } from "../support/backends.js";
import { expectClose, expectSameBits } from "../support/close.js";
import { differences } from "../support/differences.js";
import { dtypes, typed } from "../support/precision.js";
import { generator, marks } from "../support/random.js";
import { expectRefusal } from "../support/refusal.js";
import { type Arrays, arraysFor } from "../support/ssd-calls.js";

const dims: Required<SsdDims> = { batch: 2, length: 7, heads: 4, headDim: 2, states: 3, groups: 2 };
const names = ["x", "dt", "A", "B", "C", "D", "z", "dtBias", "state"] as const;
const reset = Uint8Array.of(0, 0, 1, 0, 0, 0, 1, 1, 0, 1, 0, 0, 0, 0);

const made = (of: SsdDims, seed = 5, layout: { sequences?: number; perChannel?: boolean } = {}): Arrays => arraysFor(generator(seed), "float64", of, layout);
const as = (dtype: "float32" | "float64", of: Arrays): Arrays => Object.fromEntries(names.map((name) => [name, typed(dtype, of[name])])) as Arrays;

/** Each element's gradient against how much the definition's results, weighted by `of`, change with it. */
function expectDifferences(inputs: Partial<Arrays> & Pick<Arrays, "x" | "dt" | "A" | "B" | "C">, of: Arrays, sizes: SsdDims, options: SsdDefinitionOptions): void {
  const found = ssdBackward(inputs as Arrays, { y: of.x, state: of.state }, sizes, options);
  const tensors: Record<string, Tensor> = Object.fromEntries(Object.entries(inputs).map(([name, data]) => [name, { dims: [], data: data as Real }]));
  const truth = differences(tensors, () => {
    const { y, state } = defined(inputs, sizes, options);
    return y.reduce((sum, value, i) => sum + value * of.x[i]!, 0) + state.reduce((sum, value, i) => sum + value * of.state[i]!, 0);
  });
  expect(Object.keys(found).sort()).toEqual(Object.keys(inputs).sort());
  for (const [name, want] of Object.entries(truth)) expectClose(name, found[name as "x"], want, 1e-6);
}

describe.each(backends)("ssdBackward on %s", (backend) => {
  beforeAll(async () => {
    await init({ backend });
  });

  const cases: readonly [string, SsdDims, SsdDefinitionOptions][] = [
    ["by steps", dims, {}],
    ["with softplus", dims, { dtSoftplus: true }],
    ["with limits", dims, { dtSoftplus: true, dtLimit: [0.2, 0.9] }],
    ["with limits alone", dims, { dtLimit: [-0.1, 0.4] }],
    ["with resets", dims, { dtSoftplus: true, reset }],
    ["reverse, with resets", dims, { dtSoftplus: true, reset, reverse: true }],
    ["by matrices", { ...dims, batch: 1, length: 16, heads: 2, headDim: 16, states: 16, groups: 1 }, { dtSoftplus: true }],
    ["by matrices, with resets, reverse", { ...dims, batch: 1, length: 14, heads: 2, headDim: 16, states: 16 }, { dtSoftplus: true, reset, reverse: true }],
  ];

  test.each(cases)("agrees with central differences, %s", (_, sizes, options) => {
    const of = made(sizes, 6);
    expectDifferences(made(sizes), of, sizes, options);
    const { x, dt, A, B, C, D } = made(sizes, 5, { perChannel: true });
    expectDifferences({ x, dt, A, B, C }, of, sizes, options);
    expectDifferences({ x, dt, A, B, C, D }, of, sizes, options);
  });

  test("of packed sequences is that of each of them", () => {
    const sizes = { ...dims, batch: 1, length: 90, headDim: 16, states: 16 };
    const bounds = [0, 0, 1, 4, 70, 90];
    const [inputs, of] = [made(sizes, 5, { sequences: 5 }), made(sizes, 6, { sequences: 5 })];
    const packed = ssdBackward(inputs, { y: of.x, state: of.state }, sizes, { dtSoftplus: true, cuSeqlens: Int32Array.from(bounds) });
    const widths = { x: 64, z: 64, dt: 4, B: 32, C: 32 } as const;
    const sums = { A: new Float64Array(4), D: new Float64Array(4), dtBias: new Float64Array(4) };
    bounds.slice(1).forEach((end, s) => {
      const part = (name: keyof typeof widths, array: Real): Real => array.subarray(bounds[s]! * widths[name], end * widths[name]);
      const own = (array: Real): Real => array.subarray(s * 1024, (s + 1) * 1024);
      const cut = (arrays: Arrays): Arrays => {
        const timed = Object.keys(widths).map((name) => [name, part(name as "x", arrays[name as "x"])]);
        return { ...arrays, ...(Object.fromEntries(timed) as Partial<Arrays>), state: own(arrays.state) };
      };
      const { x: y, state } = cut(of);
      const alone = ssdBackward(cut(inputs), { y, state }, { ...sizes, length: end - bounds[s]! }, { dtSoftplus: true });
      for (const name of Object.keys(widths) as (keyof typeof widths)[]) expectSameBits(name, part(name, packed[name]!), alone[name]!);
      expectSameBits("state", own(packed.state!), alone.state!);
      for (const [name, sum] of Object.entries(sums)) alone[name as "A"].forEach((value, i) => (sum[i]! += value));
    });
    for (const [name, sum] of Object.entries(sums)) expectClose(name, packed[name as "A"], sum, 1e-13);
  });

  test("in float32 is that of float64, rounded, and does not depend on threads", async () => {
    const sizes = { batch: 1, length: 400, heads: 4, headDim: 32, states: 32, groups: 1 };
    const [inputs, of] = [as("float32", made(sizes)), as("float32", made(sizes, 6))];
    const options = { dtSoftplus: true, reset: marks(generator(9), 400, 0.01) };
    const wide = as("float64", of);
    const truth = ssdBackward(as("float64", inputs), { y: wide.x, state: wide.state }, sizes, options);
    const found: ReturnType<typeof ssdBackward>[] = [];
    for (const threads of [1, 3]) {
      await init({ backend, ...(backend === "native" && { threads }) });
      found.push(ssdBackward<Real>(inputs, { y: of.x, state: of.state }, sizes, options));
    }
    await init({ backend });
    for (const name of names) {
      expectClose(name, found[0]![name]!, truth[name]!, 5e-6);
      expectSameBits(name, found[1]![name]!, found[0]![name]!);
    }
  });

  test.each(dtypes)("has nothing to say of nothing, %s", (dtype) => {
    for (const axis of ["batch", "length", "heads", "headDim", "states"] as const) {
      const sizes = { ...dims, [axis]: 0 };
      const [inputs, of] = [as(dtype, made(sizes)), as(dtype, made(sizes, 6))];
      const found = ssdBackward<Real>(inputs, { y: of.x, state: of.state }, sizes);
      for (const name of names) expect(found[name]!.length, name).toBe(inputs[name].length);
      if (axis === "length") expectSameBits("state", found.state!, of.state);
    }
  });

  test("refuses what does not fit", () => {
    const [inputs, { x: y, state }] = [made(dims), made(dims, 6)];
    expectRefusal(() => ssdBackward(inputs, { y: y.subarray(1) }, dims), { code: "shape", names: "gradients.y", says: [111, 112] });
    expectRefusal(() => ssdBackward(inputs, { y, state: state.subarray(1) }, dims), { code: "shape", names: "gradients.state", says: [47, 48] });
    for (const name of names) {
      const short = { ...inputs, [name]: inputs[name].subarray(1) };
      expectRefusal(() => ssdBackward(short, { y }, dims), { code: "shape", names: name, says: [inputs[name].length, inputs[name].length - 1] });
    }
    expectRefusal(() => ssdBackward(inputs, { y: typed("float32", y) } as never, dims), { code: "dtype", names: "gradients.y" });
    expectRefusal(() => ssdBackward(inputs, undefined as never, dims), { code: "dtype", says: [/gradients/] });
    expectRefusal(() => ssdBackward(inputs, { y }, dims, { dtLimit: [1, 0] }), { code: "option", names: "dtLimit" });
    expectRefusal(() => ssdBackward(inputs, { y }, dims, { out: {} } as never), { code: "option", names: "out" });
  });
});
