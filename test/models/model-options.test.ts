// What deep sequence models are made from: options, names, seeds, JSON; and what they refuse.
import { ClassificationModel, init, Lru, S5Ssm, SequenceModel, type SequenceModelOptions } from "ssm-scan";
import { beforeAll, describe, expect, test } from "vitest";
import { expectRefusal } from "../support/refusal.js";

beforeAll(async () => {
  await init();
});

const s5 = { name: "S5Ssm", options: { ssmSize: 4, blocks: 1 } } as const;
const options = { layer: s5, dInput: 3, dModel: 2, nLayers: 2 };
const names = (model: { parameters(): object }): string[] => Object.keys(model.parameters()).sort();
const shapes = (model: SequenceModel | ClassificationModel): Record<string, readonly number[]> =>
  Object.fromEntries(Object.entries(model.parameters()).map(([name, { dims }]) => [name, dims]));
const through = <T>(json: T): T => JSON.parse(JSON.stringify(json)) as T;

describe("names", () => {
  const seq = ["B", "C", "D", "Lambda_im", "Lambda_re", "log_step"].map((name) => `seq.${name}`);

  test("of a SequenceModel are flax's", () => {
    const own = ["norm.bias", "norm.scale", "out1.bias", "out1.kernel", "out2.bias", "out2.kernel", ...seq];
    const want = [...own.map((name) => `params.layers_0.${name}`), "params.encoder.bias", "params.encoder.kernel", "params.decoder.bias", "params.decoder.kernel"];
    expect(names(new SequenceModel({ ...options, nLayers: 1, dOutput: 4, activation: "full_glu" }))).toEqual(want.sort());
    expect(names(new SequenceModel({ ...options, nLayers: 1 })).some((name) => /decoder|out/.test(name))).toBe(false);
  });

  test("of a ClassificationModel are flax's, batch statistics apart", () => {
    const model = new ClassificationModel({ ...options, dOutput: 4, norm: "batch" });
    const stats = names(model).filter((name) => name.startsWith("batch_stats."));
    expect(stats).toEqual([0, 1].flatMap((i) => ["mean", "var"].map((each) => `batch_stats.encoder.layers_${i}.norm.${each}`)));
    expect(shapes(model)).toMatchObject({ "params.encoder.encoder.kernel": [3, 2], "params.decoder.kernel": [2, 4], "params.encoder.layers_1.norm.scale": [2] });
  });

  test("of normalisations are those of the layer's reference; a mean square has no bias", () => {
    expect(names(new SequenceModel({ ...options, layer: { name: "Lru" }, norm: "batch" }))).toContain("batch_stats.layers_0.normalization.mean");
    const rms = names(new SequenceModel({ ...options, norm: "rms" }));
    expect(rms).toContain("params.layers_0.norm.scale");
    expect(rms).not.toContain("params.layers_0.norm.bias");
  });

  test("of states are the layers'", () => {
    const state = new SequenceModel({ ...options, layer: [s5, { name: "Lru", options: { dHidden: 5 } }] }).initialState(3);
    expect(Object.entries(state).map(([key, plane]) => [key, plane.length])).toEqual([["layers_0.re", 6], ["layers_0.im", 6], ["layers_1.re", 15], ["layers_1.im", 15]]);
    const pooled = new ClassificationModel({ ...options, dOutput: 4, nLayers: 1 }).initialState(3);
    expect(Object.keys(pooled)).toEqual(["layers_0.re", "layers_0.im", "pooled", "count"]);
  });
});

