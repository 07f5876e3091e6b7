// What Mamba and Mamba-2 refuse, and in which words.
import { init, Mamba, Mamba2, MambaLanguageModel } from "ssm-scan";
import { beforeAll, describe, expect, test } from "vitest";
import { backends } from "../support/backends.js";
import { expectRefusal } from "../support/refusal.js";

const make = (Class: typeof Mamba | typeof Mamba2 | typeof MambaLanguageModel, options: object | undefined) => () => new Class(options as never);

beforeAll(async () => {
  await init({ backend: backends[0]! });
});

describe("options", () => {
  test.each([
    [Mamba, ["dModel", "dState", "dConv", "dtRank"]],
    [Mamba2, ["dModel", "dState", "dConv", "headdim", "dSsm", "ngroups", "normGroups", "chunkSize"]],
  ] as const)("sizes that are none", (Class, keys) => {
    for (const key of keys) {
      for (const size of [0, -1, 1.5, Number.NaN, "8"]) expectRefusal(make(Class, { dModel: 64, [key]: size }), { code: "option", names: key, says: [String(size)] });
    }
    for (const key of ["expand", "dtMin", "dtMax"]) {
      for (const size of [0, -1, Infinity, "8"]) expectRefusal(make(Class, { dModel: 64, [key]: size }), { code: "option", names: key, says: [String(size)] });
    }
    for (const key of ["bias", "convBias"]) expectRefusal(make(Class, { dModel: 64, [key]: 1 }), { code: "option", names: key });
    for (const options of [{}, undefined, { seed: 1 }]) expectRefusal(make(Class, options), { code: "option", names: "dModel" });
    expectRefusal(make(Class, { dModel: 64, d_state: 4 }), { code: "option", names: "d_state" });
    expectRefusal(make(Class, { dModel: 64, dtype: "float16" }), { code: "option", names: "dtype", says: [/float16/] });
    expectRefusal(make(Class, { dModel: 64, dtMin: 0.2 }), { code: "option", names: "dtMin", says: [0.2, 0.1] });
    expectRefusal(make(Class, { dModel: 64, expand: 0.01 }), { code: "option", names: "expand", says: [0.01, 64] });
    expectRefusal(make(Class, { dModel: 64, dtInitFloor: -1 }), { code: "option", names: "dtInitFloor", says: [-1] });
  });

  test("of one layer alone", () => {
    expectRefusal(make(Mamba, { dModel: 4, dtRank: "all" }), { code: "option", names: "dtRank", says: [/auto/, /all/] });
    expectRefusal(make(Mamba, { dModel: 4, dtInit: "uniform" }), { code: "option", names: "dtInit", says: [/constant/] });
    expectRefusal(make(Mamba, { dModel: 4, mixerRms: "yes" }), { code: "option", names: "mixerRms" });
    expectRefusal(make(Mamba, { dModel: 4, mixerRmsEps: 0 }), { code: "option", names: "mixerRmsEps" });
    expectRefusal(make(Mamba, { dModel: 4, headdim: 2 }), { code: "option", names: "headdim" });
    expectRefusal(make(Mamba2, { dModel: 20 }), { code: "option", names: "dSsm", says: [40, 64] });
    expectRefusal(make(Mamba2, { dModel: 64, ngroups: 3 }), { code: "option", names: "ngroups", says: [2, 3] });
    expectRefusal(make(Mamba2, { dModel: 64, normGroups: 3 }), { code: "option", names: "normGroups", says: [128, 3] });
    expectRefusal(make(Mamba2, { dModel: 64, dSsm: 192 }), { code: "option", names: "dSsm", says: [192, 128] });
    for (const limit of [[0.1, 0.01], [-1, 1], [1], 3, [0, "inf"]]) expectRefusal(make(Mamba2, { dModel: 64, dtLimit: limit }), { code: "option", names: "dtLimit" });
    for (const range of [[16, 1], [0, 1], [1, Infinity], [1], [1, null]]) expectRefusal(make(Mamba2, { dModel: 64, AInitRange: range }), { code: "option", names: "AInitRange" });
    expect(new Mamba2({ dModel: 64, dtLimit: [0, null] }).options.dtLimit).toEqual([0, Infinity]);
  });

  test("of a language model", () => {
    const right = { vocabSize: 7, dModel: 4, nLayers: 1, layer: { name: "Mamba" } };
    for (const key of ["vocabSize", "dModel", "nLayers"]) {
      expectRefusal(make(MambaLanguageModel, { ...right, [key]: undefined }), { code: "option", names: key });
      expectRefusal(make(MambaLanguageModel, { ...right, [key]: 0 }), { code: "option", names: key });
    }
    expectRefusal(make(MambaLanguageModel, { ...right, layer: { name: "Mamba3" } }), { code: "option", names: "layer.name", says: [/Mamba3/] });
    expectRefusal(make(MambaLanguageModel, { ...right, layer: { name: "Mamba", options: { dStates: 3 } } }), { code: "option", names: "dStates" });
    expectRefusal(make(MambaLanguageModel, { ...right, normEps: 0 }), { code: "option", names: "normEps" });
  });
});

