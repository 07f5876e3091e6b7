// The gradients of the short convolution: central differences of its definition, and what must not change them.
import { causalConv1dBackward, init, type Real, type Tensor } from "ssm-scan";
import { beforeAll, describe, expect, test } from "vitest";
import { causalConv1d as defined } from "../reference/causal-conv1d.js";
import { backends } from "../support/backends.js";
import { expectClose, expectSameBits } from "../support/close.js";
import { differences } from "../support/differences.js";
import { dtypes, typed } from "../support/precision.js";
import { generator, marks, uniform } from "../support/random.js";
import { expectRefusal } from "../support/refusal.js";

const dims = { batch: 2, length: 9, channels: 3, width: 4 };
type Sizes = typeof dims;
type Names = "x" | "weight" | "bias" | "state";
type Arrays = Record<Names, Real>;
const names: readonly Names[] = ["x", "weight", "bias", "state"];

function arrays({ batch, length, channels, width }: Sizes, sequences = batch, seed = 5): Arrays {
  const random = generator(seed);
  const make = (count: number): Real => uniform(random, "float64", count);
  return { x: make(batch * length * channels), weight: make(channels * width), bias: make(channels), state: make(sequences * channels * (width - 1)) };
}

const as = (dtype: "float32" | "float64", of: Arrays): Arrays => Object.fromEntries(names.map((name) => [name, typed(dtype, of[name])])) as Arrays;