describe("options", () => {
  test("are complete", () => {
    const model = new ClassificationModel({ ...options, dOutput: 4, seed: 3 });
    const { layer, ...rest } = through(model.options);
    expect(rest).toEqual({ dInput: 3, dModel: 2, dOutput: 4, nLayers: 2, mode: "pool", padded: false, norm: "layer", prenorm: false, activation: "gelu", bnMomentum: 0.9, dropout: 0, dtype: "float32", seed: 3 });
    const { seed: _, ...complete } = new S5Ssm({ dModel: 2, ...s5.options }).options;
    expect(layer).toEqual({ name: "S5Ssm", options: complete });
    expect(_).toBe(0);
    expect(new SequenceModel({ layer: s5, dModel: 2, nLayers: 1 })).toMatchObject({ dInput: 2, dModel: 2, dOutput: 2 });
    expect(new SequenceModel({ ...options, batchnorm: true }).options).toMatchObject({ norm: "batch" });
  });

  test.each<[string, SequenceModelOptions]>([
    ["by name", { ...options, seed: 3 }],
    ["with a seed of the layers", { ...options, layer: { name: "Lru", options: { seed: 7 } }, dtype: "float64" }],
    ["a list", { ...options, layer: [s5, { name: "Lru" }] }],
    ["a function", { ...options, layer: (own) => new Lru({ ...own, dHidden: 3 }) }],
    ["blocks", { ...options, layer: { name: "S5Layer", options: { ...s5.options, activation: "half_glu1", batchnorm: true } } }],
  ])("make the same model again from JSON: %s", (_, each) => {
    const model = new SequenceModel({ ...each, dOutput: 3 });
    const again = new SequenceModel(through(model.options));
    expect(again.options).toEqual(through(model.options));
    expect(again.parameters()).toEqual(model.parameters());
    const [first, second] = [0, 1].map((i) => Object.entries(model.parameters()).find(([name]) => name.startsWith(`params.layers_${i}.seq.`) && /B(_re)?$/.test(name))![1].data);
    expect(first).not.toEqual(second);
  });

  test("of blocks that are given as layers are the blocks' own", () => {
    const layer = { name: "S5Layer", options: s5.options } as const;
    expect(names(new SequenceModel({ ...options, layer }))).toContain("params.layers_0.norm.scale");
    expect(new SequenceModel({ ...options, layer }).options).not.toHaveProperty("activation");
    expectRefusal(() => new SequenceModel({ ...options, layer, activation: "gelu" }), { code: "option", names: "activation" });
  });

  test("that are none are refused", () => {
    const refused = (more: object, names: string, ...says: (string | number | RegExp)[]): void => {
      expectRefusal(() => new SequenceModel({ ...options, ...more }), { code: "option", names, says });
    };
    for (const name of ["dModel", "nLayers", "layer"]) refused({ [name]: undefined }, name);
    refused({ nLayers: 0 }, "nLayers", 0);
    refused({ dInput: 1.5 }, "dInput", 1.5);
    refused({ norm: "group" }, "norm", /group/, /rms/);
    refused({ norm: "rms", batchnorm: true }, "batchnorm", /rms/);
    refused({ activation: "relu" }, "activation", /relu/, /none/);
    refused({ dropout: -1 }, "dropout", -1);
    refused({ mode: "pool" }, "mode");
    refused({ layer: "S5Ssm" }, "layer", /S5Ssm/);
    refused({ layer: { name: "S6" } }, "layer.name", /S6/, /S5Ssm/);
    refused({ layer: [s5] }, "layer", 1, 2);
    refused({ layer: { ...s5, options: { ...s5.options, dModel: 5 } } }, "dModel", 5, 2);
    refused({ layer: { ...s5, options: { ...s5.options, dtype: "float64" } } }, "dtype", /float32/, /float64/);
    refused({ layer: { ...s5, options: { ssm_size: 5 } } }, "ssm_size");
    refused({ layer: () => ({}) }, "layer");
    expectRefusal(() => new ClassificationModel(options as never), { code: "option", names: "dOutput" });
    expectRefusal(() => new ClassificationModel({ ...options, dOutput: 4, mode: "mean" as never }), { code: "option", names: "mode", says: [/mean/, /pool/] });
    const padded = new ClassificationModel({ ...options, dOutput: 4, padded: true });
    expectRefusal(() => padded.forward(new Float32Array(15), { batch: 1, length: 5 }), { code: "option", names: "lengths" });
    expect(padded.forward(new Float32Array(15), { batch: 1, length: 5 }, { lengths: Int32Array.of(3) }).y.length).toBe(4);
    expectRefusal(() => padded.forward(new Float32Array(14), { batch: 1, length: 5 }), { code: "shape", names: "u", says: [14, 15] });
  });
});
