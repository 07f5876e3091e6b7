// The laws of layers about what does not belong together: documents, padding, other sequences, the future.
import { expect, test } from "vitest";
import { expectClose, expectSameBits } from "./close.js";
import { steps } from "./pieces.js";
import { type Dtype, zeros } from "./precision.js";
import { marks } from "./random.js";
import { bounds, callOf, dims, modes, planesOf, stateOf, type Subject } from "./subject.js";

const { batch, length } = dims;

/** Documents, padding, batches. */
export function documentLaws(subject: Subject, dtype: Dtype): void {
  const bound = bounds[dtype];

  test("a reset begins a document that knows nothing of what was before, not even NaN", () => {
    const { layer, u, inputs, outputs, state, can } = callOf(subject, dtype);
    if (!can("reset")) return;
    const reset = new Uint8Array(batch * length);
    const begins = [0, 4, 5, 16, length];
    for (const t of begins.slice(0, -1)) reset[t] = 1;
    const whole = layer.forward(u, dims, { reset, ...(state && { state }) });
    const own = whole.y.slice(0, length * outputs);
    begins.slice(0, -1).forEach((from, i) => {
      const to = begins[i + 1]!;
      const alone = layer.forward(u.slice(from * inputs, to * inputs), { batch: 1, length: to - from });
      expectClose(`y from ${from}`, own.slice(from * outputs, to * outputs), alone.y, bound);
      if (to === length && can("state")) expectClose("state", planesOf(stateOf(whole.state, 0, batch)), planesOf(alone.state), bound);
    });
    u.fill(Number.NaN, 0, 5 * inputs);
    const stopped = layer.forward(u, dims, { reset, ...(state && { state }) });
    expectSameBits("y after NaN", stopped.y.slice(5 * outputs), whole.y.slice(5 * outputs));
    if (can("state")) expectSameBits("state after NaN", planesOf(stopped.state), planesOf(whole.state));
  });

  test("what comes later is not seen, unless both ways", () => {
    const { layer, u, inputs, outputs, can } = callOf(subject, dtype);
    if (!can("step")) return;
    const whole = layer.forward(u, dims).y;
    for (let n = 0; n < batch; n++) u.fill(Number.NaN, (n * length + 20) * inputs, (n * length + 20) * inputs + 1);
    const before = steps([layer.forward(u, dims).y], dims, outputs, 0, 20);
    expectSameBits("y before NaN", before, steps([whole], dims, outputs, 0, 20));
  });

  test("padding changes nothing, whatever stands in it, and gives zero, in every mode", () => {
    const { layer, u, inputs, outputs, state, can } = callOf(subject, dtype);
    const lengths = Int32Array.of(length, 0, 9);
    lengths.forEach((valid, n) => u.fill(Number.NaN, (n * length + valid) * inputs, (n + 1) * length * inputs));
    for (const mode of modes.filter((each) => each === "auto" || can(each))) {
      const padded = layer.forward(u, dims, { lengths, mode, ...(state && { state }) });
      lengths.forEach((valid, n) => {
        const [from, to] = [n * length, n * length + valid];
        const alone = layer.forward(u.slice(from * inputs, to * inputs), { batch: 1, length: valid }, state && { state: stateOf(state, n, batch) });
        expectClose(`y of ${n}, ${mode}`, padded.y.slice(from * outputs, to * outputs), alone.y, bound);
        expect(padded.y.slice(to * outputs, (n + 1) * length * outputs).every((value) => value === 0), `padding of ${n}, ${mode}`).toBe(true);
        if (state) expectClose(`state of ${n}, ${mode}`, planesOf(stateOf(padded.state, n, batch)), planesOf(alone.state), bound);
      });
    }
  });

  test("sequences of a batch do not know of each other", () => {
    const { layer, u, inputs, outputs } = callOf(subject, dtype);
    const whole = layer.forward(u, dims).y;
    const alone = [0, 1, 2].map((n) => layer.forward(u.slice(n * length * inputs, (n + 1) * length * inputs), { batch: 1, length }).y);
    alone.forEach((y, n) => expectClose(`y of ${n}`, whole.slice(n * length * outputs, (n + 1) * length * outputs), y, bound));
    u.fill(Number.NaN, 0, length * inputs);
    expectSameBits("y of the others", layer.forward(u, dims).y.slice(length * outputs), whole.slice(length * outputs));
  });

  test("the same call gives the same bits, and writes to none of its arguments", () => {
    const { layer, u, random, state, can } = callOf(subject, dtype);
    const options = { ...(state && { state }), ...(can("reset") && { reset: marks(random, batch * length) }), lengths: Int32Array.of(length, 3, 9) };
    const given = [u, ...(state ? planesOf(state) : [])];
    const before = given.map((plane) => plane.slice());
    const [one, other] = [layer.forward(u, dims, options), layer.forward(u, dims, options)];
    expectSameBits("y and state", [other.y, ...planesOf(other.state)], [one.y, ...planesOf(one.state)]);
    expectSameBits("arguments", given, before);
  });

  test("nothing in an axis is legal, and leaves the state as it was", () => {
    const { layer, state, can } = callOf(subject, dtype);
    const empty = zeros(dtype, 0);
    for (const mode of modes.filter((each) => each === "auto" || can(each))) {
      for (const shape of [{ batch: 0, length: 5 }, { batch: 2, length: 0 }, { batch: 0, length: 0 }]) expect(layer.forward(empty, shape, { mode }).y).toHaveLength(0);
      if (state === undefined) continue;
      const left = layer.forward(empty, { batch, length: 0 }, { state, mode }).state;
      expectSameBits("state", planesOf(left), planesOf(state));
      planesOf(left).forEach((plane, i) => expect(plane).not.toBe(planesOf(state)[i]));
    }
    if (can("step")) expect(layer.step(empty, layer.initialState(0)).y).toHaveLength(0);
  });
}
