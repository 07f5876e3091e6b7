// Steps so small, and eigenvalues so near zero, that a careless discretisation loses them.
import { init, S5Ssm, type Tensor } from "ssm-scan";
import { beforeAll, describe, expect, test } from "vitest";
import { backends } from "../support/backends.js";
import { expectClose } from "../support/close.js";
import { dtypes, typed } from "../support/precision.js";
import { generator, uniform } from "../support/random.js";
import { defined, s5Bound, type S5Options } from "../support/s5-layers.js";

const dims = { batch: 1, length: 40 };

describe.each(backends.flatMap((name) => dtypes.map((dtype) => [name, dtype] as const)))("S5Ssm on %s in %s", (name, dtype) => {
  const u = uniform(generator(10), dtype, 40 * 2);

  beforeAll(async () => {
    await init({ backend: name });
  });

  /** A layer without the direct path, whose output shows the discretisation alone. */
  function layerWith(options: Partial<S5Options>, change: Record<string, number>): [S5Ssm, S5Options] {
    const all: S5Options = { dModel: 2, ssmSize: 4, blocks: 1, seed: 2, ...options };
    const layer = new S5Ssm({ ...all, dtype });
    const parameters: Record<string, Tensor> = layer.parameters();
    parameters["D"]!.data.fill(0);
    for (const [key, value] of Object.entries(change)) parameters[key]!.data.set(typed(dtype, parameters[key]!.data.map(() => value)));
    return [layer, all];
  }

  describe.each(["zoh", "bilinear"] as const)("by %s", (discretization) => {
    test.each([1e-1, 1e-3, 1e-5, 1e-7, 1e-12])("a step of %d is right", (step) => {
      const [layer, options] = layerWith({ discretization }, { log_step: Math.log(step) });
      expectClose("y", layer.forward(u, dims).y, defined(layer, options, u, dims).y, s5Bound(dtype));
    });

    test.each([0, 1e-30, 1e-10, 1e-4, -1e-4])("an eigenvalue of %d is right", (eigenvalue) => {
      const [layer, options] = layerWith({ discretization }, { Lambda_re: eigenvalue, Lambda_im: 0 });
      const { y } = layer.forward(u, dims);
      expect(y.every(Number.isFinite)).toBe(true);
      expectClose("y", y, defined(layer, options, u, dims).y, s5Bound(dtype));
    });

    test.each([10, 100])("a step of %d is right", (step) => {
      const [layer, options] = layerWith({ discretization }, { log_step: Math.log(step) });
      expectClose("y", layer.forward(u, dims).y, defined(layer, options, u, dims).y, s5Bound(dtype));
    });
  });

  test("an interval of 0 leaves the state as it is", () => {
    const [layer] = layerWith({}, {});
    const state = { re: typed(dtype, [1, 2]), im: typed(dtype, [3, 4]) };
    const got = layer.forward(u, dims, { state, dt: typed(dtype, new Float32Array(40)) });
    expectClose("state", [got.state.re, got.state.im], [state.re, state.im], 0);
  });
});
