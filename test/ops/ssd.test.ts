// Mamba-2's recurrence: the reference's outputs, and the laws.
import { currentBackend, init, ssd, type SsdDims } from "ssm-scan";
import { beforeAll, describe, expect, test } from "vitest";
import { ssd as defined } from "../reference/ssd.js";
import { backends } from "../support/backends.js";
import { expectClose, expectSameBits } from "../support/close.js";
import { fixture } from "../support/fixtures.js";
import { joined, steps } from "../support/pieces.js";
import { arrayOf, dtypes, typed } from "../support/precision.js";
import { generator, marks } from "../support/random.js";
import { type Arrays, arraysFor, boundOf, expectResult } from "../support/ssd-calls.js";

describe.each(backends.flatMap((name) => dtypes.map((dtype) => [name, dtype] as const)))("ssd on %s in %s", (name, dtype) => {
  const random = generator(9);
  const bound = boundOf(dtype);
  const dims = { batch: 2, length: 75, heads: 4, headDim: 16, states: 24, groups: 2 };
  const soft = { dtSoftplus: true } as const;
  const make = (sizes: SsdDims = dims, sequences = sizes.batch): Arrays => arraysFor(random, dtype, sizes, { sequences });
  const width = dims.heads * dims.headDim;
  const widths = { x: width, z: width, dt: dims.heads, B: 48, C: 48 } as const;

  /** Steps `from` to `to` of the inputs that have steps. */
  const cut = (arrays: Arrays, from: number, to: number): Arrays => {
    const timed = Object.entries(widths).map(([key, size]) => [key, steps([arrays[key as keyof Arrays]], dims, size, from, to)[0]!]);
    return { ...arrays, ...(Object.fromEntries(timed) as Partial<Arrays>) };
  };

  beforeAll(async () => {
    await init({ backend: name });
  });

  test("gives what the reference gives", async () => {
    const { tensors } = await fixture("ssd_minimal");
    const [X, gates] = [tensors["X"]!.data, tensors["A"]!.data];
    const sizes = { batch: 2, length: 16, heads: 3, headDim: 4, states: 5, groups: 3 };
    const inputs = {
      x: typed(dtype, X.map((x, i) => x / -gates[Math.floor(i / 4)]!)),
      dt: typed(dtype, gates.map((gate) => -gate)),
      A: arrayOf(dtype).of(-1, -1, -1),
      B: typed(dtype, tensors["B"]!.data),
      C: typed(dtype, tensors["C"]!.data),
    };
    for (const chunk of [1, 4, 16]) {
      const { y, state } = ssd(inputs, sizes, { chunk });
      expectClose("y", y, typed("float64", tensors["y"]!.data), 5e-6);
      expectClose("state", state, typed("float64", tensors["final_state"]!.data), 5e-6);
    }
  });

  test("chunks of any size give the same, whatever the length", () => {
    for (const length of [1, 3, 64, 130]) {
      const sizes = { ...dims, length };
      const inputs = make(sizes);
      const want = defined(inputs, sizes, soft);
      for (const chunk of [1, 4, 64, 256, undefined]) expectResult(ssd(inputs, sizes, { ...soft, ...(chunk && { chunk }) }), want, bound);
    }
  });

  test("pieces joined by `state` are the whole, and so are single steps", () => {
    const inputs = make();
    const whole = ssd(inputs, dims, soft);
    for (const at of [0, 1, 30, 64, 75]) {
      const first = ssd(cut(inputs, 0, at), { ...dims, length: at }, soft);
      const second = ssd({ ...cut(inputs, at, 75), state: first.state }, { ...dims, length: 75 - at }, soft);
      expectClose("y", joined([first.y], [second.y], dims, width, at), [whole.y], bound);
      expectClose("state", second.state, whole.state, bound);
    }
    let state = inputs.state;
    for (let t = 0; t < 75; t++) {
      const step = ssd({ ...cut(inputs, t, t + 1), state }, { ...dims, length: 1 }, soft);
      expectClose("y", step.y, steps([whole.y], dims, width, t, t + 1)[0]!, 8 * bound);
      state = step.state;
    }
    expectClose("state", state, whole.state, bound);
  });

  test("packed sequences are sequences apart, each with its state", () => {
    const sizes = { ...dims, batch: 1, length: 90 };
    const cuSeqlens = Int32Array.of(0, 0, 1, 4, 70, 90);
    const inputs = make(sizes, 5);
    const got = ssd(inputs, sizes, { ...soft, cuSeqlens });
    expect(got.state).toHaveLength(5 * 4 * 16 * 24);
    cuSeqlens.subarray(1).forEach((to, s) => {
      const from = cuSeqlens[s]!;
      const size = 4 * 16 * 24;
      const timed = Object.entries(widths).map(([key, each]) => [key, inputs[key as keyof Arrays].subarray(from * each, to * each)]);
      const own = { ...inputs, ...(Object.fromEntries(timed) as Partial<Arrays>), state: inputs.state.subarray(s * size, (s + 1) * size) };
      const alone = ssd(own, { ...sizes, length: to - from }, soft);
      expectSameBits("y", got.y.subarray(from * width, to * width), alone.y);
      expectSameBits("state", got.state.subarray(s * size, (s + 1) * size), alone.state);
    });
  });

  test("a reset begins anew, and stops NaN", () => {
    const inputs = make();
    const reset = marks(random, 150, 0.05);
    expectResult(ssd(inputs, dims, { ...soft, reset }), defined(inputs, dims, { ...soft, reset }), bound);
    const at = new Uint8Array(150);
    at[20] = 1;
    const poisoned = { ...inputs, x: inputs.x.slice() };
    poisoned.x[10 * width + 5] = Number.NaN;
    const { y, state } = ssd(poisoned, dims, { ...soft, reset: at });
    const clean = ssd(inputs, dims, { ...soft, reset: at });
    expect(y.subarray(10 * width, 20 * width).some(Number.isNaN)).toBe(true);
    expect(y.subarray(0, 10 * width).some(Number.isNaN)).toBe(false);
    expectClose("y", y.subarray(20 * width), clean.y.subarray(20 * width), bound);
    expectClose("state", state, clean.state, bound);
  });

  test("step sizes of nothing, huge ones, and limits", () => {
    const inputs = make();
    const plain = { ...inputs, dtBias: inputs.dtBias.slice().fill(0), dt: inputs.dt.map((_, i) => [0, 1e4, 1e-4, 0.3, 1e9, 0, -1][i % 7]!) };
    expectResult(ssd(plain, dims), defined(plain, dims), bound);
    const still = ssd({ ...plain, dt: plain.dt.slice().fill(0) }, dims);
    expectSameBits("state", still.state, plain.state);
    for (const dtLimit of [[0.01, 0.5], [0.2, 0.2], [-Infinity, Infinity]] as const) {
      const options = { ...soft, dtLimit };
      expectResult(ssd(inputs, dims, options), defined(inputs, dims, options), bound);
    }
  });

  test("axes of nothing give nothing, and of no steps the state that entered", () => {
    for (const axis of ["batch", "heads", "headDim"] as const) {
      const sizes = { ...dims, [axis]: 0 };
      const { y, state } = ssd(make(sizes), sizes);
      expect([y.length, state.length]).toEqual([0, 0]);
    }
    const still = { ...dims, length: 0 };
    const inputs = make(still);
    expectSameBits("state", ssd(inputs, still).state, inputs.state);
    const blind = { ...dims, states: 0 };
    const given = make(blind);
    expectResult(ssd(given, blind), defined(given, blind), bound);
  });

  test("`out`, resident arrays, and inputs that stay as they are", () => {
    const inputs = make();
    const before = Object.values(inputs).map((array) => array.slice());
    const want = ssd(inputs, dims, soft);
    expectSameBits("inputs", Object.values(inputs), before);
    const out = { y: inputs.x.slice().fill(Number.NaN), state: inputs.state.slice().fill(Number.NaN) };
    const got = ssd(inputs, dims, { ...soft, out });
    expect(got.y).toBe(out.y);
    expect(got.state).toBe(out.state);
    expectSameBits("y", got.y, want.y);
    expectSameBits("state", got.state, want.state);
    const entries = Object.entries(inputs).map(([key, array]) => {
      const own = currentBackend().resident(dtype, array.length);
      own.data.set(array);
      return [key, own] as const;
    });
    const resident = Object.fromEntries(entries) as unknown as Arrays;
    expectSameBits("y", ssd(resident, dims, soft).y, want.y);
    entries.forEach(([, own]) => own.dispose());
  });
});
