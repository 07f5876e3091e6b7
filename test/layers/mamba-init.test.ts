// How Mamba and Mamba-2 begin: names, shapes, distributions, and the references' defaults.
import { init, Mamba, Mamba2, MambaLanguageModel, type Tensor } from "ssm-scan";
import { beforeAll, describe, expect, test } from "vitest";
import { backends } from "../support/backends.js";

const dtype = "float64";
type Parameters = Record<string, Tensor>;

const shapes = (parameters: Parameters): Record<string, readonly number[]> => Object.fromEntries(Object.entries(parameters).map(([name, { dims }]) => [name, [...dims]]));
const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

/** Evenly spread between two bounds, and no further. */
function expectUniform(values: number[], low: number, high: number): void {
  const width = high - low;
  expect(values.every((value) => value >= low - 1e-12 && value <= high + 1e-12)).toBe(true);
  const error = 5 / Math.sqrt(values.length);
  const scaled = values.map((value) => (value - low) / width);
  expect(Math.abs(mean(scaled) - 0.5)).toBeLessThan(0.29 * error);
  expect(Math.abs(Math.sqrt(12 * mean(scaled.map((value) => (value - 0.5) ** 2))) - 1)).toBeLessThan(error);
}

const within = (tensor: Tensor | undefined, bound: number): void => { expectUniform([...tensor!.data], -bound, bound); };
const isFilled = (tensor: Tensor | undefined, value: number): boolean => tensor!.data.every((each) => each === value);

beforeAll(async () => {
  await init({ backend: backends[0]! });
});

describe("Mamba", () => {
  test("has the references' names, shapes and defaults", () => {
    const layer = new Mamba({ dModel: 40 });
    expect(layer.options).toEqual({
      ...{ dModel: 40, dState: 16, dConv: 4, expand: 2, dtRank: 3, dtMin: 0.001, dtMax: 0.1, dtInit: "random", dtScale: 1, dtInitFloor: 1e-4 },
      ...{ convBias: true, bias: false, mixerRms: false, mixerRmsEps: 1e-6, dtype: "float32", seed: 0 },
    });
    expect(shapes(layer.parameters())).toEqual({
      "in_proj.weight": [160, 40],
      "conv1d.weight": [80, 1, 4],
      "conv1d.bias": [80],
      "x_proj.weight": [35, 80],
      "dt_proj.weight": [80, 3],
      "dt_proj.bias": [80],
      A_log: [80, 16],
      D: [80],
      "out_proj.weight": [40, 80],
    });
    const other = new Mamba({ dModel: 16, dtRank: 5, dState: 3, dConv: 2, expand: 3, bias: true, convBias: false }).parameters();
    expect(shapes(other)).toEqual({
      "in_proj.weight": [96, 16],
      "in_proj.bias": [96],
      "conv1d.weight": [48, 1, 2],
      "x_proj.weight": [11, 48],
      "dt_proj.weight": [48, 5],
      "dt_proj.bias": [48],
      A_log: [48, 3],
      D: [48],
      "out_proj.weight": [16, 48],
      "out_proj.bias": [16],
    });
  });

  test("starts as the reference does", () => {
    const p = new Mamba({ dModel: 64, dtRank: 4, dState: 5, expand: 8, bias: true, dtScale: 0.5, dtype }).parameters();
    within(p["in_proj.weight"], 1 / 8);
    within(p["in_proj.bias"], 1 / 8);
    within(p["conv1d.weight"], 1 / 2);
    within(p["conv1d.bias"], 1 / 2);
    within(p["x_proj.weight"], 1 / Math.sqrt(512));
    within(p["dt_proj.weight"], 0.25);
    within(p["out_proj.weight"], 1 / Math.sqrt(512));
    within(p["out_proj.bias"], 1 / Math.sqrt(512));
    expect(isFilled(p["D"], 1)).toBe(true);
    expect(p["A_log"]!.data.every((value, i) => Math.abs(Math.exp(value) - 1 - (i % 5)) < 1e-14)).toBe(true);
    expectUniform([...p["dt_proj.bias"]!.data].map((value) => Math.log(softplus(value))), Math.log(0.001), Math.log(0.1));
    expect(isFilled(new Mamba({ dModel: 4, dtRank: 4, dtInit: "constant", dtScale: 3, dtype }).parameters()["dt_proj.weight"], 1.5)).toBe(true);
    const floored = new Mamba({ dModel: 8, dtMin: 1e-6, dtMax: 1e-5, dtype }).parameters()["dt_proj.bias"]!;
    floored.data.forEach((value) => { expect(softplus(value)).toBeCloseTo(1e-4, 12); });
  });
});

