// The textbook SSM: its definition, its three views, and how it begins.
import { init, makeHippo, Ssm, type SsmOptions } from "ssm-scan";
import { beforeAll, describe, expect, test } from "vitest";
import { discretized, ssm } from "../reference/ssm.js";
import { backends } from "../support/backends.js";
import { expectClose } from "../support/close.js";
import { dtypes } from "../support/precision.js";
import { generator, uniform } from "../support/random.js";
import { expectRefusal } from "../support/refusal.js";

const layers: SsmOptions[] = [
  { dModel: 3, stateSize: 6 },
  { dModel: 4, stateSize: 3, init: "legt", discretization: "bilinear" },
  { dModel: 3, stateSize: 8, init: "fourier", discretization: "euler", dt: 0.01 },
  { dModel: 2, stateSize: 5, init: "lagt", dtMin: 0.5, dtMax: 2 },
  { dModel: 7, stateSize: 5, init: "random", dt: 0.3 },
];
const titled = layers.map((options) => [JSON.stringify(options), options] as const);

describe.each(backends.flatMap((name) => dtypes.map((dtype) => [name, dtype] as const)))("Ssm on %s in %s", (backend, dtype) => {
  const bound = dtype === "float64" ? 1e-12 : 2e-6;
  const dims = { batch: 2, length: 33 };
  const random = generator(9);

  beforeAll(async () => {
    await init({ backend });
  });

  test.each(titled)("its views are one: %s", (_, options) => {
    const layer = new Ssm({ ...options, dtype });
    const u = uniform(random, dtype, 2 * 33 * options.dModel);
    const state = { x: uniform(random, dtype, 2 * layer.options.stateSize) };
    const lengths = Int32Array.of(33, 12);
    for (const forward of [{}, { state }, { lengths }, { state, lengths }]) {
      const want = ssm(layer.parameters(), layer.options.discretization, u, dims, forward);
      for (const mode of ["auto", "scan", "recurrent", "convolution"] as const) {
        const got = layer.forward(u, dims, { ...forward, mode });
        expectClose(`y, ${mode}`, got.y, want.y, bound);
        expectClose(`state, ${mode}`, got.state.x, want.state.x, bound);
      }
    }
  });

  test.each(titled)("its kernel is C A^l B: %s", (_, options) => {
    const layer = new Ssm({ ...options, dtype });
    const { dims: axes, data } = layer.kernel(9);
    const H = options.dModel;
    expect(axes).toEqual([H, H, 9]);
    const [A, B] = discretized(layer.parameters(), layer.options.discretization);
    const C = layer.parameters()["C"]!.data;
    const want = new Float64Array(H * H * 9);
    for (let i = 0; i < H; i++) {
      let x = B.map((row) => row[i]!);
      for (let lag = 0; lag < 9; lag++) {
        for (let o = 0; o < H; o++) want[(o * H + i) * 9 + lag] = x.reduce((sum, value, n) => sum + value * C[o * x.length + n]!, 0);
        x = A.map((row) => row.reduce((sum, a, k) => sum + a * x[k]!, 0));
      }
    }
    expectClose("kernel", data, want, bound);
    expect(layer.kernel(0).data.length).toBe(0);
  });

  test("of one feature it is HiPPO: its states remember the signal", () => {
    const layer = new Ssm({ dModel: 1, stateSize: 8, init: "legt", dt: 0.002, dtype });
    const { A, B } = makeHippo(8, "legt");
    expectClose("A", layer.parameters()["A"]!.data, A.data, 1e-6);
    expectClose("B", layer.parameters()["B"]!.data, B.data, 1e-6);
    const u = uniform(random, dtype, 3000).fill(2);
    // Of a constant past the first coefficient is it, and the others are 0; a window is 1000 steps.
    const { state } = layer.forward(u, { batch: 1, length: 3000 });
    expectClose("state", state.x, Float64Array.of(2, 0, 0, 0, 0, 0, 0, 0), 1e-3);
  });

  test("a long sequence agrees with the definition", () => {
    const layer = new Ssm({ dModel: 3, dtype });
    const u = uniform(random, dtype, 1500 * 3);
    const long = { batch: 1, length: 1500 };
    expectClose("y", layer.forward(u, long).y, ssm(layer.parameters(), "zoh", u, long).y, dtype === "float64" ? 1e-11 : 1e-5);
  });
});

