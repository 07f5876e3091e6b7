// Layers whose state passes from step to step: whole, pieces and steps are one thing, which is the definition.
import { init, type Real } from "ssm-scan";
import { beforeAll, describe, expect, test } from "vitest";
import { backends } from "../support/backends.js";
import { expectClose, expectSameBits, scanBound } from "../support/close.js";
import { concat, joined, steps } from "../support/pieces.js";
import { arrayOf, dtypes, rounding, zeros } from "../support/precision.js";
import { generator, marks } from "../support/random.js";
import { cases, copied, expectStates, H, recurrentBound, Subject } from "../support/recurrent-layers.js";
import { expectRefusal } from "../support/refusal.js";

const dims = { batch: 3, length: 17 };
const every = backends.flatMap((name) => dtypes.flatMap((dtype) => cases.map((each) => [each.name, name, dtype, each] as const)));

describe.each(every)("%s on %s in %s", (_, name, dtype, each) => {
  const bound = recurrentBound(dtype);
  const random = generator(5);
  let subject: Subject;

  beforeAll(async () => {
    await init({ backend: name });
    subject = new Subject(each, dtype, random);
  });

  test("`forward` is the definition, from any state and from none", () => {
    const [u, state] = [subject.signal(dims), subject.state(3)];
    const before = [u.slice(), ...Object.values(copied(state))];
    for (const options of [{}, { state }]) {
      const [got, want] = [subject.layer.forward(u, dims, options), subject.defined(u, dims, options)];
      expectClose("y", got.y, want.y, bound);
      expectStates("state", got.state, want.state, bound);
      expect(got.y).toBeInstanceOf(arrayOf(dtype));
    }
    expectSameBits("inputs", [u, ...Object.values(state)], before);
  });

  test("the state that is left out is `initialState`: zeros", () => {
    const u = subject.signal(dims);
    const state = subject.layer.initialState(3);
    for (const [key, size] of Object.entries(subject.definition.state)) expect(state[key]).toEqual(zeros(dtype, 3 * size));
    const [without, withZero] = [subject.layer.forward(u, dims), subject.layer.forward(u, dims, { state })];
    expectSameBits("y", without.y, withZero.y);
    expectSameBits("state", Object.values(without.state), Object.values(withZero.state));
  });

  test("two pieces joined by the state are the whole, wherever it is cut", () => {
    const u = subject.signal(dims);
    const want = subject.defined(u, dims);
    for (let cut = 0; cut <= dims.length; cut++) {
      const part = (from: number, to: number): Real => steps([u], dims, H, from, to)[0]!;
      const head = subject.layer.forward(part(0, cut), { ...dims, length: cut });
      const tail = subject.layer.forward(part(cut, dims.length), { ...dims, length: dims.length - cut }, { state: head.state });
      expectClose(`y cut at ${cut}`, joined([head.y], [tail.y], dims, subject.width, cut), [want.y], bound);
      expectStates(`state cut at ${cut}`, tail.state, want.state, bound);
    }
  });

  test("steps are the whole, from any state and from none", () => {
    const u = subject.signal(dims);
    for (const entering of [subject.layer.initialState(3), subject.state(3)]) {
      const [want, state] = [subject.defined(u, dims, { state: entering }), copied(entering)];
      expectClose("y", subject.stepped(u, dims, state), want.y, bound);
      expectStates("state", state, want.state, bound);
    }
  });

  test("a step moves the state in place and leaves u alone, with `out` or without", () => {
    const one = { batch: 2, length: 1 };
    const [u, state] = [subject.signal(one), subject.state(2)];
    const [before, planes] = [u.slice(), { ...state }];
    const want = subject.defined(u, one, { state: copied(state) });
    const without = subject.layer.step(u, copied(state));
    const out = zeros(dtype, 2 * subject.width).fill(Number.NaN);
    const got = subject.layer.step(u, state, { out });
    expect(got.y).toBe(out);
    for (const [key, plane] of Object.entries(planes)) expect(got.state[key]).toBe(plane);
    expectClose("y", out, want.y, bound);
    expectSameBits("y without out", without.y, out);
    expectStates("state", state, want.state, bound);
    expectSameBits("u", u, before);
  });

  test("a reset starts a document that knows nothing of what was before, not even NaN", () => {
    const one = { ...dims, batch: 1 };
    const [u, state] = [subject.signal(one), subject.state(1)];
    const reset = new Uint8Array(dims.length);
    for (const t of [4, 5, 12]) reset[t] = 1;
    const want = subject.defined(u, one, { reset, state });
    const got = subject.layer.forward(u, one, { reset, state });
    expectClose("y", got.y, want.y, bound);
    expectStates("state", got.state, want.state, bound);
    const alone = subject.layer.forward(u.slice(12 * H), { ...one, length: 5 });
    expectClose("y of the last document", alone.y, want.y.slice(12 * subject.width), bound);
    state["h"]!.fill(Number.NaN);
    const poisoned = subject.layer.forward(u, one, { reset, state }).y.slice(4 * subject.width);
    expectSameBits("y after NaN", poisoned, got.y.slice(4 * subject.width));
  });

  test("padding changes nothing, whatever stands in it, and gives zero", () => {
    const [u, state] = [subject.signal(dims), subject.state(3)];
    const lengths = Int32Array.of(17, 0, 9);
    const wants = [{ lengths }, { lengths, state }, { lengths, state, reset: marks(random, 51) }].map((options) => [options, subject.defined(u, dims, options)] as const);
    lengths.forEach((valid, n) => u.fill(Number.NaN, (n * dims.length + valid) * H, (n + 1) * dims.length * H));
    for (const [options, want] of wants) {
      const got = subject.layer.forward(u, dims, options);
      expectClose("y", got.y, want.y, bound);
      expectStates("state", got.state, want.state, bound);
    }
  });

  test("sequences of a batch do not know of each other", () => {
    const u = subject.signal(dims);
    const whole = subject.layer.forward(u, dims).y;
    const size = dims.length * H;
    const alone = [0, 1, 2].map((n) => subject.layer.forward(u.slice(n * size, (n + 1) * size), { ...dims, batch: 1 }).y);
    expectClose("y", concat(u, alone), whole, bound);
    const poisoned = u.slice().fill(Number.NaN, 0, size);
    const own = dims.length * subject.width;
    expectSameBits("y of the others", subject.layer.forward(poisoned, dims).y.slice(own), whole.slice(own));
    expectSameBits("y again", subject.layer.forward(u, dims).y, whole);
  });

  test("a longer sequence agrees with the definition", () => {
    const long = { batch: 1, length: 700 };
    const u = subject.signal(long);
    const [want, serial] = [subject.defined(u, long).y, subject.defined(u, long, { round: rounding[dtype] }).y];
    expectClose("y", subject.layer.forward(u, long).y, want, scanBound(dtype, serial, want));
  });

  test("nothing in an axis is legal, and leaves the state as it was", () => {
    for (const empty of [{ batch: 0, length: 4 }, { batch: 2, length: 0 }, { batch: 0, length: 0 }]) {
      const state = subject.state(empty.batch);
      const got = subject.layer.forward(zeros(dtype, 0), empty, { state });
      expect(got.y.length).toBe(0);
      expectSameBits("state", Object.values(got.state), Object.values(state));
    }
    expect(subject.layer.step(zeros(dtype, 0), subject.layer.initialState(0)).y.length).toBe(0);
  });

  test("what the layer cannot do is refused as unsupported", () => {
    const u = subject.signal(dims);
    const dt = zeros(dtype, dims.length).fill(1);
    expectRefusal(() => subject.layer.forward(u, dims, { dt }), { code: "unsupported", names: "dt" });
    expectRefusal(() => subject.layer.step(u.slice(0, H), subject.state(1), { dt: dt.slice(0, 1) }), { code: "unsupported", names: "dt" });
    expectRefusal(() => subject.layer.forward(u, dims, { mode: "convolution" }), { code: "unsupported", says: [/convolution/] });
    const want = subject.layer.forward(u, dims).y;
    expectSameBits("recurrent", subject.layer.forward(u, dims, { mode: "recurrent" }).y, want);
    const scan = () => subject.layer.forward(u, dims, { mode: "scan" });
    if (each.name.startsWith("Rnn")) expectRefusal(scan, { code: "unsupported", says: [/nonlinear/] });
    else expectSameBits("scan", scan().y, want);
  });
});
