// The S5 layer against the outputs of its references.
import { init, S5Ssm, type Tensor } from "ssm-scan";
import { beforeAll, describe, expect, test } from "vitest";
import { s5, type S5Options } from "../reference/s5.js";
import { backends } from "../support/backends.js";
import { expectClose } from "../support/close.js";
import { fixture, fixtureNames, referenceErrors } from "../support/fixtures.js";
import { type Dtype, dtypes, typed } from "../support/precision.js";

/** The reference's options, as its files keep them. */
interface Meta {
  H: number;
  P: number;
  blocks: number;
  C_init: "trunc_standard_normal" | "lecun_normal" | "complex_normal";
  discretization: "zoh" | "bilinear";
  conj_sym: boolean;
  bidirectional: boolean;
  clip_eigs?: boolean;
  step_rescale: number;
}

const optionsOf = (meta: Meta): ConstructorParameters<typeof S5Ssm>[0] & S5Options => ({
  dModel: meta.H,
  ssmSize: meta.P,
  blocks: meta.blocks,
  CInit: meta.C_init,
  discretization: meta.discretization,
  conjSym: meta.conj_sym,
  bidirectional: meta.bidirectional,
  clipEigs: meta.clip_eigs ?? false,
  stepRescale: meta.step_rescale,
});

const names = fixtureNames.filter((name) => /^s5_(zoh|bilinear|clip)/.test(name)).sort();
const allowed = (name: string, dtype: Dtype): number =>
  dtype === "float64" ? 1e-12 : Math.max(4 * referenceErrors[name]!, 1e-6);

function parametersOf(tensors: Record<string, Tensor>): Record<string, Tensor> {
  const own = Object.entries(tensors).filter(([name]) => name.startsWith("params."));
  return Object.fromEntries(own.map(([name, tensor]) => [name.slice("params.".length), tensor]));
}

test("there are 13 golden files", () => {
  expect(names).toHaveLength(13);
});

test.each(names)("the definition gives what the reference gives: %s", async (name) => {
  const { tensors, meta } = await fixture(name);
  const { y } = s5(parametersOf(tensors), optionsOf(meta as unknown as Meta), tensors["x"]!.data, { batch: 1, length: 16 });
  expectClose("y", y, tensors["y"]!.data, 1e-14);
});

describe.each(backends.flatMap((name) => dtypes.map((dtype) => [name, dtype] as const)))("on %s in %s", (backend, dtype) => {
  beforeAll(async () => {
    await init({ backend });
  });

  test.each(names)("S5Ssm gives what the reference gives: %s", async (name) => {
    const { tensors, meta } = await fixture(name);
    const layer = new S5Ssm({ ...optionsOf(meta as unknown as Meta), dtype });
    layer.loadParameters(parametersOf(tensors));
    const { y } = layer.forward(typed(dtype, tensors["x"]!.data), { batch: 1, length: 16 });
    expectClose("y", y, tensors["y"]!.data, allowed(name, dtype));
  });

  test.each(names)("its prefix leads into a larger file: %s", async (name) => {
    const { tensors, meta } = await fixture(name);
    const layer = new S5Ssm({ ...optionsOf(meta as unknown as Meta), dtype });
    layer.loadParameters(tensors, { prefix: "params." });
    const { y } = layer.forward(typed(dtype, tensors["x"]!.data), { batch: 1, length: 16 });
    expectClose("y", y, tensors["y"]!.data, allowed(name, dtype));
  });

  test("S5Ssm gives what s5-pytorch gives on irregular samples, and on regular ones", async () => {
    const { tensors } = await fixture("s5pt_irregular");
    const layer = new S5Ssm({ dModel: 4, ssmSize: 8, blocks: 1, conjSym: false, dtype });
    const { B, C_re, C_im, D, Lambda_re, Lambda_im, log_step } = tensors as Record<string, Tensor> & Record<"B" | "C_re" | "C_im" | "D" | "Lambda_re" | "Lambda_im" | "log_step", Tensor>;
    const C = { dims: [4, 8, 2], data: Float32Array.from({ length: 64 }, (_, i) => (i % 2 === 0 ? C_re : C_im).data[i >> 1]!) };
    layer.loadParameters({ B, C, D, Lambda_re, Lambda_im, log_step: { dims: [8, 1], data: log_step.data } });
    const u = typed(dtype, tensors["x"]!.data);
    const dims = { batch: 2, length: 16 };
    const irregular = layer.forward(u, dims, { dt: typed(dtype, tensors["dt"]!.data) });
    expectClose("y_irregular", irregular.y, tensors["y_irregular"]!.data, 5e-6);
    expectClose("y_uniform", layer.forward(u, dims).y, tensors["y_uniform"]!.data, 5e-6);
  });
});