describe.each(backends)("Ssm on %s", (backend) => {
  beforeAll(async () => {
    await init({ backend });
  });

  test("it begins as it says", () => {
    const layer = new Ssm({ dModel: 40, stateSize: 30, dtype: "float64" });
    const { A, B, C, D, log_step: step } = layer.parameters();
    expect([A, B, C, D, step].map((tensor) => tensor!.dims)).toEqual([[30, 30], [30, 40], [40, 30], [40], [1]]);
    expectClose("A", A!.data, makeHippo(30).A.data, 0);
    expect(Math.exp(step!.data[0]!)).toBeGreaterThan(0.001);
    expect(Math.exp(step!.data[0]!)).toBeLessThan(0.1);
    expect(Math.exp(new Ssm({ dModel: 2, dt: 0.25, dtype: "float64" }).parameters()["log_step"]!.data[0]!)).toBeCloseTo(0.25, 12);
    const spread = (data: ArrayLike<number>): number => Math.sqrt(Array.from(data).reduce((sum, x) => sum + x * x, 0) / data.length);
    expect(spread(C!.data) * Math.sqrt(30)).toBeCloseTo(1, 0.5);
    // Rows of B are multiples of one mix of the features.
    expectClose("B", B!.data.slice(40, 80), B!.data.slice(0, 40).map((x) => x * Math.sqrt(3)), 1e-12);
    expect(new Ssm({ dModel: 40, stateSize: 30, dtype: "float64", seed: 1 }).parameters()["C"]!.data).not.toEqual(C!.data);
    const skew = new Ssm({ dModel: 2, stateSize: 9, init: "random", dtype: "float64" }).parameters()["A"]!.data;
    for (let i = 0; i < 9; i++) for (let k = 0; k < 9; k++) expect(skew[i * 9 + k]! + skew[k * 9 + i]!).toBeCloseTo(i === k ? -1 : 0, 12);
  });

  test("what is written into its parameters counts", () => {
    const layer = new Ssm({ dModel: 2, stateSize: 3, dtype: "float64" });
    const u = uniform(generator(2), "float64", 20);
    layer.forward(u, { batch: 1, length: 10 });
    for (const name of ["A", "B", "log_step"]) {
      layer.parameters()[name]!.data[0]! -= 0.5;
      expectClose(name, layer.forward(u, { batch: 1, length: 10 }).y, ssm(layer.parameters(), "zoh", u, { batch: 1, length: 10 }).y, 1e-12);
    }
  });

  test("a system that cannot be discretised is refused every time, and leaves nothing behind", () => {
    const layer = new Ssm({ dModel: 2, stateSize: 3, dtype: "float64" });
    const u = uniform(generator(2), "float64", 20);
    const before = layer.forward(u, { batch: 1, length: 10 }).y;
    const { data } = layer.parameters()["A"]!;
    const kept = data[0]!;
    data[0] = 1e300;
    for (let i = 0; i < 2; i++) expectRefusal(() => layer.forward(u, { batch: 1, length: 10 }));
    layer.parameters()["A"]!.data[0] = kept;
    expectClose("y", layer.forward(u, { batch: 1, length: 10 }).y, before, 0);
  });

  test("its options are complete, and make the same layer again", () => {
    const { options } = new Ssm({ dModel: 3 });
    expect(options).toEqual({ dModel: 3, stateSize: 64, init: "legs", discretization: "zoh", dtMin: 0.001, dtMax: 0.1, dtype: "float32", seed: 0 });
    expect(new Ssm(JSON.parse(JSON.stringify(options)) as SsmOptions).options).toEqual(options);
    expect(new Ssm({ dModel: 3, dt: 0.1 }).options.dt).toBe(0.1);
  });

  test("what it refuses", () => {
    const layer = new Ssm({ dModel: 2, stateSize: 3 });
    const u = new Float32Array(8);
    const dims = { batch: 1, length: 4 };
    expectRefusal(() => layer.forward(u, dims, { dt: new Float32Array(4).fill(1), mode: "convolution" }), { code: "unsupported", names: "dt", says: [/scan/] });
    expectRefusal(() => layer.forward(u, dims, { dt: new Float32Array(3).fill(1) }), { code: "shape", names: "dt", says: [3, 4] });
    expectRefusal(() => layer.forward(u, dims, { dt: new Float32Array(4).fill(Number.NaN) }), { code: "shape" });
    expectRefusal(() => layer.forward(u, dims, { mode: "convolution", reset: new Uint8Array(4) }), { code: "unsupported", names: "reset" });
    expectRefusal(() => layer.kernel(-1), { names: "length", says: [-1] });
  });
});
