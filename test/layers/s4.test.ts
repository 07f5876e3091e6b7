// The laws of S4 and S4D: every mode, pieces and steps are one thing.
import { init, type Real } from "ssm-scan";
import { beforeAll, describe, expect, test } from "vitest";
import { backends } from "../support/backends.js";
import { expectClose, expectSameBits } from "../support/close.js";
import { joined, steps } from "../support/pieces.js";
import { arrayOf, dtypes, zeros } from "../support/precision.js";
import { generator, marks, uniform } from "../support/random.js";
import { expectRefusal } from "../support/refusal.js";
import { bidirectional, causal, defined, definedKernel, make, type S4Case, type S4Layer, type S4State, someState, stateSize, title } from "../support/s4-layers.js";

const dims = { batch: 3, length: 19 };
const modes = ["auto", "scan", "recurrent", "convolution"] as const;

describe.each(backends.flatMap((name) => dtypes.map((dtype) => [name, dtype] as const)))("on %s in %s", (name, dtype) => {
  const bound = dtype === "float64" ? 1e-11 : 5e-6;
  const random = generator(7);
  const width = 4;
  const signal = (length = dims.length): Real => uniform(random, dtype, dims.batch * length * width);
  const build = (which: S4Case): S4Layer => make(which, { dtype });
  const expectState = (what: string, got: S4State, want: S4State): void => expectClose(what, [got.re, got.im], [want.re, want.im], bound);

  beforeAll(async () => {
    await init({ backend: name });
  });

  describe.each(causal.map((which) => [title(which), which] as const))("%s", (_, which) => {
    test("every mode agrees with the definition, from any state", () => {
      const [layer, u, state] = [build(which), signal(), someState(which, dtype, 3)];
      const want = defined(which, layer.parameters(), u, dims, { state });
      for (const mode of modes) {
        const got = layer.forward(u, dims, { mode, state });
        expectClose(`y, ${mode}`, got.y, want.y, bound);
        expectState(`state, ${mode}`, got.state, want.state);
        expect(got.y).toBeInstanceOf(arrayOf(dtype));
      }
      expectState("the state given", state, someState(which, dtype, 3));
    });

    test("the kernel is that of the definition, at every length", () => {
      const layer = build(which);
      for (const length of [0, 1, 2, 5, 16, 33]) {
        expectClose(`kernel of ${length}`, layer.kernel(length), definedKernel(which, layer.parameters(), length), bound);
      }
    });

    test("the state that is left out is `initialState`: zeros", () => {
      const [layer, u] = [build(which), signal()];
      const state = layer.initialState(3);
      expect(state).toEqual({ re: zeros(dtype, 3 * stateSize(which)), im: zeros(dtype, 3 * stateSize(which)) });
      expectSameBits("y", layer.forward(u, dims).y, layer.forward(u, dims, { state }).y);
    });

    test("two pieces joined by the state are the whole, wherever it is cut", () => {
      const [layer, u, state] = [build(which), signal(), someState(which, dtype, 3)];
      const want = defined(which, layer.parameters(), u, dims, { state });
      for (let cut = 0; cut <= dims.length; cut += 3) {
        const mode = modes[cut % 4]!;
        const part = (from: number, to: number): Real => steps([u], dims, width, from, to)[0]!;
        const head = layer.forward(part(0, cut), { ...dims, length: cut }, { state, mode });
        const tail = layer.forward(part(cut, dims.length), { ...dims, length: dims.length - cut }, { state: head.state, mode });
        expectClose(`y cut at ${cut}`, joined([head.y], [tail.y], dims, width, cut), [want.y], bound);
        expectState(`state cut at ${cut}`, tail.state, want.state);
      }
    });

    test("steps are the whole; they move the state in place and fill `out`", () => {
      const [layer, u, state] = [build(which), signal(), someState(which, dtype, 3)];
      const want = defined(which, layer.parameters(), u, dims, { state });
      const y = u.slice().fill(Number.NaN);
      const { re } = state;
      for (let t = 0; t < dims.length; t++) {
        const out = zeros(dtype, 3 * width).fill(Number.NaN);
        const got = layer.step(steps([u], dims, width, t, t + 1)[0]!, state, { out });
        expect(got.y).toBe(out);
        for (let n = 0; n < 3; n++) y.set(out.subarray(n * width, (n + 1) * width), (n * dims.length + t) * width);
      }
      expect(state.re).toBe(re);
      expectClose("y", y, want.y, bound);
      expectState("state", state, want.state);
    });

    test("resets begin sequences, padding counts for nothing, and NaN before a reset or in padding is not seen", () => {
      const [layer, u, state] = [build(which), signal(), someState(which, dtype, 3)];
      const reset = marks(random, 57);
      const lengths = Int32Array.of(19, 7, 0);
      const want = defined(which, layer.parameters(), u, dims, { state, reset, lengths });
      const got = layer.forward(u, dims, { state, reset, lengths });
      expectClose("y", got.y, want.y, bound);
      expectState("state", got.state, want.state);
      const padded = defined(which, layer.parameters(), u, dims, { lengths });
      const poisoned = u.slice();
      poisoned.fill(Number.NaN, (19 + 7) * width);
      for (const mode of modes) {
        const { y, state: left } = layer.forward(poisoned, dims, { lengths, mode });
        expectClose(`y with padding, ${mode}`, y, padded.y, bound);
        expectState(`state with padding, ${mode}`, left, padded.state);
      }
      poisoned.set(u);
      poisoned.fill(Number.NaN, 0, 5 * width);
      const cut = new Uint8Array(57);
      cut[5] = 1;
      const after = defined(which, layer.parameters(), u, dims, { reset: cut });
      expectClose("y after NaN", layer.forward(poisoned, dims, { reset: cut }).y.subarray(5 * width, 19 * width), after.y.subarray(5 * width, 19 * width), bound);
    });
  });

  describe.each(bidirectional.map((which) => [title(which), which] as const))("%s", (_, which) => {
    test("every mode agrees with the definition: the second readout sees what follows", () => {
      const [layer, u, lengths] = [build(which), signal(), Int32Array.of(19, 1, 11)];
      for (const call of [{}, { lengths }]) {
        const want = defined(which, layer.parameters(), u, dims, call);
        for (const mode of modes) expectClose(`y, ${mode}`, layer.forward(u, dims, { ...call, mode }).y, want.y, bound);
      }
      const reset = marks(random, 57);
      expectClose("y with resets", layer.forward(u, dims, { reset }).y, defined(which, layer.parameters(), u, dims, { reset }).y, bound);
    });

    test("it has two kernels for each head, and neither state nor step", () => {
      const [layer, u] = [build(which), signal()];
      expectClose("kernel", layer.kernel(9), definedKernel(which, layer.parameters(), 9), bound);
      const state = someState(which, dtype, 3);
      expectRefusal(() => layer.forward(u, dims, { state }), { code: "unsupported", says: [/bidirectional/] });
      expectRefusal(() => layer.step(u.subarray(0, width), state), { code: "unsupported", says: [/bidirectional/] });
      expectRefusal(() => layer.initialState(1), { code: "unsupported", says: [/bidirectional/] });
    });
  });

  test("a rate of a call is the constructor's, and S4D at rate 2 is steps twice as long", () => {
    const u = signal();
    for (const which of [causal[0]!, causal[4]!]) {
      const [layer, twice] = [build(which), make({ ...which, options: { ...which.options, rate: 2 } }, { dtype })];
      expectSameBits("y", layer.forward(u, dims, { rate: 2 }).y, twice.forward(u, dims).y);
    }
    const [layer, longer] = [build(causal[0]!), build(causal[0]!)];
    const step = longer.parameters()["layer.kernel.inv_dt"]!;
    step.data.forEach((value, i) => (step.data[i] = value + Math.LN2));
    expectClose("y", longer.forward(u, dims).y, layer.forward(u, dims, { rate: 2 }).y, bound);
  });

  test("parameters are live", () => {
    for (const which of [causal[0]!, causal[4]!]) {
      const [layer, u] = [build(which), signal()];
      layer.forward(u, dims, { mode: "convolution" });
      for (const tensor of ["layer.kernel.C", "layer.D", "output_linear.0.bias"]) layer.parameters()[tensor]!.data[1]! += 0.5;
      const want = defined(which, layer.parameters(), u, dims);
      for (const mode of modes) expectClose(`y, ${mode}`, layer.forward(u, dims, { mode }).y, want.y, bound);
    }
  });

  test("a cut readout of S4 is that of a kernel of `l_kernel` steps", () => {
    for (const length of [3, 40]) {
      const [layer, u] = [build(causal[4]!), signal()];
      layer.parameters()["layer.kernel.l_kernel"]!.data[0] = length;
      const want = defined(causal[4]!, layer.parameters(), u, dims);
      for (const mode of modes) expectClose(`y, ${mode}`, layer.forward(u, dims, { mode }).y, want.y, bound);
    }
  });

  test("axes of nothing give nothing", () => {
    for (const which of [...causal, ...bidirectional]) {
      for (const mode of modes) {
        const layer = build(which);
        expect(layer.forward(zeros(dtype, 0), { batch: 0, length: 4 }, { mode }).y).toHaveLength(0);
        expect(layer.forward(zeros(dtype, 0), { batch: 2, length: 0 }, { mode }).y).toHaveLength(0);
      }
    }
  });
});
