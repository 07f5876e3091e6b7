// What the layers whose state passes from step to step refuse, and in which words.
import { init, LinearRnn, MinGru, MinLstm, RgLru, Rnn } from "ssm-scan";
import { beforeAll, describe, expect, test } from "vitest";
import { backends } from "../support/backends.js";
import { generator } from "../support/random.js";
import { cases, H, Subject } from "../support/recurrent-layers.js";
import { expectRefusal } from "../support/refusal.js";

const classes = { MinGru, MinLstm, RgLru, Rnn, LinearRnn };
const counts: [keyof typeof classes, string[]][] = [
  ["MinGru", ["dModel", "dim"]],
  ["MinLstm", ["dModel", "dim"]],
  ["RgLru", ["dModel", "width", "numHeads"]],
  ["Rnn", ["dModel", "hiddenSize"]],
  ["LinearRnn", ["dModel", "stateSize"]],
];
const make = (name: keyof typeof classes, options: object | undefined) => () => new classes[name](options as never);

beforeAll(async () => {
  await init({ backend: backends[0]! });
});

describe.each(counts)("%s", (name, keys) => {
  test("sizes that are none", () => {
    for (const key of keys) {
      for (const size of [0, -1, 1.5, Number.NaN, "8"]) expectRefusal(make(name, { dModel: 4, [key]: size }), { code: "option", names: key, says: [String(size)] });
    }
    for (const options of [{}, undefined, { seed: 1 }]) expectRefusal(make(name, options), { code: "option", names: "dModel" });
    expectRefusal(make(name, null as never), { code: "option" });
  });

  test("options that do not exist, precisions that do not", () => {
    expectRefusal(make(name, { dModel: 4, d_model: 4 }), { code: "option", names: "d_model" });
    expectRefusal(make(name, { dModel: 4, bidirectional: true }), { code: "option", names: "bidirectional" });
    expectRefusal(make(name, { dModel: 4, dtype: "float16" }), { code: "option", names: "dtype", says: [/float16/] });
    expectRefusal(make(name, { dModel: 4, seed: "1" }), { code: "option", names: "seed" });
  });
});

test("one option by two names", () => {
  expectRefusal(() => new MinGru({ dModel: 4, dim: 5 }), { code: "option", names: "dim", says: [4, 5] });
  expectRefusal(() => new RgLru({ dModel: 4, width: 5 }), { code: "option", names: "width", says: [4, 5] });
  expect(new MinLstm({ dModel: 4, dim: 4 }).dModel).toBe(4);
});

test("options of one layer alone", () => {
  expectRefusal(() => new MinGru({ dim: 4, expansionFactor: 0.2 }), { code: "option", names: "expansionFactor", says: [0.2, 4] });
  expectRefusal(() => new MinGru({ dim: 4, expansionFactor: 0 }), { code: "option", names: "expansionFactor" });
  expectRefusal(() => new MinLstm({ dim: 4, projOut: 1 as never }), { code: "option", names: "projOut" });
  expectRefusal(() => new RgLru({ width: 9, numHeads: 2 }), { code: "option", names: "numHeads", says: [9, 2] });
  expectRefusal(() => new RgLru({ width: 8, wInitVarianceScale: -1 }), { code: "option", names: "wInitVarianceScale" });
  expectRefusal(() => new LinearRnn({ dModel: 4, init: "glorot" as never }), { code: "option", names: "init", says: [/ring/] });
  expectRefusal(() => new LinearRnn({ dModel: 4, rMin: 0.9, rMax: 0.5 }), { code: "option", names: "rMin", says: [0.9, 0.5] });
  expectRefusal(() => new LinearRnn({ dModel: 4, rMax: 1.5 }), { code: "option", names: "rMax", says: [1.5] });
  expectRefusal(() => new LinearRnn({ dModel: 4, maxPhase: Number.NaN }), { code: "option", names: "maxPhase" });
});

describe.each(backends.flatMap((on) => cases.map((each) => [each.name, on, each] as const)))("arrays that do not fit: %s on %s", (_, on, each) => {
  const dims = { batch: 2, length: 5 };
  const u = new Float32Array(10 * H).fill(1);
  let subject: Subject;

  beforeAll(async () => {
    await init({ backend: on });
    subject = new Subject(each, "float32", generator(1));
  });

  test("`forward`", () => {
    const forward = (options: object) => () => subject.layer.forward(u, dims, options);
    expectRefusal(() => subject.layer.forward(u.slice(1), dims), { code: "shape", names: "u", says: [59, 60] });
    expectRefusal(() => subject.layer.forward(new Float64Array(60), dims), { code: "dtype", names: "u" });
    expectRefusal(forward({ state: { h: new Float32Array(3) } }), { code: "shape", names: "state.h", says: [3] });
    expectRefusal(forward({ state: {} }), { code: "dtype", names: "state.h" });
    expectRefusal(forward({ reset: new Uint8Array(9) }), { code: "shape", names: "reset", says: [9, 10] });
    expectRefusal(forward({ lengths: Int32Array.of(1, 6) }), { code: "shape", names: "lengths", says: [6, 5] });
    expectRefusal(forward({ reverse: true }), { code: "option", names: "reverse" });
  });

  test("`step`, which then moves nothing", () => {
    const state = subject.state(2);
    const before = Object.values(state).map((plane) => [...plane]);
    expectRefusal(() => subject.layer.step(new Float32Array(H + 1), state), { code: "shape", names: "u", says: [H + 1] });
    expectRefusal(() => subject.layer.step(new Float32Array(3 * H), state), { code: "shape", names: "state.h" });
    expectRefusal(() => subject.layer.step(new Float32Array(2 * H), state, { out: new Float32Array(1) }), { code: "shape", names: "out", says: [1] });
    expect(Object.values(state).map((plane) => [...plane])).toEqual(before);
    expectRefusal(() => subject.layer.initialState(-1), { code: "shape", names: "batch", says: [-1] });
  });
});
