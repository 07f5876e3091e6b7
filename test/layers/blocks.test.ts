// The layers of deep S5 and LRU models: against their references and by their definition.
import { type Layer, LruLayer, S5Layer, type Tensor } from "ssm-scan";
import { describe, expect, test } from "vitest";
import { block, type BlockOptions } from "../reference/block.js";
import { lru } from "../reference/lru.js";
import { s5 } from "../reference/s5.js";
import { expectClose } from "../support/close.js";
import { fixture, fixtureNames, referenceErrors } from "../support/fixtures.js";
import { describeEach } from "../support/layer-laws.js";
import { type Dtype, typed } from "../support/precision.js";
import { generator, uniform } from "../support/random.js";
import { expectRefusal } from "../support/refusal.js";

type S5LayerOptions = ConstructorParameters<typeof S5Layer>[0];
type Parameters = Record<string, Tensor>;

const activations = ["gelu", "full_glu", "half_glu1", "half_glu2"] as const;
const small = { dModel: 5, ssmSize: 8, blocks: 2, seed: 2 };
const files = fixtureNames.filter((name) => name.startsWith("s5layer_")).sort();

test("there are 8 golden files", () => {
  expect(files).toHaveLength(8);
});

const behind = (prefix: string, parameters: Parameters): Parameters =>
  Object.fromEntries(Object.entries(parameters).filter(([name]) => name.startsWith(prefix)).map(([name, tensor]) => [name.slice(prefix.length), tensor]));

describeEach("blocks", (dtype) => {
  const random = generator(3);
  const dims = { batch: 2, length: 9 };
  const bound = (name: string): number => (dtype === "float64" ? 1e-12 : Math.max(4 * referenceErrors[name]!, 1e-6));

  test.each(files)("S5Layer gives what the reference gives: %s", async (name) => {
    const { tensors, meta } = await fixture(name);
    const { activation, prenorm } = meta as unknown as Required<Pick<S5LayerOptions, "activation" | "prenorm">>;
    const layer = new S5Layer({ dModel: 4, ssmSize: 8, blocks: 2, CInit: "lecun_normal", activation, prenorm, dtype });
    layer.loadParameters(tensors, { prefix: "params." });
    expectClose("y", layer.forward(typed(dtype, tensors["x"]!.data), { batch: 1, length: 16 }).y, tensors["y"]!.data, bound(name));
  });

  test("LruLayer gives what the reference gives", async () => {
    const { tensors } = await fixture("lru_layer_pre_ln");
    const layer = new LruLayer({ dModel: 4, dHidden: 8, prenorm: true, dtype });
    layer.loadParameters(tensors, { prefix: "params." });
    expectClose("y", layer.forward(typed(dtype, tensors["x"]!.data), { batch: 1, length: 16 }).y, tensors["y"]!.data, bound("lru_layer_pre_ln"));
  });

  /** Parameters away from where they begin. */
  function shaken<L extends Layer>(layer: L): L {
    for (const [name, { data }] of Object.entries(layer.parameters())) {
      data.forEach((x, i) => { data[i] = x + (name.endsWith("var") ? 0.5 : 0.2) * random(); });
    }
    return layer;
  }
  const loose = dtype === "float64" ? 1e-12 : 4e-6;

  test.each(activations.flatMap((activation) => [true, false].map((prenorm) => ({ activation, prenorm }))))("agree with the definition: %o", ({ activation, prenorm }) => {
    const u = uniform(random, dtype, 2 * 9 * 5);
    for (const bidirectional of [true, false]) {
      const layer = shaken(new S5Layer({ ...small, activation, prenorm, batchnorm: true, bidirectional, dtype }));
      const own = layer.parameters();
      const how: BlockOptions = { activation, prenorm, norm: "batch", normName: "norm" };
      const want = block(own, how, u, 5, (x) => s5(behind("seq.", own), { bidirectional }, x, dims).y);
      expectClose("y", layer.forward(u, dims).y, want, loose);
    }
    const layer = shaken(new LruLayer({ dModel: 5, norm: "batch", prenorm, dtype }));
    const own = layer.parameters();
    const how: BlockOptions = { activation: "full_glu", prenorm, norm: "batch", normName: "normalization" };
    expectClose("y", layer.forward(u, dims).y, block(own, how, u, 5, (x) => lru(behind("seq.", own), x, dims).y), loose);
  });

  test("pass on what the layer in them takes, and what it does not", () => {
    const u = uniform(random, dtype, 2 * 9 * 5);
    const dt = uniform(random, dtype, 9, 0.5, 2);
    const layer = new S5Layer({ ...small, prenorm: true, dtype });
    const own = layer.parameters();
    const how: BlockOptions = { activation: "gelu", prenorm: true, norm: "layer", normName: "norm" };
    expectClose("y", layer.forward(u, dims, { dt }).y, block(own, how, u, 5, (x) => s5(behind("seq.", own), {}, x, dims, { dt }).y), loose);
  });

  test("load all of their parameters or none", () => {
    const layer = new S5Layer({ ...small, activation: "full_glu", batchnorm: true, dtype });
    const other = new S5Layer({ ...small, activation: "full_glu", batchnorm: true, seed: 9, dtype });
    const u = uniform(random, dtype, 90);
    const before = layer.forward(u, dims).y;
    const refused = (change: (all: Parameters) => void, expected: Parameters | object): void => {
      const all = other.parameters();
      change(all);
      expectRefusal(() => { layer.loadParameters(all); }, expected);
      expectClose("y", layer.forward(u, dims).y, before, 0);
    };
    refused((all) => delete all["seq.B"], { code: "file", says: [/missing: seq\.B/] });
    refused((all) => delete all["out2.bias"], { code: "file", says: [/missing: out2\.bias/] });
    refused((all) => (all["out3.bias"] = all["out2.bias"]!), { code: "file", says: [/unexpected: out3\.bias/] });
    refused((all) => (all["seq.E"] = all["seq.D"]!), { code: "file", says: [/unexpected: seq\.E/] });
    refused((all) => (all["seq.D"] = { dims: [4], data: typed(dtype, [1, 2, 3, 4]) }), { code: "shape", names: "seq.D", says: [4, 5] });
    layer.loadParameters(other.parameters());
    expectClose("y", layer.forward(u, dims).y, other.forward(u, dims).y, 0);
  });
});

