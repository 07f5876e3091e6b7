// S4 and S4D against the outputs, states and kernels of their reference.
import { init, type Real, type Tensor } from "ssm-scan";
import { beforeAll, describe, expect, test } from "vitest";
import { s4, type S4Definition, s4Kernel } from "../reference/s4.js";
import { backends } from "../support/backends.js";
import { expectClose } from "../support/close.js";
import { fixture, fixtureNames } from "../support/fixtures.js";
import { steps } from "../support/pieces.js";
import { dtypes, typed, zeros } from "../support/precision.js";
import { make, type S4Case } from "../support/s4-layers.js";

/** The files were made in f32, which is what they are true to. */
const bound = 5e-6;
const dims = { batch: 2, length: 16 };
const names = fixtureNames.filter((name) => /^s4_d/.test(name)).sort();

function caseOf(meta: Record<string, unknown>): S4Case {
  const { mode, init: start, disc, rank, d_state: dState, bidirectional } = meta;
  const options = { dModel: 3, dState: dState as number, init: start, ...(disc !== undefined && { disc }), ...(rank !== undefined && { rank }), ...(bidirectional === true && { bidirectional }) };
  return { name: mode === "diag" ? "S4D" : "S4", options };
}

function parametersOf(tensors: Record<string, Tensor>): Record<string, Tensor> {
  const own = Object.entries(tensors).filter(([name]) => name.startsWith("params."));
  return Object.fromEntries(own.map(([name, tensor]) => [name.slice("params.".length), tensor]));
}

test("there are 9 golden files, and one of initial values", () => {
  expect(names).toHaveLength(9);
  expect(fixtureNames).toContain("s4_inits");
});

test.each(names)("the definition gives what the reference gives: %s", async (name) => {
  const { tensors, meta } = await fixture(name);
  const options = caseOf(meta).options as S4Definition;
  expectClose("y", s4(parametersOf(tensors), options, tensors["x"]!.data, dims).y, tensors["y"]!.data, bound);
  expectClose("kernel", s4Kernel(parametersOf(tensors), options, 16), tensors["kernel"]!.data, bound);
});

describe.each(backends.flatMap((name) => dtypes.map((dtype) => [name, dtype] as const)))("on %s in %s", (backend, dtype) => {
  beforeAll(async () => {
    await init({ backend });
  });

  test.each(names)("outputs, states and kernels are the reference's: %s", async (name) => {
    const { tensors, meta } = await fixture(name);
    const layer = make(caseOf(meta), { dtype });
    layer.loadParameters(tensors, { prefix: "params." });
    const u = typed(dtype, tensors["x"]!.data);
    for (const mode of ["auto", "scan", "recurrent", "convolution"] as const) {
      const { y, state } = layer.forward(u, dims, { mode });
      expectClose(`y, ${mode}`, y, tensors["y"]!.data, bound);
      if (tensors["state_re"] !== undefined) expectClose(`state, ${mode}`, [state.re, state.im], [tensors["state_re"].data, tensors["state_im"]!.data], bound);
    }
    expectClose("kernel", layer.kernel(16), tensors["kernel"]!.data, bound);
    if (tensors["kernel_rate2"] === undefined) return;
    expectClose("kernel at rate 2", layer.kernel(16, { rate: 2 }), tensors["kernel_rate2"].data, bound);
  });

  test.each(names.filter((name) => !name.includes("bidir")))("steps are the reference's outputs: %s", async (name) => {
    const { tensors, meta } = await fixture(name);
    const layer = make(caseOf(meta), { dtype });
    layer.loadParameters(tensors, { prefix: "params." });
    const state = layer.initialState(2);
    const y: Real = zeros(dtype, 96);
    for (let t = 0; t < 16; t++) {
      const { y: now } = layer.step(steps([typed(dtype, tensors["x"]!.data)], dims, 3, t, t + 1)[0]!, state);
      for (let n = 0; n < 2; n++) y.set(now.subarray(3 * n, 3 * n + 3), (n * 16 + t) * 3);
    }
    expectClose("y", y, (tensors["y_step"] ?? tensors["y"]!).data, bound);
  });
});
