// The S5 layer's laws: whole, pieces and steps are one thing.
import { init, type Real, S5Ssm } from "ssm-scan";
import { beforeAll, describe, expect, test } from "vitest";
import { backends } from "../support/backends.js";
import { expectClose, expectSameBits } from "../support/close.js";
import { arrayOf, dtypes, zeros } from "../support/precision.js";
import { concat, joined, steps } from "../support/pieces.js";
import { generator, uniform } from "../support/random.js";
import { expectRefusal } from "../support/refusal.js";
import { bidirectional, causal, defined, expectState, s5Bound, type S5State, stateSize, stepped, title } from "../support/s5-layers.js";

const dims = { batch: 3, length: 23 };

describe.each(backends.flatMap((name) => dtypes.map((dtype) => [name, dtype] as const)))("S5Ssm on %s in %s", (name, dtype) => {
  const bound = s5Bound(dtype);
  const random = generator(5);
  const signal = (batch = dims.batch, length = dims.length): Real => uniform(random, dtype, batch * length * 5);

  beforeAll(async () => {
    await init({ backend: name });
  });

  describe.each(causal.map((options) => [title(options), options] as const))("%s", (_, options) => {
    const states = stateSize(options);
    const make = (): S5Ssm => new S5Ssm({ ...options, dtype });
    const someState = (batch: number): S5State => ({
      re: uniform(random, dtype, batch * states),
      im: uniform(random, dtype, batch * states),
    });

    test("`forward` agrees with the definition, from any state", () => {
      const [layer, u, state] = [make(), signal(), someState(dims.batch)];
      const got = layer.forward(u, dims, { state });
      const want = defined(layer, options, u, dims, { state });
      expectClose("y", got.y, want.y, bound);
      expectState("state", got.state, want.state, bound);
      expect(got.y).toBeInstanceOf(arrayOf(dtype));
      expect(Object.keys(got.state).sort()).toEqual(["im", "re"]);
    });

    test("the state that is left out is `initialState`: zeros", () => {
      const [layer, u] = [make(), signal()];
      const state = layer.initialState(dims.batch);
      expect(state).toEqual({ re: zeros(dtype, 3 * states), im: zeros(dtype, 3 * states) });
      const [without, withZero] = [layer.forward(u, dims), layer.forward(u, dims, { state })];
      expectSameBits("y", without.y, withZero.y);
      expectSameBits("state.re", without.state.re, withZero.state.re);
    });

    test("two pieces joined by the state are the whole, wherever it is cut", () => {
      const [layer, u, state] = [make(), signal(), someState(dims.batch)];
      const want = defined(layer, options, u, dims, { state });
      for (let cut = 0; cut <= dims.length; cut++) {
        const part = (from: number, to: number): Real => steps([u], dims, 5, from, to)[0]!;
        const head = layer.forward(part(0, cut), { ...dims, length: cut }, { state });
        const tail = layer.forward(part(cut, dims.length), { ...dims, length: dims.length - cut }, { state: head.state });
        expectClose(`y cut at ${cut}`, joined([head.y], [tail.y], dims, 5, cut), [want.y], bound);
        expectState(`state cut at ${cut}`, tail.state, want.state, bound);
      }
    });

    test("steps are the whole", () => {
      const [layer, u, entering] = [make(), signal(), someState(dims.batch)];
      const want = defined(layer, options, u, dims, { state: entering });
      const state: S5State = { re: entering.re.slice(), im: entering.im.slice() };
      expectClose("y", stepped(layer, u, dims, state), want.y, bound);
      expectState("state", state, want.state, bound);
    });

    test("a step moves the state in place, fills `out`, and leaves u alone", () => {
      const [layer, u, state] = [make(), signal(2, 1), someState(2)];
      const [before, out] = [u.slice(), u.slice().fill(Number.NaN)];
      const want = defined(layer, options, u, { batch: 2, length: 1 }, { state });
      const [re, im] = [state.re, state.im];
      const got = layer.step(u, state, { out });
      expect(got.y).toBe(out);
      expect(got.state.re).toBe(re);
      expect(got.state.im).toBe(im);
      expectClose("y", out, want.y, bound);
      expectState("state", state, want.state, bound);
      expectSameBits("u", u, before);
    });

    test("a step without `out` allocates y", () => {
      const [layer, u] = [make(), signal(2, 1)];
      const { y, state } = layer.step(u, layer.initialState(2));
      const want = defined(layer, options, u, { batch: 2, length: 1 });
      expectClose("y", y, want.y, bound);
      expectState("state", state, want.state, bound);
    });

    test('modes "auto", "scan" and "recurrent" agree; there is no convolution', () => {
      const [layer, u, state] = [make(), signal(), someState(dims.batch)];
      const want = defined(layer, options, u, dims, { state });
      for (const mode of ["auto", "scan", "recurrent"] as const) {
        const got = layer.forward(u, dims, { state, mode });
        expectClose(mode, got.y, want.y, bound);
        expectState(mode, got.state, want.state, bound);
      }
      expectRefusal(() => layer.forward(u, dims, { mode: "convolution" }), { code: "unsupported", says: [/convolution/] });
    });
  });

  describe.each([...causal, ...bidirectional].map((options) => [title(options), options] as const))("%s", (_, options) => {
    const make = (): S5Ssm => new S5Ssm({ ...options, dtype });

    test("sequences of a batch do not know of each other", () => {
      const [layer, u] = [make(), signal()];
      const whole = layer.forward(u, dims).y;
      const size = dims.length * 5;
      const alone = [0, 1, 2].map((n) => layer.forward(u.slice(n * size, (n + 1) * size), { ...dims, batch: 1 }).y);
      expectClose("y", concat(u, alone), defined(layer, options, u, dims).y, bound);
      expectClose("y", whole, defined(layer, options, u, dims).y, bound);
      const poisoned = u.slice().fill(Number.NaN, 0, size);
      expectSameBits("y of the others", layer.forward(poisoned, dims).y.slice(size), whole.slice(size));
    });

    test("the same call gives the same bits, and writes to none of its inputs", () => {
      const [layer, u] = [make(), signal()];
      const reset = new Uint8Array(dims.batch * dims.length).map((_mark, t) => Number(t % 7 === 3));
      const dt = uniform(random, dtype, dims.length, 0.5, 2);
      const before = [u.slice(), dt.slice()];
      const [one, other] = [layer.forward(u, dims, { reset, dt }), layer.forward(u, dims, { reset, dt })];
      expectSameBits("y", one.y, other.y);
      expectSameBits("inputs", [u, dt], before);
    });

    test("nothing in an axis is legal", () => {
      const layer = make();
      for (const empty of [{ batch: 0, length: 4 }, { batch: 2, length: 0 }, { batch: 0, length: 0 }]) {
        const { y } = layer.forward(zeros(dtype, 0), empty);
        expect(y.length).toBe(0);
      }
    });
  });

  test("no steps leave the state as it was", () => {
    const layer = new S5Ssm({ ...causal[0]!, dtype });
    const state: S5State = { re: uniform(random, dtype, 12), im: uniform(random, dtype, 12) };
    const got = layer.forward(zeros(dtype, 0), { batch: 2, length: 0 }, { state });
    expectState("state", got.state, state, 0);
    expect(got.state.re).not.toBe(state.re);
  });

  test("`forward` leaves the state that it is given alone", () => {
    const layer = new S5Ssm({ ...causal[0]!, dtype });
    const state: S5State = { re: uniform(random, dtype, 18), im: uniform(random, dtype, 18) };
    const before = [state.re.slice(), state.im.slice()];
    layer.forward(signal(), dims, { state });
    expectSameBits("state", [state.re, state.im], before);
  });

  test.each(bidirectional.map((options) => [title(options), options] as const))("both ways, `forward` agrees with the definition: %s", (_, options) => {
    const [layer, u] = [new S5Ssm({ ...options, dtype }), signal()];
    expectClose("y", layer.forward(u, dims).y, defined(layer, options, u, dims).y, bound);
  });

  test("both ways, there are neither states nor steps", () => {
    const layer = new S5Ssm({ ...bidirectional[0]!, dtype });
    const state: S5State = { re: zeros(dtype, 18), im: zeros(dtype, 18) };
    expectRefusal(() => layer.forward(signal(), dims, { state }), { code: "unsupported", says: [/bidirectional/] });
    expectRefusal(() => layer.step(signal(3, 1), state), { code: "unsupported", says: [/bidirectional/] });
    expectRefusal(() => layer.forward(signal(), dims, { mode: "convolution" }), { code: "unsupported" });
  });

  test("a long sequence agrees with the definition", () => {
    const options = { dModel: 5, ssmSize: 64, blocks: 2, seed: 3 };
    const [layer, u] = [new S5Ssm({ ...options, dtype }), signal(1, 2_000)];
    const long = { batch: 1, length: 2_000 };
    expectClose("y", layer.forward(u, long).y, defined(layer, options, u, long).y, bound);
  });
});