describe("options of blocks", () => {
  const names = (layer: Layer): string[] => Object.keys(layer.parameters()).sort();
  const seq = ["seq.B", "seq.C", "seq.D", "seq.Lambda_im", "seq.Lambda_re", "seq.log_step"];

  test.each([
    [{}, ["norm.bias", "norm.scale", ...seq]],
    [{ activation: "half_glu1" as const }, ["norm.bias", "norm.scale", "out2.bias", "out2.kernel", ...seq]],
    [{ activation: "full_glu" as const, batchnorm: true }, ["batch_stats.norm.mean", "batch_stats.norm.var", "norm.bias", "norm.scale", "out1.bias", "out1.kernel", "out2.bias", "out2.kernel", ...seq]],
  ])("S5Layer has flax's names: %o", (more, want) => {
    expect(names(new S5Layer({ ...small, ...more }))).toEqual(want);
  });

  test("are complete, and make the same layer again", () => {
    const layer = new S5Layer(small);
    expect(layer.options).toMatchObject({ ...small, activation: "gelu", prenorm: false, batchnorm: false, bnMomentum: 0.9, dropout: 0, dtype: "float32", discretization: "zoh" });
    const again = new S5Layer(JSON.parse(JSON.stringify(layer.options)) as S5LayerOptions);
    expectClose("B", again.parameters()["seq.B"]!.data, layer.parameters()["seq.B"]!.data, 0);
    const lruLayer = new LruLayer({ dModel: 3 });
    expect(lruLayer.options).toEqual({ dModel: 3, dHidden: 64, rMin: 0, rMax: 1, maxPhase: 6.28, norm: "layer", prenorm: false, dropout: 0, dtype: "float32", seed: 0 });
    const gates = (of: Layer, dtype: Dtype = "float64"): unknown => [dtype, of.parameters()["out1.kernel"]!.data];
    expect(gates(new LruLayer(lruLayer.options))).toEqual(gates(lruLayer));
    expect(gates(new LruLayer({ dModel: 3, seed: 1 }))).not.toEqual(gates(lruLayer));
  });
});