describe.each(backends)("causalConv1dBackward on %s", (backend) => {
  beforeAll(async () => {
    await init({ backend });
  });

  const cases: readonly [string, Sizes, { reset?: Uint8Array; cuSeqlens?: Int32Array }][] = [
    ["sequences", dims, {}],
    ["resets", dims, { reset: Uint8Array.of(0, 0, 1, 0, 0, 0, 1, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1) }],
    ["short sequences", { ...dims, length: 2 }, {}],
    ["one tap", { ...dims, width: 1 }, {}],
    ["many taps", { ...dims, width: 6 }, {}],
    ["packed sequences", { ...dims, batch: 1, length: 11 }, { cuSeqlens: Int32Array.of(0, 4, 4, 5, 11) }],
    ["packed sequences with resets", { ...dims, batch: 1, length: 11 }, { cuSeqlens: Int32Array.of(0, 4, 4, 5, 11), reset: Uint8Array.of(0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0) }],
  ];

  test.each(cases.flatMap((one) => (["none", "silu"] as const).map((activation) => [...one, activation] as const)))("agrees with central differences, %s", (_, sizes, given, activation) => {
    const sequences = given.cuSeqlens ? given.cuSeqlens.length - 1 : sizes.batch;
    const inputs = arrays(sizes, sequences);
    const of = arrays(sizes, sequences, 6);
    const options = { ...given, activation };
    const found = causalConv1dBackward(inputs, { y: of.x, state: of.state }, sizes, options);
    const tensors: Record<string, Tensor> = Object.fromEntries(names.map((name) => [name, { dims: [], data: inputs[name] }]));
    const truth = differences(tensors, () => {
      const { y, state } = defined(inputs, sizes, options);
      return y.reduce((sum, value, i) => sum + value * of.x[i]!, 0) + state.reduce((sum, value, i) => sum + value * of.state[i]!, 0);
    });
    for (const name of names) expectClose(name, found[name]!, truth[name]!, 1e-6);
  });

  test("of packed sequences is that of each of them", () => {
    const sizes = { ...dims, batch: 1, length: 11 };
    const bounds = [0, 4, 4, 5, 11];
    const [inputs, of] = [arrays(sizes, 4), arrays(sizes, 4, 6)];
    const packed = causalConv1dBackward(inputs, { y: of.x, state: of.state }, sizes, { cuSeqlens: Int32Array.from(bounds), activation: "silu" });
    const weight = packed.weight.slice().fill(0);
    bounds.slice(1).forEach((end, s) => {
      const [from, to, own] = [bounds[s]! * 3, end * 3, [s * 9, s * 9 + 9] as const];
      const cut = (of: Arrays): Arrays => ({ ...of, x: of.x.subarray(from, to), state: of.state.subarray(...own) });
      const { x: y, state } = cut(of);
      const alone = causalConv1dBackward(cut(inputs), { y, state }, { ...sizes, length: end - bounds[s]! }, { activation: "silu" });
      expectSameBits("x", packed.x.subarray(from, to), alone.x);
      expectSameBits("state", packed.state!.subarray(...own), alone.state!);
      alone.weight.forEach((value, i) => (weight[i]! += value));
    });
    expectClose("weight", packed.weight, weight, 1e-14);
  });

  test("leaves out what was not given", () => {
    const { x, weight } = arrays(dims);
    const { x: y } = arrays(dims, 2, 6);
    const found = causalConv1dBackward({ x, weight }, { y }, dims);
    expect(Object.keys(found)).toEqual(["x", "weight"]);
    const zeros = { bias: new Float64Array(3), state: new Float64Array(18) };
    const all = causalConv1dBackward({ x, weight, ...zeros }, { y, state: zeros.state }, dims);
    expectSameBits("x", found.x, all.x);
    expectSameBits("weight", found.weight, all.weight);
  });

  test("in float32 is that of float64, rounded, and does not depend on threads", async () => {
    const sizes = { batch: 1, length: 3000, channels: 40, width: 4 };
    const [inputs, of] = [as("float32", arrays(sizes)), as("float32", arrays(sizes, 1, 6))];
    const options = { activation: "silu", reset: marks(generator(9), 3000, 0.01) } as const;
    const wide = as("float64", of);
    const truth = causalConv1dBackward(as("float64", inputs), { y: wide.x, state: wide.state }, sizes, options);
    const found = [1, 3].map(async (threads) => {
      await init({ backend, ...(backend === "native" && { threads }) });
      return causalConv1dBackward(inputs, { y: of.x, state: of.state }, sizes, options);
    });
    const [one, three] = [await found[0]!, await found[1]!];
    for (const name of names) {
      expectClose(name, one[name]!, truth[name]!, 1e-6);
      expectSameBits(name, three[name]!, one[name]!);
    }
    await init({ backend });
  });

  test.each(dtypes)("has nothing to say of nothing, %s", (dtype) => {
    for (const sizes of [{ ...dims, batch: 0 }, { ...dims, length: 0 }, { ...dims, channels: 0 }]) {
      const [inputs, of] = [as(dtype, arrays(sizes)), as(dtype, arrays(sizes, sizes.batch, 6))];
      const found = causalConv1dBackward(inputs, { y: of.x, state: of.state }, sizes);
      for (const name of names) expect(found[name]!.length, name).toBe(inputs[name].length);
      expect([...found.weight].every((value) => value === 0)).toBe(true);
      if (sizes.length === 0) expectSameBits("state", found.state!, of.state);
    }
  });

  test("refuses what does not fit", () => {
    const [inputs, { x: y, state }] = [arrays(dims), arrays(dims, 2, 6)];
    expectRefusal(() => causalConv1dBackward(inputs, { y: y.subarray(1) }, dims), { code: "shape", names: "gradients.y", says: [53, 54] });
    expectRefusal(() => causalConv1dBackward(inputs, { y, state: state.subarray(1) }, dims), { code: "shape", names: "gradients.state", says: [17, 18] });
    for (const name of names) {
      const short = { ...inputs, [name]: inputs[name].subarray(1) };
      expectRefusal(() => causalConv1dBackward(short, { y }, dims), { code: "shape", names: name, says: [inputs[name].length, inputs[name].length - 1] });
    }
    expectRefusal(() => causalConv1dBackward(inputs, { y: typed("float32", y) } as never, dims), { code: "dtype", names: "gradients.y" });
    expectRefusal(() => causalConv1dBackward(inputs, undefined as never, dims), { code: "dtype", says: [/gradients/] });
    expectRefusal(() => causalConv1dBackward(inputs, { y }, dims, { activation: "gelu" } as never), { code: "option", names: "activation" });
    expectRefusal(() => causalConv1dBackward(inputs, { y }, dims, { out: {} } as never), { code: "option", names: "out" });
  });
});
