// The module with relaxed SIMD, where an engine may round a product and a sum once or twice: as near to the
// definitions as the other one. Node is told to know the instructions; browsers do, and run every law on it besides.
import { type Backend, init, S5Ssm } from "ssm-scan";
import { beforeAll, describe, expect, test } from "vitest";
import { expectClose, expectSameBits } from "../support/close.js";
import { expectDefined } from "../support/judge.js";
import { dtypes } from "../support/precision.js";
import { generator, marks, uniform } from "../support/random.js";
import { bidirectional, causal, defined, expectState, s5Bound, title } from "../support/s5-layers.js";
import { complexNumbers, linear, matrix, randomInputs } from "../support/scans.js";

let backend: Backend;
beforeAll(async () => {
  backend = await init({ backend: "wasm" });
});

test("is what loads, and says so", () => {
  expect(backend.name).toBe("wasm");
  expect(backend.features).toEqual(["simd128", "relaxed-simd"]);
});

describe.each(dtypes)("in %s", (dtype) => {
  const random = generator(11);

  test.each([
    [linear, { batch: 1, length: 100_003, channels: 1 }],
    [linear, { batch: 2, length: 1_009, channels: 64 }],
    [complexNumbers, { batch: 1, length: 100_003, channels: 1 }],
    [complexNumbers, { batch: 2, length: 1_009, channels: 64 }],
    [matrix, { batch: 2, length: 1_009, channels: 4 }],
  ])("$name agrees with its definition over $1", (scan, dims) => {
    const inputs = randomInputs(scan, random, dtype, dims);
    const reset = marks(random, dims.batch * dims.length, 0.01);
    for (const options of [{}, { reverse: true }, { reset }]) {
      expectDefined(scan, scan.run(inputs, dims, options), inputs, dims, options);
    }
  });

  test.each([
    ["products that stay near 1", 0.9999, 1],
    ["states that decay below what is normal", 0.5, 0.5],
  ])("linearScan of one channel agrees with its definition on %s", (_, low, high) => {
    const dims = { batch: 1, length: 100_003, channels: 1 };
    const inputs = { ...randomInputs(linear, random, dtype, dims), a: [uniform(random, dtype, dims.length, low, high)] };
    inputs.b[0]!.fill(0, dims.length / 2); // nothing but decay in the second half
    expectDefined(linear, linear.run(inputs, dims), inputs, dims);
  });

  test.each([causal[0]!, causal[5]!, bidirectional[1]!].map((options) => [title(options), options] as const))("S5Ssm agrees with its definition: %s", (_, options) => {
    const dims = { batch: 2, length: 211 };
    const layer = new S5Ssm({ ...options, dtype });
    const u = uniform(random, dtype, dims.batch * dims.length * 5);
    const [got, want] = [layer.forward(u, dims), defined(layer, options, u, dims)];
    expectClose("y", got.y, want.y, s5Bound(dtype));
    if (!options.bidirectional) expectState("state", got.state, want.state, s5Bound(dtype));
  });

  test("every run of a call gives the same bits, the first and those an engine has optimised", () => {
    const dims = { batch: 1, length: 10_007, channels: 1 };
    const inputs = randomInputs(linear, random, dtype, dims);
    const first = linear.run(inputs, dims);
    for (let i = 0; i < 100; i++) expectSameBits("h", linear.run(inputs, dims).h, first.h);
  });
});
