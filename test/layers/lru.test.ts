// The LRU: against its reference and its definition, what it begins with.
import { Lru, type Tensor } from "ssm-scan";
import { describe, expect, test } from "vitest";
import { lru } from "../reference/lru.js";
import { expectClose, expectSameBits } from "../support/close.js";
import { fixture, referenceErrors } from "../support/fixtures.js";
import { expectNormal, expectUniform } from "../support/statistics.js";
import { describeEach } from "../support/layer-laws.js";
import { typed } from "../support/precision.js";
import { generator, marks, uniform } from "../support/random.js";

const options = { dModel: 5, dHidden: 7, seed: 3 };
const dims = { batch: 3, length: 17 };

test("the definition gives what the reference gives", async () => {
  const { tensors } = await fixture("lru");
  const own = Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name.replace("params.", ""), tensor]));
  expectClose("y", lru(own, tensors["x"]!.data, { batch: 1, length: 16 }).y, tensors["y"]!.data, 1e-14);
});

describeEach("Lru", (dtype) => {
  const random = generator(5);
  const bound = dtype === "float64" ? 1e-12 : Math.max(4 * referenceErrors["lru"]!, 1e-6);

  test("gives what the reference gives", async () => {
    const { tensors } = await fixture("lru");
    const layer = new Lru({ dModel: 4, dHidden: 8, dtype });
    layer.loadParameters(tensors, { prefix: "params." });
    const { y } = layer.forward(typed(dtype, tensors["x"]!.data), { batch: 1, length: 16 });
    expectClose("y", y, tensors["y"]!.data, bound);
  });

  test("agrees with the definition, all options at once", () => {
    const layer = new Lru({ ...options, dtype });
    const u = uniform(random, dtype, 3 * 17 * 5);
    const state = { re: uniform(random, dtype, 21), im: uniform(random, dtype, 21) };
    const forward = { state, reset: marks(random, 51), lengths: Int32Array.of(17, 0, 9) };
    const [got, want] = [layer.forward(u, dims, forward), lru(layer.parameters(), u, dims, forward)];
    expectClose("y", got.y, want.y, bound);
    expectClose("state", [got.state.re, got.state.im], [want.state.re, want.state.im], bound);
    for (const mode of ["scan", "recurrent", "auto"] as const) expectSameBits(mode, layer.forward(u, dims, { ...forward, mode }).y, got.y);
  });

  test("sees each number that is written into a parameter, of odd and of even count", () => {
    const layer = new Lru({ dModel: 3, dHidden: 5, dtype });
    const u = uniform(random, dtype, 12);
    for (const { data } of Object.values(layer.parameters())) {
      for (const i of [0, data.length - 1]) {
        layer.forward(u, { batch: 1, length: 4 });
        data[i] = data[i]! + 0.125;
        expectClose("y", layer.forward(u, { batch: 1, length: 4 }).y, lru(layer.parameters(), u, { batch: 1, length: 4 }).y, bound);
      }
    }
  });
});

describe("Lru", () => {
  const parameters = (more: object = {}): Record<string, Tensor> => new Lru({ dModel: 24, dHidden: 400, dtype: "float64", ...more }).parameters();

  test("has the reference's names, shapes and defaults", () => {
    const layer = new Lru({ dModel: 3 });
    const shapes = Object.fromEntries(Object.entries(layer.parameters()).map(([name, { dims: axes }]) => [name, axes]));
    expect(shapes).toEqual({ theta_log: [64], nu_log: [64], gamma_log: [64], B_re: [64, 3], B_im: [64, 3], C_re: [3, 64], C_im: [3, 64], D: [3] });
    expect(JSON.parse(JSON.stringify(layer.options))).toEqual({ dModel: 3, dHidden: 64, rMin: 0, rMax: 1, maxPhase: 6.28, dtype: "float32", seed: 0 });
  });

  test("begins with poles spread over a ring, and with states of variance 1", () => {
    const { nu_log, theta_log, gamma_log } = parameters({ rMin: 0.5, rMax: 0.9, maxPhase: 0.3 });
    const radii = nu_log!.data.map((nu) => Math.exp(-Math.exp(nu))) as Float64Array;
    // Evenly over the area: r^2 is uniform.
    expectUniform(radii.map((r) => r ** 2), 0.25, 0.81);
    expectUniform(theta_log!.data.map(Math.exp), 0, 0.3);
    expectClose("gamma_log", gamma_log!.data, radii.map((r) => 0.5 * Math.log(1 - r ** 2)), 1e-12);
    const fixed = parameters({ rMin: 0.8, rMax: 0.8 })["nu_log"]!.data.map((nu) => Math.exp(-Math.exp(nu)));
    expectClose("radius", fixed, fixed.slice().fill(0.8), 1e-12);
  });

  test.each([["B_re", 1 / Math.sqrt(48)], ["B_im", 1 / Math.sqrt(48)], ["C_re", 1 / 20], ["C_im", 1 / 20], ["D", 1]])("begins with normal %s of deviation %f", (name, size) => {
    expectNormal(parameters()[name]!.data, size);
  });
});
