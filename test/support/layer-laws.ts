// Laws of every layer that runs forwards in time, whatever it computes.
import { init, type Layer, type Real } from "ssm-scan";
import { beforeAll, describe, expect, test } from "vitest";
import { backends } from "./backends.js";
import { expectClose, expectSameBits } from "./close.js";
import { concat, joined, steps } from "./pieces.js";
import { type Dtype, dtypes, zeros } from "./precision.js";
import { generator, uniform } from "./random.js";

type State = Record<string, Real>;

export interface Subject {
  make(dtype: Dtype): Layer;
  /** Features of the input and of the output; the layer's `dModel` if left out. */
  dInput?: number;
  dOutput?: number;
  bound?: Partial<Record<Dtype, number>>;
}

const dims = { batch: 3, length: 13 };

const stateOf = (state: State): Real[] => Object.keys(state).sort().map((key) => state[key]!);
export const copyOf = (state: State): State => Object.fromEntries(Object.entries(state).map(([key, plane]) => [key, plane.slice()]));

/** Repeats a suite for every backend and precision. */
export function describeEach(name: string, suite: (dtype: Dtype) => void): void {
  describe.each(backends.flatMap((backend) => dtypes.map((dtype) => [backend, dtype] as const)))(`${name} on %s in %s`, (backend, dtype) => {
    beforeAll(async () => {
      await init({ backend });
    });
    suite(dtype);
  });
}

/** That pieces, steps, documents and padding are what they should be. */
export function describeLaws(name: string, subject: Subject): void {
  describeEach(name, (dtype) => {
    const bound = subject.bound?.[dtype] ?? (dtype === "float64" ? 1e-12 : 2e-6);
    const random = generator(11);
    const make = (): { layer: Layer; inputs: number; outputs: number; u: Real } => {
      const layer = subject.make(dtype);
      const { dInput: inputs = layer.dModel, dOutput: outputs = layer.dModel } = subject;
      return { layer, inputs, outputs, u: uniform(random, dtype, dims.batch * dims.length * inputs) };
    };
    const expectStates = (got: State, want: State): void => {
      expect(Object.keys(got).sort()).toEqual(Object.keys(want).sort());
      expectClose("state", stateOf(got), stateOf(want), bound);
    };

    test.each([0, 1, 6, 13])("two pieces, cut at %i, are the whole", (cut) => {
      const { layer, inputs, outputs, u } = make();
      const whole = layer.forward(u, dims);
      const [head] = steps([u], dims, inputs, 0, cut);
      const [tail] = steps([u], dims, inputs, cut, dims.length);
      const first = layer.forward(head!, { batch: 3, length: cut });
      const kept = copyOf(first.state);
      const second = layer.forward(tail!, { batch: 3, length: dims.length - cut }, { state: first.state });
      expectClose("y", joined([first.y], [second.y], dims, outputs, cut), [whole.y], bound);
      expectStates(second.state, whole.state);
      expectSameBits("the state given", stateOf(first.state), stateOf(kept));
    });

    test("steps are the whole, in place", () => {
      const { layer, inputs, outputs, u } = make();
      const whole = layer.forward(u, dims);
      const state = layer.initialState(3);
      const planes = stateOf(state);
      const y = zeros(dtype, whole.y.length);
      for (let t = 0; t < dims.length; t++) {
        const out = zeros(dtype, 3 * outputs).fill(Number.NaN);
        const result = layer.step(steps([u], dims, inputs, t, t + 1)[0]!, state, t % 2 === 0 ? { out } : {});
        if (t % 2 === 0) expect(result.y).toBe(out);
        expect(result.state).toBe(state);
        for (let n = 0; n < 3; n++) y.set(result.y.subarray(n * outputs, (n + 1) * outputs), (n * dims.length + t) * outputs);
      }
      expectClose("y", y, whole.y, bound);
      expectStates(state, whole.state);
      stateOf(state).forEach((plane, i) => { expect(plane).toBe(planes[i]); });
    });

    test("a reset starts a document that knows nothing of what was before, NaN included", () => {
      const { layer, inputs, outputs, u } = make();
      const reset = new Uint8Array(3 * dims.length);
      reset[5] = reset[dims.length] = 1;
      const { y, state } = layer.forward(u, dims, { reset });
      const [before, after] = [u.slice(0, 5 * inputs), u.slice(5 * inputs, dims.length * inputs)];
      const parts = [layer.forward(before, { batch: 1, length: 5 }), layer.forward(after, { batch: 1, length: 8 })];
      expectClose("y", y.slice(0, dims.length * outputs), concat(u, parts.map((part) => part.y)), bound);
      for (const key of Object.keys(state)) expectClose(key, state[key]!.slice(0, state[key]!.length / 3), parts[1]!.state[key]!, bound);
      u.fill(Number.NaN, 0, 5 * inputs);
      const stopped = layer.forward(u, dims, { reset });
      expectSameBits("y after NaN", stopped.y.slice(5 * outputs), y.slice(5 * outputs));
    });

    test("padding changes nothing, whatever stands in it, and y is zero there", () => {
      const { layer, inputs, outputs, u } = make();
      const lengths = Int32Array.of(13, 0, 4);
      const before = layer.forward(u, dims).state;
      lengths.forEach((valid, n) => u.fill(Number.NaN, (n * dims.length + valid) * inputs, (n + 1) * dims.length * inputs));
      const { y, state } = layer.forward(u, dims, { lengths, state: before });
      lengths.forEach((valid, n) => {
        const first = n * dims.length;
        const own = Object.fromEntries(Object.entries(before).map(([key, plane]) => [key, plane.slice((n * plane.length) / 3, ((n + 1) * plane.length) / 3)]));
        const alone = layer.forward(u.slice(first * inputs, (first + valid) * inputs), { batch: 1, length: valid }, { state: own });
        expectClose("y", y.slice(first * outputs, (first + valid) * outputs), alone.y, bound);
        expect(y.slice((first + valid) * outputs, (first + dims.length) * outputs).every((value) => value === 0)).toBe(true);
        for (const key of Object.keys(own)) expectClose(key, state[key]!.slice((n * state[key]!.length) / 3, ((n + 1) * state[key]!.length) / 3), alone.state[key]!, bound);
      });
    });

    test("nothing gives nothing", () => {
      const { layer } = make();
      for (const empty of [{ batch: 0, length: 3 }, { batch: 2, length: 0 }]) {
        const { y, state } = layer.forward(zeros(dtype, 0), empty);
        expect(y.length).toBe(0);
        expectStates(state, layer.initialState(empty.batch));
      }
    });

    test("parameters are live, and load into another", () => {
      const { layer, u } = make();
      const before = layer.forward(u, dims).y;
      for (const [key, { data }] of Object.entries(layer.parameters())) {
        const kept = data.slice();
        for (let i = 0; i < data.length; i++) data[i] = data[i]! * 1.25 + 0.02;
        const after = layer.forward(u, dims).y;
        expect(() => { expectClose("y", after, before, 1e-9); }, key).toThrow();
        layer.parameters()[key]!.data.set(kept);
      }
      expectSameBits("y", layer.forward(u, dims).y, before);
      for (const { data } of Object.values(layer.parameters())) data.forEach((x, i) => { data[i] = x * 1.01; });
      const other = subject.make(dtype);
      other.loadParameters(layer.parameters());
      expectSameBits("y of the other", other.forward(u, dims).y, layer.forward(u, dims).y);
    });
  });
}