describe.each(backends)("arguments on %s", (on) => {
  beforeAll(async () => {
    await init({ backend: on });
  });
  const dims = { batch: 2, length: 5 };

  test.each([["Mamba", () => new Mamba({ dModel: 4 })], ["Mamba2", () => new Mamba2({ dModel: 4, dState: 3, headdim: 4 })]] as const)("%s", (_, makeLayer) => {
    const layer = makeLayer();
    const u = new Float32Array(40).fill(1);
    const forward = (options: object) => () => layer.forward(u, dims, options);
    expectRefusal(() => layer.forward(u.slice(1), dims), { code: "shape", names: "u", says: [39, 40] });
    expectRefusal(() => layer.forward(new Float64Array(40), dims), { code: "dtype", names: "u" });
    expectRefusal(forward({ state: { conv: new Float32Array(3), ssm: new Float32Array(3) } }), { code: "shape", names: "state.conv", says: [3] });
    expectRefusal(forward({ state: {} }), { code: "dtype", names: "state.conv" });
    expectRefusal(forward({ reset: new Uint8Array(9) }), { code: "shape", names: "reset", says: [9, 10] });
    expectRefusal(forward({ lengths: Int32Array.of(1, 6) }), { code: "shape", names: "lengths", says: [6, 5] });
    expectRefusal(forward({ starts: Int32Array.of(1, 6) }), { code: "shape", names: "starts", says: [6, 5] });
    expectRefusal(forward({ starts: Int32Array.of(1, -1) }), { code: "shape", names: "starts", says: [-1] });
    expectRefusal(forward({ starts: Int32Array.of(1, 4), lengths: Int32Array.of(5, 3) }), { code: "shape", names: "starts", says: [4, 3] });
    expectRefusal(forward({ starts: Int32Array.of(1) }), { code: "shape", names: "starts", says: [1, 2] });
    expectRefusal(forward({ starts: [1, 2] }), { code: "dtype", names: "starts" });
    expectRefusal(forward({ reverse: true }), { code: "option", names: "reverse" });
    expectRefusal(() => layer.forward(u, dims, 3 as never), { code: "option" });
    const state = layer.initialState(2);
    expectRefusal(() => layer.step(new Float32Array(5), state), { code: "shape", names: "u", says: [5] });
    expectRefusal(() => layer.step(new Float32Array(12), state), { code: "shape", names: "state.conv" });
    expectRefusal(() => layer.step(new Float32Array(8), state, { out: new Float32Array(1) }), { code: "shape", names: "out", says: [1] });
    expect(state).toEqual(layer.initialState(2));
  });

  test("a language model", () => {
    const model = new MambaLanguageModel({ vocabSize: 7, dModel: 4, nLayers: 1, layer: { name: "Mamba" } });
    const ids = Int32Array.from({ length: 10 }, (_, i) => i % 7);
    const forward = (options: object) => () => model.forward(ids, dims, options);
    for (const wrong of [7, -1]) {
      ids[8] = wrong;
      expectRefusal(forward({}), { code: "shape", names: "ids", says: [8, wrong, 6] });
      expect(model.forward(ids, dims, { lengths: Int32Array.of(5, 3) }).logits).toHaveLength(70);
      expectRefusal(() => model.step(ids.slice(8, 9), model.initialState(1)), { code: "shape", names: "ids", says: [wrong] });
    }
    ids[8] = 0;
    expectRefusal(() => model.forward(ids.slice(1), dims), { code: "shape", names: "ids", says: [9, 10] });
    expectRefusal(() => model.forward([1] as never, dims), { code: "dtype", names: "ids" });
    expectRefusal(forward({ starts: Int32Array.of(6, 0) }), { code: "shape", names: "starts", says: [6, 5] });
    expectRefusal(forward({ lengths: Int32Array.of(6, 0) }), { code: "shape", names: "lengths", says: [6, 5] });
    expectRefusal(forward({ state: {} }), { code: "dtype", names: "state.layers.0.conv" });
    expectRefusal(forward({ logits: "first" }), { code: "option", names: "logits", says: [/last/] });
    expectRefusal(() => model.step(Int32Array.of(1), model.initialState(2)), { code: "shape", names: "state.layers.0.conv" });
    expectRefusal(() => model.step(Int32Array.of(1), model.initialState(1), { out: new Float32Array(3) }), { code: "shape", names: "out", says: [3, 7] });
  });
});
