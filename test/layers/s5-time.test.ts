// How the S5 layer takes time: irregular samples, documents in one sequence, padding.
import { init, type Real, S5Ssm } from "ssm-scan";
import { beforeAll, describe, expect, test } from "vitest";
import { backends } from "../support/backends.js";
import { expectClose, expectSameBits } from "../support/close.js";
import { dtypes, zeros } from "../support/precision.js";
import { concat } from "../support/pieces.js";
import { generator, marks, uniform } from "../support/random.js";
import { bidirectional, causal, defined, expectState, s5Bound, type S5State, stateSize, stepped, title } from "../support/s5-layers.js";

const dims = { batch: 3, length: 23 };
const H = 5;
const all = [...causal, ...bidirectional].map((options) => [title(options), options] as const);

describe.each(backends.flatMap((name) => dtypes.map((dtype) => [name, dtype] as const)))("S5Ssm on %s in %s", (name, dtype) => {
  const bound = s5Bound(dtype);
  const random = generator(6);
  const signal = (batch = dims.batch, length = dims.length): Real => uniform(random, dtype, batch * length * H);
  const intervals = (length: number): Real => uniform(random, dtype, length, 0.1, 3);

  beforeAll(async () => {
    await init({ backend: name });
  });

  describe.each(all)("%s", (_, options) => {
    const make = (): S5Ssm => new S5Ssm({ ...options, dtype });

    test("irregular samples agree with the definition, shared by the batch or not", () => {
      const [layer, u] = [make(), signal()];
      for (const dt of [intervals(dims.length), intervals(dims.batch * dims.length)]) {
        const [got, want] = [layer.forward(u, dims, { dt }), defined(layer, options, u, dims, { dt })];
        expectClose("y", got.y, want.y, bound);
        if (!options.bidirectional) expectState("state", got.state, want.state, bound);
      }
    });

    test("an interval of 2 everywhere is a step twice as large", () => {
      const u = signal();
      const dt = zeros(dtype, dims.length).fill(2);
      const doubled = new S5Ssm({ ...options, dtype, stepRescale: 2 * (options.stepRescale ?? 1) });
      doubled.loadParameters(make().parameters());
      const [irregular, rescaled] = [make().forward(u, dims, { dt }), doubled.forward(u, dims)];
      expectClose("y", irregular.y, rescaled.y, bound);
      expectClose("y", make().forward(u, dims, { dt: dt.fill(1) }).y, make().forward(u, dims).y, bound);
    });

    test("a reset starts a document that knows nothing of what was before, nor it of what comes", () => {
      const [layer, u] = [make(), signal(1)];
      const reset = new Uint8Array(dims.length);
      for (const t of [0, 4, 5, 16]) reset[t] = 1;
      const { y, state } = layer.forward(u, { ...dims, batch: 1 }, { reset });
      const documents = [[0, 4], [4, 5], [5, 16], [16, 23]].map(([from, to]) =>
        layer.forward(u.slice(from! * H, to! * H), { batch: 1, length: to! - from! }),
      );
      const want = defined(layer, options, u, { ...dims, batch: 1 }, { reset });
      expectClose("y", y, want.y, bound);
      expectClose("y of the documents", concat(u, documents.map((each) => each.y)), want.y, bound);
      if (!options.bidirectional) expectState("state", state, documents[3]!.state, bound);
    });

    test("resets anywhere agree with the definition", () => {
      const [layer, u, reset] = [make(), signal(), marks(random, dims.batch * dims.length)];
      expectClose("y", layer.forward(u, dims, { reset }).y, defined(layer, options, u, dims, { reset }).y, bound);
    });

    test("padding changes nothing, whatever stands in it", () => {
      const [layer, u] = [make(), signal()];
      const lengths = Int32Array.of(23, 0, 9);
      const want = defined(layer, options, u, dims, { lengths });
      lengths.forEach((valid, n) => u.fill(Number.NaN, (n * dims.length + valid) * H, (n + 1) * dims.length * H));
      const { y, state } = layer.forward(u, dims, { lengths });
      expectClose("y", y, want.y, bound);
      lengths.forEach((valid, n) => {
        const padding = y.slice((n * dims.length + valid) * H, (n + 1) * dims.length * H);
        expect(padding.every((value) => value === 0)).toBe(true);
        const own = { batch: 1, length: valid };
        const alone = layer.forward(u.slice(n * dims.length * H, (n * dims.length + valid) * H), own);
        expectClose("y alone", y.slice(n * dims.length * H, (n * dims.length + valid) * H), alone.y, bound);
      });
      if (!options.bidirectional) expectState("state", state, want.state, bound);
    });

    test("irregular samples with padding agree with the definition", () => {
      const [layer, u, dt] = [make(), signal(), intervals(dims.batch * dims.length)];
      const lengths = Int32Array.of(1, 22, 9);
      expectClose("y", layer.forward(u, dims, { dt, lengths }).y, defined(layer, options, u, dims, { dt, lengths }).y, bound);
    });
  });

  describe.each(causal.map((options) => [title(options), options] as const))("%s", (_, options) => {
    const states = stateSize(options);
    const make = (): S5Ssm => new S5Ssm({ ...options, dtype });
    const someState = (): S5State => ({ re: uniform(random, dtype, 3 * states), im: uniform(random, dtype, 3 * states) });

    test("steps of irregular samples are the whole", () => {
      const [layer, u, dt, entering] = [make(), signal(), intervals(3 * dims.length), someState()];
      const want = defined(layer, options, u, dims, { dt, state: entering });
      const state: S5State = { re: entering.re.slice(), im: entering.im.slice() };
      expectClose("y", stepped(layer, u, dims, state, dt), want.y, bound);
      expectState("state", state, want.state, bound);
    });

    test("the state is that of the last valid step, or the entering one where there is none", () => {
      const [layer, u, state] = [make(), signal(), someState()];
      const lengths = Int32Array.of(0, 23, 7);
      const got = layer.forward(u, dims, { state, lengths }).state;
      expectState("state", got, defined(layer, options, u, dims, { state, lengths }).state, bound);
      expectSameBits("state of nothing", got.re.slice(0, states), state.re.slice(0, states));
    });

    test("all options at once agree with the definition", () => {
      const [layer, u, state, dt] = [make(), signal(), someState(), intervals(dims.length)];
      const forward = { state, dt, reset: marks(random, dims.batch * dims.length), lengths: Int32Array.of(5, 23, 14) };
      const [got, want] = [layer.forward(u, dims, forward), defined(layer, options, u, dims, forward)];
      expectClose("y", got.y, want.y, bound);
      expectState("state", got.state, want.state, bound);
    });
  });
});
