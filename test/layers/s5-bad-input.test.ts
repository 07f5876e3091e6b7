// What the S5 layer refuses, and in which words.
import { init, type Layer, S5Ssm } from "ssm-scan";
import { beforeAll, describe, expect, test } from "vitest";
import { backends } from "../support/backends.js";
import { expectRefusal } from "../support/refusal.js";
import { type S5Options, type S5State } from "../support/s5-layers.js";

const options: S5Options = { dModel: 3, ssmSize: 8, blocks: 2, seed: 1 };
const dims = { batch: 2, length: 5 };
const judged = ["option", "shape"] as const;

describe.each(backends)("S5Ssm on %s", (name) => {
  let layer: Layer;
  const u = new Float32Array(30).fill(1);
  const forward = (more: object) => () => layer.forward(u, dims, more);
  const state = (length = 8): S5State => ({ re: new Float32Array(length), im: new Float32Array(length) });

  beforeAll(async () => {
    await init({ backend: name });
    layer = new S5Ssm(options);
  });

  test("sizes that are none", () => {
    for (const key of ["dModel", "ssmSize", "blocks"]) {
      for (const size of [-1, 1.5, Number.NaN, "8"]) {
        expectRefusal(() => new S5Ssm({ ...options, [key]: size }), { code: judged, names: key, says: [String(size)] });
      }
    }
    expectRefusal(() => new S5Ssm({} as S5Options), { code: judged, names: "dModel" });
    expectRefusal(() => new S5Ssm(undefined as never));
  });

  test("states that blocks do not divide, or pairs do not", () => {
    expectRefusal(() => new S5Ssm({ ...options, ssmSize: 9 }), { code: judged, names: "ssmSize", says: [9, 2] });
    expectRefusal(() => new S5Ssm({ ...options, ssmSize: 6 }), { code: judged, names: "ssmSize", says: [6, 2, /conj/] });
    expect(new S5Ssm({ ...options, ssmSize: 6, conjSym: false }).dModel).toBe(3);
  });

  test("choices that are none", () => {
    expectRefusal(() => new S5Ssm({ ...options, CInit: "normal" as never }), { code: "option", names: "CInit", says: [/lecun_normal/] });
    expectRefusal(() => new S5Ssm({ ...options, discretization: "euler" as never }), { code: "option", names: "discretization", says: [/zoh/, /bilinear/] });
    expectRefusal(() => new S5Ssm({ ...options, dtype: "float16" as never }), { says: [/float16/] });
    expectRefusal(() => new S5Ssm({ ...options, conj_sym: true } as S5Options), { code: "option", names: "conj_sym" });
    expectRefusal(() => new S5Ssm({ ...options, bidirectional: "yes" as never }), { code: "option", names: "bidirectional" });
    for (const key of ["dtMin", "dtMax", "stepRescale"]) {
      expectRefusal(() => new S5Ssm({ ...options, [key]: "1" }), { code: "option", names: key });
      expectRefusal(() => new S5Ssm({ ...options, [key]: Number.NaN }), { code: "option", names: key });
    }
  });

  test("an input of another length or precision", () => {
    expectRefusal(() => layer.forward(new Float32Array(29), dims), { code: "shape", names: "u", says: [29, 30] });
    expectRefusal(() => layer.forward(new Float64Array(30), dims), { code: "dtype", names: "u", says: [/float32/i, /float64/i] });
    expectRefusal(() => layer.forward([1, 2, 3] as never, dims), { code: "dtype", names: "u" });
    expectRefusal(() => layer.forward(u, { batch: -2, length: 5 }), { code: "shape", names: "batch", says: [-2] });
    expectRefusal(() => layer.forward(u, { batch: 2, length: 2.5 }), { code: "shape", names: "length", says: [2.5] });
  });

  test("a state of another length or precision, or none", () => {
    expectRefusal(forward({ state: state(7) }), { code: "shape", names: "state", says: [7, 8] });
    expectRefusal(forward({ state: { re: new Float64Array(8), im: new Float64Array(8) } }), { code: "dtype", names: "state" });
    expectRefusal(forward({ state: { re: new Float32Array(8) } }), { names: "state" });
    expectRefusal(forward({ state: 5 }), { names: "state" });
  });

  test("intervals, resets and lengths that do not fit", () => {
    expectRefusal(forward({ dt: new Float32Array(4) }), { code: "shape", names: "dt", says: [4, 5] });
    expectRefusal(forward({ dt: new Float64Array(5) }), { code: "dtype", names: "dt" });
    expectRefusal(forward({ reset: new Uint8Array(9) }), { code: "shape", names: "reset", says: [9, 10] });
    expectRefusal(forward({ reset: [1] }), { code: "dtype", names: "reset" });
    expectRefusal(forward({ lengths: Int32Array.of(1) }), { code: "shape", names: "lengths", says: [1, 2] });
    expectRefusal(forward({ lengths: Int32Array.of(1, 6) }), { code: "shape", names: "lengths", says: [6, 5] });
    expectRefusal(forward({ lengths: Int32Array.of(1, -1) }), { code: "shape", names: "lengths", says: [-1] });
    expectRefusal(forward({ lengths: [1, 2] }), { code: "dtype", names: "lengths" });
  });

  test("a mode or an option that does not exist", () => {
    expectRefusal(forward({ mode: "parallel" }), { code: "option", names: "mode", says: [/parallel/] });
    expectRefusal(forward({ State: state() }), { code: "option", names: "State" });
    expectRefusal(forward({ reverse: true }), { code: "option", names: "reverse" });
  });

  test("a step's arrays that do not fit; nothing is moved then", () => {
    const moved: S5State = { re: new Float32Array(8).fill(1), im: new Float32Array(8).fill(1) };
    const ut = new Float32Array(6);
    expectRefusal(() => layer.step(new Float32Array(5), moved), { code: "shape", names: "u", says: [5] });
    expectRefusal(() => layer.step(ut, state(7)), { code: "shape", names: "state", says: [7, 8] });
    expectRefusal(() => layer.step(ut, moved, { out: new Float32Array(5) }), { code: "shape", names: "out", says: [5, 6] });
    expectRefusal(() => layer.step(ut, moved, { dt: new Float32Array(3) }), { code: "shape", names: "dt", says: [3, 2] });
    expectRefusal(() => layer.step(ut, moved, { out: new Float64Array(6) }), { code: "dtype", names: "out" });
    expect([...moved.re, ...moved.im].every((value) => value === 1)).toBe(true);
  });

  test("a batch that is none", () => {
    for (const batch of [-1, 1.5, Number.NaN]) {
      expectRefusal(() => layer.initialState(batch), { code: "shape", names: "batch", says: [batch] });
    }
  });
});
