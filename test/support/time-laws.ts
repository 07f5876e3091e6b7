// The laws of layers in time: what they compute is their definition, and whole, pieces, steps and modes are one thing.
import type { ForwardOptions, Real } from "ssm-scan";
import { expect, test } from "vitest";
import { expectClose, expectSameBits } from "./close.js";
import { definitions, type Result, type State } from "./layer-definitions.js";
import { joined, steps } from "./pieces.js";
import { arrayOf, type Dtype, zeros } from "./precision.js";
import { marks, uniform } from "./random.js";
import { bounds, type Call, callOf, copyOf, dims, modes, planesOf, refusals, type Subject } from "./subject.js";

const { batch, length } = dims;

/** What results may be from the definition. */
const definitionBounds = { float32: 2e-6, float64: 1e-12 };

const sizes = ({ random }: Call, dtype: Dtype, count: number): Real => uniform(random, dtype, count, 0.2, 1.5);

function expectResult(what: string, got: Result, want: Result, bound: number, state = true): void {
  expectClose(`y of ${what}`, got.y, want.y, bound);
  if (!state) return;
  expect(Object.keys(got.state).sort(), `planes of ${what}`).toEqual(Object.keys(want.state).sort());
  expectClose(`state of ${what}`, planesOf(got.state), planesOf(want.state), bound);
}

/** The definition, pieces, steps, modes. */
export function timeLaws(subject: Subject, dtype: Dtype): void {
  const bound = bounds[dtype];

  test("it can do what it should, and says what it cannot", () => {
    const lost = refusals(subject.make(dtype));
    expect([...lost].sort()).toEqual([...(subject.cannot ?? lost)].sort());
  });

  test("it is its definition: from a state and from none, with resets, padding, steps of any size", () => {
    const call = callOf(subject, dtype);
    const { layer, u, state, random, can } = call;
    const define = subject.define ?? definitions[layer.constructor.name];
    if (define === undefined) return;
    const some: ForwardOptions<State> = { ...(state && { state }), ...(can("reset") && { reset: marks(random, batch * length) }), lengths: Int32Array.of(length, 0, 9) };
    const dts = can("dt") ? [{ dt: sizes(call, dtype, length) }, { dt: sizes(call, dtype, batch * length) }] : [];
    for (const options of [{}, ...(state ? [{ state }] : []), some, ...dts, ...dts.map((dt) => ({ ...some, ...dt }))]) {
      const [got, want] = [layer.forward(u, dims, options), define(layer, u, dims, options)];
      expectResult(Object.keys(options).join(", "), got, want, (subject.bound ?? definitionBounds)[dtype], state !== undefined);
      expect(got.y).toBeInstanceOf(arrayOf(dtype));
    }
  });

  test("a state that is left out is `initialState`: zeros", () => {
    const { layer, u, can } = callOf(subject, dtype);
    if (!can("state")) return;
    const state = layer.initialState(batch);
    for (const plane of planesOf(state)) expect(plane).toEqual(zeros(dtype, plane.length));
    const [without, given] = [layer.forward(u, dims), layer.forward(u, dims, { state })];
    expectSameBits("y and state", [without.y, ...planesOf(without.state)], [given.y, ...planesOf(given.state)]);
  });

  test("two pieces joined by the state are the whole, wherever it is cut, in every mode", () => {
    const call = callOf(subject, dtype);
    const { layer, u, inputs, outputs, state, can } = call;
    if (state === undefined) return;
    const dt = can("dt") ? sizes(call, dtype, batch * length) : undefined;
    // A convolution has one kernel for all steps.
    const able = modes.filter((mode) => (mode === "auto" || can(mode)) && (mode !== "convolution" || dt === undefined));
    const part = (from: number, to: number, mode: (typeof modes)[number]): ForwardOptions<State> => ({ mode, ...(dt && { dt: steps([dt], dims, 1, from, to)[0]! }) });
    const whole = layer.forward(u, dims, { state, ...(dt && { dt }) });
    for (let cut = 0; cut <= length; cut++) {
      const mode = able[cut % able.length]!;
      const head = layer.forward(steps([u], dims, inputs, 0, cut)[0]!, { batch, length: cut }, { ...part(0, cut, mode), state });
      const tail = layer.forward(steps([u], dims, inputs, cut, length)[0]!, { batch, length: length - cut }, { ...part(cut, length, mode), state: head.state });
      expectResult(`a cut at ${cut}`, { y: joined([head.y], [tail.y], dims, outputs, cut)[0]!, state: tail.state }, whole, bound);
    }
  });

  test("steps are the whole; they move the state in place, fill `out`, and leave u alone", () => {
    const call = callOf(subject, dtype);
    const { layer, u, inputs, outputs, state: entering, can } = call;
    if (entering === undefined) return;
    const dt = can("dt") ? sizes(call, dtype, batch * length) : undefined;
    const whole = layer.forward(u, dims, { state: entering, ...(dt && { dt }) });
    const state = copyOf(entering);
    const planes = planesOf(state);
    const y = zeros(dtype, whole.y.length);
    for (let t = 0; t < length; t++) {
      const now = steps([u], dims, inputs, t, t + 1)[0]!;
      const before = now.slice();
      const out = t % 2 === 0 ? zeros(dtype, batch * outputs).fill(Number.NaN) : undefined;
      const moved = layer.step(now, state, { ...(out && { out }), ...(dt && { dt: steps([dt], dims, 1, t, t + 1)[0]! }) });
      if (out !== undefined) expect(moved.y).toBe(out);
      expect(moved.state).toBe(state);
      expectSameBits("u", now, before);
      for (let n = 0; n < batch; n++) y.set(moved.y.subarray(n * outputs, (n + 1) * outputs), (n * length + t) * outputs);
    }
    planesOf(state).forEach((plane, i) => expect(plane).toBe(planes[i]));
    expectResult("steps", { y, state }, whole, bound);
  });

  test("every mode gives the same, from a state, with padding, of many steps", () => {
    for (const shape of [dims, { batch: 2, length: 150 }]) {
      const { layer, u, state, can } = callOf(subject, dtype, shape);
      const lengths = Int32Array.from({ length: shape.batch }, (_, n) => shape.length - 7 * n);
      for (const options of [{}, { lengths }, ...(state ? [{ state }, { state, lengths }] : [])]) {
        const want = layer.forward(u, shape, options);
        for (const mode of modes) if (mode !== "auto" && can(mode)) expectResult(mode, layer.forward(u, shape, { ...options, mode }), want, bound);
      }
    }
  });
}