describe("Mamba2", () => {
  test("has the references' names, shapes and defaults", () => {
    const layer = new Mamba2({ dModel: 64 });
    expect(layer.options).toEqual({
      ...{ dModel: 64, dState: 128, dConv: 4, convInit: 0.5, expand: 2, headdim: 64, dSsm: 128, ngroups: 1, AInitRange: [1, 16], DHasHdim: false },
      ...{ rmsnorm: true, normBeforeGate: false, normGroups: 1, normEps: 1e-5, dtMin: 0.001, dtMax: 0.1, dtInitFloor: 1e-4, dtLimit: [0, Infinity] },
      ...{ bias: false, convBias: true, chunkSize: 256, dtype: "float32", seed: 0 },
    });
    expect(shapes(layer.parameters())).toEqual({
      "in_proj.weight": [514, 64],
      "conv1d.weight": [384, 1, 4],
      "conv1d.bias": [384],
      dt_bias: [2],
      A_log: [2],
      D: [2],
      "norm.weight": [128],
      "out_proj.weight": [64, 128],
    });
    const other = new Mamba2({ dModel: 16, dState: 3, headdim: 4, dSsm: 24, ngroups: 2, DHasHdim: true, rmsnorm: false, bias: true, convBias: false }).parameters();
    expect(shapes(other)).toEqual({
      "in_proj.weight": [82, 16],
      "in_proj.bias": [82],
      "conv1d.weight": [36, 1, 4],
      dt_bias: [6],
      A_log: [6],
      D: [24],
      "out_proj.weight": [16, 32],
      "out_proj.bias": [16],
    });
  });

  test("starts as the reference does", () => {
    const p = new Mamba2({ dModel: 256, headdim: 1, dState: 8, AInitRange: [2, 7], dtMin: 0.01, dtMax: 0.5, convInit: 0.2, dtype }).parameters();
    within(p["in_proj.weight"], 1 / 16);
    within(p["conv1d.weight"], 0.2);
    within(p["conv1d.bias"], 1 / 2);
    within(p["out_proj.weight"], 1 / Math.sqrt(512));
    expect(isFilled(p["D"], 1) && isFilled(p["norm.weight"], 1)).toBe(true);
    expectUniform([...p["A_log"]!.data].map(Math.exp), 2, 7);
    expectUniform([...p["dt_bias"]!.data].map((value) => Math.log(softplus(value))), Math.log(0.01), Math.log(0.5));
    within(new Mamba2({ dModel: 128, headdim: 64, dtype }).parameters()["conv1d.weight"], 1 / 2);
  });
});

test("MambaLanguageModel has transformers' names, and starts as mamba_ssm's", () => {
  const common = { vocabSize: 60, dModel: 32, nLayers: 4, dtype } as const;
  const tied = new MambaLanguageModel({ ...common, layer: { name: "Mamba" } });
  const p = tied.parameters();
  const names = Object.keys(p);
  expect(names).toHaveLength(2 + 4 * 10);
  expect(names[0]).toBe("backbone.embeddings.weight");
  expect(names).toContain("backbone.layers.3.mixer.dt_proj.bias");
  expect(names).toContain("backbone.layers.0.norm.weight");
  expect(names.at(-1)).toBe("backbone.norm_f.weight");
  const embeddings = [...p["backbone.embeddings.weight"]!.data];
  expect(Math.sqrt(mean(embeddings.map((value) => value * value)))).toBeCloseTo(0.02, 2);
  within(p["backbone.layers.0.mixer.out_proj.weight"], 1 / Math.sqrt(64) / 2);
  const untied = new MambaLanguageModel({ ...common, tieEmbeddings: false, layer: { name: "Mamba2", options: { headdim: 8, dState: 4 } } });
  within(untied.parameters()["lm_head.weight"], 1 / Math.sqrt(32));
  expect(new MambaLanguageModel(untied.options).options).toEqual(untied.options);
});
