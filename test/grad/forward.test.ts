// Layers and models on variables against the layers and models themselves, padding and documents included.
import { ClassificationModel, grad, init, type Layer, LinearRnn, Lru, LruLayer, Mamba, MinGru, MinLstm, S5Layer, S5Ssm, SequenceModel } from "ssm-scan";
import { beforeAll, describe, test } from "vitest";
import { backends } from "../support/backends.js";
import { expectClose } from "../support/close.js";
import { generator, marks, uniform } from "../support/random.js";

const own = { dModel: 4, dtype: "float64" } as const;
const s5 = { ssmSize: 8, blocks: 2 };
const deep = { ...own, nLayers: 2, dInput: 4 };

const makers: readonly [string, () => Layer][] = [
  ["S5Ssm", () => new S5Ssm({ ...own, ...s5 })],
  ["S5Ssm, both ways", () => new S5Ssm({ ...own, ...s5, bidirectional: true, discretization: "bilinear" })],
  ["S5Layer", () => new S5Layer({ ...own, ...s5, activation: "half_glu2", batchnorm: true })],
  ["Lru", () => new Lru({ ...own, dHidden: 5 })],
  ["LruLayer", () => new LruLayer({ ...own, dHidden: 5, prenorm: true })],
  ["MinGru", () => new MinGru({ ...own, expansionFactor: 1.5 })],
  ["MinLstm", () => new MinLstm(own)],
  ["Mamba", () => new Mamba({ ...own, dState: 3 })],
  ["Mamba with biases", () => new Mamba({ ...own, dState: 2, dConv: 3, expand: 1, dtRank: 2, bias: true, convBias: false })],
  ["Mamba of Falcon", () => new Mamba({ ...own, dState: 3, dtRank: 2, mixerRms: true, mixerRmsEps: 1e-5 })],
  ["Mamba without a past", () => new Mamba({ ...own, dState: 2, dConv: 1 })],
  ["LinearRnn", () => new LinearRnn({ ...own, stateSize: 5 })],
  ["SequenceModel", () => new SequenceModel({ ...deep, dOutput: 3, layer: { name: "S5Ssm", options: s5 }, norm: "batch", prenorm: true })],
  ["SequenceModel without a decoder", () => new SequenceModel({ ...deep, layer: { name: "Lru", options: { dHidden: 5 } }, norm: "rms", activation: "full_glu" })],
  ["SequenceModel of Mamba", () => new SequenceModel({ ...deep, layer: { name: "Mamba", options: { dState: 2 } }, norm: "rms", prenorm: true })],
  ["SequenceModel of blocks", () => new SequenceModel({ ...deep, dOutput: 3, layer: { name: "S5Layer", options: { ...s5, batchnorm: true } } })],
  ["ClassificationModel", () => new ClassificationModel({ ...deep, dOutput: 3, layer: [{ name: "MinGru" }, { name: "Lru", options: { dHidden: 5 } }], mode: "last" })],
];

describe.each(backends)("on %s", (backend) => {
  beforeAll(async () => {
    await init({ backend });
  });

  test.each(makers)("%s", (_, make) => {
    const layer = make();
    const random = generator(4);
    for (const { data } of Object.values(layer.parameters())) data.forEach((value, i) => (data[i] = value + 0.1 * random()));
    const dims = { batch: 3, length: 9 };
    const u = uniform(random, "float64", 3 * 9 * 4);
    for (const how of [{}, { reset: marks(random, 27) }, { lengths: Int32Array.of(9, 2, 5) }]) {
      const y = grad.forward(layer, layer.parameters(), { dims: [3, 9, 4], data: u }, how);
      expectClose(`y with ${Object.keys(how).join() || "nothing"}`, y.data, layer.forward(u, dims, how).y, 1e-12);
    }
  });
});
