// The LinOSS layer: against the outputs of its reference, and how it begins.
import { init, LinOss, type LinOssOptions, type Tensor } from "ssm-scan";
import { beforeAll, describe, expect, test } from "vitest";
import { linoss } from "../reference/linoss.js";
import { backends } from "../support/backends.js";
import { expectClose } from "../support/close.js";
import { fixture, referenceErrors } from "../support/fixtures.js";
import { dtypes, typed } from "../support/precision.js";
import { expectNormal, expectUniform } from "../support/statistics.js";

const kinds = [
  ["linoss_im", "IM", false],
  ["linoss_imex", "IMEX", false],
  ["linoss_imex_damped", "IMEX", true],
] as const;

const stripped = (tensors: Record<string, Tensor>): Record<string, Tensor> =>
  Object.fromEntries(Object.entries(tensors).flatMap(([name, tensor]) => (name.startsWith("params.") ? [[name.slice(7), tensor]] : [])));

test.each(kinds)("the definition gives what the reference gives: %s", async (name, discretization) => {
  const { tensors } = await fixture(name);
  const { y } = linoss(stripped(tensors), discretization, tensors["x"]!.data, { batch: 1, length: 16 });
  expectClose("y", y, tensors["y"]!.data, 1e-14);
});

describe.each(backends.flatMap((name) => dtypes.map((dtype) => [name, dtype] as const)))("on %s in %s", (backend, dtype) => {
  beforeAll(async () => {
    await init({ backend });
  });

  test.each(kinds)("LinOss gives what the reference gives: %s", async (name, discretization, damping) => {
    const { tensors } = await fixture(name);
    const layer = new LinOss({ dModel: 4, stateDim: 8, discretization, damping, dtype });
    layer.loadParameters(tensors, { prefix: "params." });
    const { y } = layer.forward(typed(dtype, tensors["x"]!.data), { batch: 1, length: 16 });
    expectClose("y", y, tensors["y"]!.data, dtype === "float64" ? 1e-12 : Math.max(4 * referenceErrors[name]!, 1e-6));
  });
});

describe.each(backends)("LinOss on %s", (backend) => {
  const options: LinOssOptions = { dModel: 6, stateDim: 4000, dtype: "float64", seed: 1 };

  beforeAll(async () => {
    await init({ backend });
  });

  test("it begins as the reference says", () => {
    const { A_diag, steps, B, C, D, G_diag } = new LinOss(options).parameters();
    expectUniform(A_diag!.data, 0, 1);
    expectUniform(B!.data, -1 / Math.sqrt(6), 1 / Math.sqrt(6));
    expectUniform(C!.data, -1 / Math.sqrt(4000), 1 / Math.sqrt(4000));
    expectNormal(steps!.data, 0.5);
    expect([A_diag, steps, B, C, D].map((tensor) => tensor!.dims)).toEqual([[4000], [4000], [4000, 6, 2], [6, 4000, 2], [6]]);
    expect(G_diag).toBeUndefined();
    expect(new LinOss(options).parameters()["B"]!.data).toEqual(B!.data);
    expect(new LinOss({ ...options, seed: 2 }).parameters()["B"]!.data).not.toEqual(B!.data);
  });

  test("damped, the eigenvalues of its steps are spread over a ring", () => {
    const own = new LinOss({ ...options, discretization: "IMEX", damping: true, rMin: 0.8, thetaMax: 2 }).parameters();
    const [squares, angles] = [new Float64Array(4000), new Float64Array(4000)];
    for (let p = 0; p < 4000; p++) {
      const dt = 1 / (1 + Math.exp(-own["steps"]!.data[p]!));
      const s = 1 + dt * own["G_diag"]!.data[p]!;
      squares[p] = 1 / s;
      angles[p] = Math.acos((1 / s + 1 - (dt ** 2 * own["A_diag"]!.data[p]!) / s) / 2 * Math.sqrt(s));
    }
    expectUniform(squares, 0.64, 1);
    expectUniform(angles, 0, 2);
  });

  test("its options are complete, and make the same layer again", () => {
    const layer = new LinOss({ dModel: 3 });
    expect(layer.options).toEqual({ dModel: 3, stateDim: 64, discretization: "IM", damping: false, rMin: 0.9, thetaMax: Math.PI, dtype: "float32", seed: 0 });
    expect(new LinOss(JSON.parse(JSON.stringify(layer.options)) as LinOssOptions).options).toEqual(layer.options);
  });
});
