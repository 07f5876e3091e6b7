// How blocks, models and the textbook SSM begin: constants, distributions, HiPPO's matrices.
import { ClassificationModel, type HippoMeasure, init, type Layer, LinearRnn, LruLayer, makeHippo, S5Layer, SequenceModel, Ssm, type Tensor } from "ssm-scan";
import { beforeAll, describe, expect, test } from "vitest";
import { expectClose } from "../support/close.js";
import { expectNormal, expectTruncated, expectUniform } from "../support/statistics.js";

beforeAll(async () => {
  await init();
});

const dtype = "float64";
const deep = { dModel: 40, dInput: 60, nLayers: 2, activation: "full_glu", norm: "batch", seed: 3, dtype } as const;
const s5 = { ssmSize: 32, blocks: 2 };
const made: [string, () => Layer, number][] = [
  ["S5Layer", () => new S5Layer({ ...s5, dModel: 48, activation: "full_glu", batchnorm: true, seed: 1, dtype }), 2],
  ["LruLayer", () => new LruLayer({ dModel: 48, dHidden: 30, norm: "batch", seed: 2, dtype }), 2],
  ["SequenceModel", () => new SequenceModel({ ...deep, layer: { name: "S5Ssm", options: s5 }, dOutput: 50 }), 6],
  ["ClassificationModel", () => new ClassificationModel({ ...deep, layer: { name: "Lru" }, dOutput: 50 }), 6],
];

describe.each(made)("%s", (layer, make, count) => {
  const named = (pattern: RegExp): [string, Tensor][] => Object.entries(make().parameters()).filter(([name]) => pattern.test(name));

  test("dense layers are LeCun's truncated normal, apart from each other; their biases zero", () => {
    const kernels = named(/\.kernel$/);
    expect(kernels).toHaveLength(count);
    for (const [, { dims, data }] of kernels) expectTruncated(data, 1 / Math.sqrt(dims[0]!));
    expect(new Set(kernels.map(([, { data, dims }]) => data[0]! * Math.sqrt(dims[0]!))).size).toBe(count);
    for (const [name, { data }] of named(/(out1|out2|encoder|decoder)\.bias$/)) expect(data.every((value) => value === 0), name).toBe(true);
  });

  test("normalisations change nothing yet", () => {
    const values = { scale: 1, bias: 0, mean: 0, var: 1 } as const;
    const norms = named(/(norm|normalization)\.\w+$/);
    expect(norms).toHaveLength(layer.endsWith("Model") ? 8 : 4);
    for (const [name, { data }] of norms) expect(data.every((value) => value === values[name.split(".").at(-1) as "scale"]), name).toBe(true);
  });
});

test("the layer in a block is one of its class with a seed of its own", () => {
  const block = new S5Layer({ ...s5, dModel: 2000, seed: 1, dtype }).parameters();
  expectNormal(block["seq.D"]!.data, 1);
  expectUniform(new S5Layer({ dModel: 2, ssmSize: 4000, blocks: 500, dtMin: 0.01, dtMax: 0.5, dtype }).parameters()["seq.log_step"]!.data, Math.log(0.01), Math.log(0.5));
  expectNormal(new LruLayer({ dModel: 2000, dtype }).parameters()["seq.D"]!.data, 1);
});

describe("Ssm", () => {
  test.each(["legs", "legt", "lagt", "fourier"] as HippoMeasure[])("A is HiPPO's, B HiPPO's times a normal mix of features: %s", (measure) => {
    const { A, B } = new Ssm({ dModel: 900, stateSize: 6, init: measure, dtype }).parameters() as Record<"A" | "B", Tensor>;
    const hippo = makeHippo(6, measure);
    expectClose("A", A.data, hippo.A.data, 0);
    const mix = B.data.slice(0, 900).map((value) => value / hippo.B.data[0]!);
    expectNormal(mix, 1 / 30);
    expectClose("B", B.data, B.data.map((_value, at) => hippo.B.data[Math.floor(at / 900)]! * mix[at % 900]!), 1e-14);
  });

  test("C, D and a random system's B are normal, its A turns and dissipates", () => {
    const { A, B, C, D } = new Ssm({ dModel: 900, stateSize: 40, init: "random", dtype }).parameters() as Record<"A" | "B" | "C" | "D", Tensor>;
    expectNormal(B.data, 1 / 30);
    expectNormal(C.data, 1 / Math.sqrt(40));
    expectNormal(D.data, 1);
    const below = Array.from(A.data).filter((_value, at) => Math.floor(at / 40) > at % 40);
    expectNormal(below, 1);
    A.data.forEach((value, at) => expect(value + A.data[(at % 40) * 40 + Math.floor(at / 40)]!).toBe(at % 41 === 0 ? -1 : 0));
  });

  test("the step is drawn evenly in its logarithm, unless it is given", () => {
    const step = (options: object): number => new Ssm({ dModel: 1, stateSize: 1, dtype, ...options }).parameters()["log_step"]!.data[0]!;
    expectUniform(Array.from({ length: 500 }, (_, seed) => step({ seed, dtMin: 0.01, dtMax: 0.2 })), Math.log(0.01), Math.log(0.2));
    expect(step({ dt: 0.25 })).toBe(Math.log(0.25));
  });
});

test("LinearRnn's D is normal", () => {
  expectNormal(new LinearRnn({ dModel: 2000, stateSize: 2, dtype }).parameters()["D"]!.data, 1);
});
