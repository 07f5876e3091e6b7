// The laws that every layer keeps, or says that it cannot.
import { init, type Layer, type Real } from "ssm-scan";
import { beforeAll, describe, expect, test } from "vitest";
import { backends } from "../support/backends.js";
import { expectClose, expectSameBits } from "../support/close.js";
import { ifAble, layers, planesOf } from "../support/every-layer.js";
import { concat, joined, steps } from "../support/pieces.js";
import { dtypes } from "../support/precision.js";
import { generator, uniform } from "../support/random.js";

const dims = { batch: 3, length: 23 };
const { batch, length } = dims;

describe.each(backends.flatMap((name) => dtypes.map((dtype) => [name, dtype] as const)))("on %s in %s", (backend, dtype) => {
  const bound = dtype === "float64" ? 1e-10 : 5e-6;

  beforeAll(async () => {
    await init({ backend });
  });

  describe.each(layers)("%s", (_, make) => {
    const random = generator(3);
    const input = (layer: Layer, rows = batch * length): Real => uniform(random, dtype, rows * layer.dModel);
    const width = (y: Real, rows = batch * length): number => y.length / rows;

    test("any two pieces joined by a state are the whole", () => {
      const layer = make(dtype);
      const u = input(layer);
      const whole = layer.forward(u, dims);
      for (const cut of [1, 7, 16, 22]) {
        const [head] = steps([u], dims, layer.dModel, 0, cut);
        const [tail] = steps([u], dims, layer.dModel, cut, length);
        const first = layer.forward(head!, { batch, length: cut });
        const second = ifAble(() => layer.forward(tail!, { batch, length: length - cut }, { state: first.state }));
        if (second === undefined) return expect(() => layer.initialState(1)).toThrow(/bidirectional/);
        const [y] = joined([first.y], [second.y], dims, width(whole.y), cut);
        expectClose(`y cut at ${cut}`, y!, whole.y, bound);
        expectClose(`state cut at ${cut}`, planesOf(second.state), planesOf(whole.state), bound);
      }
    });

    test("step after step is the whole, and moves the state in place", () => {
      const layer = make(dtype);
      const u = input(layer);
      const whole = layer.forward(u, dims);
      const state = ifAble(() => layer.initialState(batch));
      if (state === undefined) return expect(() => layer.step(u.slice(0, layer.dModel), {})).toThrow(/bidirectional/);
      const out = whole.y.slice(0, batch * width(whole.y));
      for (let t = 0; t < length; t++) {
        const [now] = steps([u], dims, layer.dModel, t, t + 1);
        const moved = layer.step(now!, state, { out: out.fill(Number.NaN) });
        expect(moved.state).toBe(state);
        expect(moved.y).toBe(out);
        expectClose(`y at ${t}`, out, steps([whole.y], dims, width(whole.y), t, t + 1)[0]!, 10 * bound);
      }
      expectClose("state", planesOf(state), planesOf(whole.state), bound);
    });

    test("a reset begins another sequence", () => {
      const layer = make(dtype);
      const u = input(layer, length);
      const reset = new Uint8Array(length);
      for (const t of [4, 5, 16]) reset[t] = 1;
      const one = ifAble(() => layer.forward(u, { batch: 1, length }, { reset }));
      if (one === undefined) return;
      const documents = [[0, 4], [4, 5], [5, 16], [16, length]].map(([from, to]) =>
        layer.forward(u.slice(from! * layer.dModel, to! * layer.dModel), { batch: 1, length: to! - from! }),
      );
      expectClose("y", one.y, concat(u, documents.map(({ y }) => y)), bound);
      expectClose("state", planesOf(one.state), planesOf(documents[3]!.state), bound);
    });

    test("right padding changes nothing, whatever stands in it", () => {
      const layer = make(dtype);
      const u = input(layer);
      const lengths = Int32Array.of(length, 0, 9);
      lengths.forEach((valid, n) => u.fill(Number.NaN, (n * length + valid) * layer.dModel, (n + 1) * length * layer.dModel));
      const padded = ifAble(() => layer.forward(u, dims, { lengths }));
      if (padded === undefined) return;
      const outputs = width(padded.y);
      lengths.forEach((valid, n) => {
        const own = u.slice(n * length * layer.dModel, (n * length + valid) * layer.dModel);
        const alone = layer.forward(own, { batch: 1, length: valid });
        const rows = padded.y.slice(n * length * outputs, (n + 1) * length * outputs);
        expectClose(`y of ${n}`, rows.slice(0, valid * outputs), alone.y, bound);
        expect(rows.slice(valid * outputs).every((value) => value === 0), `padding of ${n}`).toBe(true);
        const ownState = planesOf(padded.state).map((plane) => plane.slice((n * plane.length) / batch, ((n + 1) * plane.length) / batch));
        expectClose(`state of ${n}`, ownState, planesOf(alone.state), bound);
      });
    });

    test("all modes agree", () => {
      const layer = make(dtype);
      const u = input(layer);
      const { y } = layer.forward(u, dims);
      for (const mode of ["scan", "recurrent", "convolution"] as const) {
        const other = ifAble(() => layer.forward(u, dims, { mode }));
        if (other !== undefined) expectClose(mode, other.y, y, bound);
      }
    });

    test("arguments are left as they were, and calls do not disturb each other", () => {
      const layer = make(dtype);
      const u = input(layer);
      const before = u.slice();
      const [first, second] = [layer.forward(u, dims), layer.forward(u, dims)];
      expectSameBits("u", u, before);
      expectSameBits("y", second.y, first.y);
      const state = ifAble(() => layer.initialState(batch));
      if (state === undefined) return;
      planesOf(state).forEach((plane) => plane.set(uniform(random, dtype, plane.length, 0.1, 0.5)));
      const entering = planesOf(state).map((plane) => plane.slice());
      layer.forward(u, dims, { state });
      expectSameBits("state", planesOf(state), entering);
    });

    test("nothing gives nothing", () => {
      const layer = make(dtype);
      const empty = input(layer, 0);
      expect(layer.forward(empty, { batch: 0, length: 5 }).y).toHaveLength(0);
      expect(layer.forward(empty, { batch: 2, length: 0 }).y).toHaveLength(0);
      const { state } = layer.forward(input(layer), dims);
      const left = ifAble(() => layer.forward(empty, { batch, length: 0 }, { state }).state);
      if (left !== undefined) expectSameBits("state", planesOf(left), planesOf(state));
    });

    test("a seed gives the same layer again, another one another", () => {
      const [one, same, other] = [make(dtype, 7), make(dtype, 7), make(dtype, 8)].map((layer) => layer.parameters());
      const values = (parameters: typeof one): Real[] => Object.values(parameters!).map(({ data }) => data);
      expectSameBits("parameters", values(same), values(one));
      expect(values(other).some((data, i) => data.some((value, k) => value !== values(one)[i]![k]))).toBe(true);
    });

    test("parameters are live, and load into another layer", () => {
      const [one, other] = [make(dtype, 7), make(dtype, 8)];
      const u = input(one);
      const want = one.forward(u, dims).y;
      other.loadParameters(one.parameters());
      expectSameBits("y", other.forward(u, dims).y, want);
      for (const { data } of Object.values(other.parameters())) data.forEach((x, i) => { data[i] = x * 1.5; });
      expect(other.forward(u, dims).y.some((value, i) => value !== want[i])).toBe(true);
    });
  });
});
