// The laws of arguments: what does not fit a call of a layer is refused by name, and nothing is written then.
import { type ForwardOptions } from "ssm-scan";
import { test } from "vitest";
import { expectSameBits } from "./close.js";
import type { State } from "./layer-definitions.js";
import { type Dtype, zeros } from "./precision.js";
import { type Expected, expectRefusal } from "./refusal.js";
import { type Ability, callOf, dims, planesOf, type Subject } from "./subject.js";

const { batch, length } = dims;
const other = (dtype: Dtype): Dtype => (dtype === "float32" ? "float64" : "float32");

export function argumentLaws(subject: Subject, dtype: Dtype): void {
  const array = (size: number): ReturnType<typeof zeros> => zeros(dtype, size);
  const alien = (size: number): ReturnType<typeof zeros> => zeros(other(dtype), size);

  test("arguments of `forward` that do not fit", () => {
    const { layer, u, state, can } = callOf(subject, dtype);
    const before = u.slice();
    const refused = (options: object, expected: Expected): void => void expectRefusal(() => layer.forward(u, dims, options as ForwardOptions<State>), expected);
    expectRefusal(() => layer.forward(u.slice(1), dims), { code: "shape", names: "u", says: [u.length - 1, u.length] });
    expectRefusal(() => layer.forward(alien(u.length), dims), { code: "dtype", names: "u", says: [/float32/i, /float64/i] });
    expectRefusal(() => layer.forward([...u] as never, dims), { code: "dtype", names: "u" });
    for (const wrong of [-1, 1.5, Number.NaN]) {
      expectRefusal(() => layer.forward(u, { batch: wrong, length }), { code: "shape", names: "batch", says: [wrong] });
      expectRefusal(() => layer.forward(u, { batch, length: wrong }), { code: "shape", names: "length", says: [wrong] });
    }
    if (can("reset")) {
      refused({ reset: new Uint8Array(batch * length - 1) }, { code: "shape", names: "reset", says: [68, 69] });
      refused({ reset: new Array(batch * length).fill(0) }, { code: "dtype", names: "reset" });
    }
    refused({ lengths: Int32Array.of(1, 2) }, { code: "shape", names: "lengths", says: [2, 3] });
    refused({ lengths: Int32Array.of(1, 2, length + 1) }, { code: "shape", names: "lengths", says: [24, 23] });
    refused({ lengths: Int32Array.of(1, 2, -1) }, { code: "shape", names: "lengths", says: [-1] });
    refused({ lengths: [1, 2, 3] }, { code: "dtype", names: "lengths" });
    if (can("dt")) {
      refused({ dt: array(length + 1) }, { code: "shape", names: "dt", says: [24, 23] });
      refused({ dt: alien(length) }, { code: "dtype", names: "dt" });
    }
    for (const [name, plane] of Object.entries(state ?? {})) {
      refused({ state: { ...state, [name]: plane.slice(1) } }, { code: "shape", names: name, says: [plane.length - 1, plane.length] });
      refused({ state: { ...state, [name]: alien(plane.length) } }, { code: "dtype", names: name });
      refused({ state: { ...state, [name]: undefined } }, { code: "dtype", names: name });
    }
    if (state !== undefined) refused({ state: 5 }, { code: "option", names: "state" });
    refused({ mode: "parallel" }, { code: "option", names: "mode", says: [/parallel/, /recurrent/] });
    refused({ State: state }, { code: "option", names: "State" });
    refused({ reverse: true }, { code: "option", names: "reverse" });
    expectRefusal(() => layer.forward(u, dims, 5 as never), { code: "option", says: [5] });
    expectSameBits("u", u, before);
  });

  test("arguments of `step` that do not fit; nothing is moved then", () => {
    const { layer, inputs, outputs, state, can } = callOf(subject, dtype);
    if (state === undefined) return;
    const [u, before] = [array(batch * inputs), planesOf(state).map((plane) => plane.slice())];
    if (inputs > 1) expectRefusal(() => layer.step(array(batch * inputs - 1), state), { code: "shape", names: "u", says: [batch * inputs - 1, inputs] });
    expectRefusal(() => layer.step(alien(batch * inputs), state), { code: "dtype", names: "u" });
    expectRefusal(() => layer.step(array((batch + 1) * inputs), state), { code: "shape", names: Object.keys(state)[0]! });
    expectRefusal(() => layer.step(u, state, { out: array(batch * outputs + 1) }), { code: "shape", names: "out", says: [batch * outputs + 1, batch * outputs] });
    expectRefusal(() => layer.step(u, state, { out: alien(batch * outputs) }), { code: "dtype", names: "out" });
    expectRefusal(() => layer.step(u, state, { mode: "scan" } as never), { code: "option", names: "mode" });
    expectRefusal(() => layer.step(u, undefined as never), { names: Object.keys(state)[0]! });
    if (can("dt")) expectRefusal(() => layer.step(u, state, { dt: array(batch + 1) }), { code: "shape", names: "dt", says: [4, 3] });
    else expectRefusal(() => layer.step(u, state, { dt: array(1) }), { code: "unsupported", names: "dt" });
    expectSameBits("state", planesOf(state), before);
    for (const wrong of [-1, 1.5, Number.NaN]) expectRefusal(() => layer.initialState(wrong), { code: "shape", names: "batch", says: [wrong] });
  });

  test("what it cannot do, in words that say why", () => {
    const { layer, u, inputs, can } = callOf(subject, dtype);
    const why: Partial<Record<Ability, [() => unknown, RegExp]>> = {
      dt: [() => layer.forward(u, dims, { dt: array(length) }), /`dt`/],
      scan: [() => layer.forward(u, dims, { mode: "scan" }), /"scan".*(nonlinear|bidirectional|dss)/],
      convolution: [() => layer.forward(u, dims, { mode: "convolution" }), /"convolution"/],
      state: [() => layer.forward(u, dims, { state: {} }), /`state`.*bidirectional/],
      step: [() => layer.step(u.slice(0, inputs), {}), /`step`.*bidirectional/],
    };
    for (const [ability, [call, says]] of Object.entries(why)) {
      if (!can(ability as Ability)) expectRefusal(call, { code: "unsupported", says: [says] });
    }
    if (!can("state")) expectRefusal(() => layer.initialState(1), { code: "unsupported", says: [/bidirectional/] });
  });
}
