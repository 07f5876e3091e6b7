// The selective scan: what it gives against its definition, and the laws of its options.
import fc from "fast-check";
import { type Complex, init, type Real, selectiveScan, selectiveStep } from "ssm-scan";
import { beforeAll, describe, expect, test } from "vitest";
import { selectiveScan as defined, softplus } from "../reference/selective-scan.js";
import { backends } from "../support/backends.js";
import { expectClose, expectSameBits } from "../support/close.js";
import { arrayOf, dtypes } from "../support/precision.js";
import { generator, marks } from "../support/random.js";
import { expectDefined, make } from "../support/selective.js";

describe.each(backends.flatMap((name) => dtypes.map((dtype) => [name, dtype] as const)))("selectiveScan on %s in %s", (name, dtype) => {
  const sizes = { batch: 2, length: 37, channels: 6, states: 5, groups: 2 };
  const rounds = dtype === "float64" ? 1e-12 : 2e-6;

  beforeAll(async () => {
    await init({ backend: name });
  });

  test.each([1, 8, 16, 372, 784, 1134, 4096].flatMap((length) => [1, 2].map((groups) => [length, groups] as const)))("agrees with the definition at length %i with %i groups", (length, groups) => {
    const of = { batch: 2, length, channels: 4, states: 8, groups };
    const given = make(length, dtype, of);
    const { y, state } = selectiveScan(given, of, { dtSoftplus: true });
    const truth = defined(given, of, { dtSoftplus: true });
    expectClose("y", y, truth.y, rounds);
    expectClose("state", state as Real, truth.state, rounds);
  });

  test.each([false, true])("agrees with the definition, complex: %s", (complex) => {
    for (const channels of [1, 3, 8, 70]) {
      for (const states of [0, 1, 4, 17]) {
        const of = { ...sizes, channels, states };
        expectDefined(make(channels + states, dtype, of, { complex }), of, { dtSoftplus: true });
      }
    }
    expectDefined(make(1, dtype, sizes, { complex, fixed: true }), sizes, { dtSoftplus: true });
    const ungrouped = { batch: 2, length: 3, channels: 6, states: 5 };
    expectDefined(make(2, dtype, ungrouped, { complex, fixed: true }), ungrouped);
    const whole = make(3, dtype, sizes, { complex });
    expectDefined({ u: whole.u, dt: whole.dt, A: whole.A, B: whole.B, C: whole.C }, sizes);
    for (const reverse of [false, true]) expectDefined(whole, sizes, { reverse, reset: marks(generator(4), 2 * 37) });
  });

  test("300 packed sequences of 1 to 199 steps", () => {
    const random = generator(5);
    const cuSeqlens = new Int32Array(301);
    for (let i = 1; i <= 300; i++) cuSeqlens[i] = cuSeqlens[i - 1]! + 1 + Math.floor(199 * random());
    const of = { batch: 1, length: cuSeqlens[300]!, channels: 4, states: 3, groups: 2 };
    const given = make(6, dtype, of, { sequences: 300 });
    for (const reverse of [false, true]) expectDefined(given, of, { cuSeqlens, reverse, dtSoftplus: true });
  });

  test("states of all steps are those that prefixes leave, those of chunks are every so many of them", () => {
    const of = { ...sizes, batch: 1 };
    const given = make(7, dtype, of, { sequences: 1 });
    const width = of.channels * of.states;
    const states = selectiveScan(given, of, { returnStates: "all" }).states as Real;
    const head = (value: Real | Complex, size: number): Real => (value as Real).subarray(0, size);
    for (const length of [1, 5, 16, 36]) {
      const prefix = { ...given, u: head(given.u, length * 6), dt: head(given.dt, length * 6), z: head(given.z, length * 6), B: head(given.B, length * 10), C: head(given.C, length * 10) };
      expectClose("state", selectiveScan(prefix, { ...of, length }).state as Real, states.subarray((length - 1) * width, length * width), rounds);
    }
    for (const [options, rows] of [[{ chunk: 16 }, [15, 31, 36]], [{ chunk: 16, reverse: true }, [0, 5, 21]], [{}, [36]], [{ chunk: 10, cuSeqlens: Int32Array.of(0, 12, 12, 37) }, [9, 11, 21, 31, 36]]] as const) {
      const sequences = "cuSeqlens" in options ? 3 : 1;
      const entering = make(7, dtype, of, { sequences });
      const all = selectiveScan(entering, of, { ...options, returnStates: "all" });
      const got = selectiveScan(entering, of, { ...options, returnStates: "chunks" });
      const want = rows.flatMap((t) => [...(all.states as Real).subarray(t * width, (t + 1) * width)]);
      expectClose("states", got.states as Real, arrayOf(dtype).from(want), rounds);
      expectClose("y", got.y, all.y, rounds);
      expectClose("state", got.state as Real, all.state as Real, rounds);
    }
  });

  test("three pieces joined by `state` are the whole, and so are steps", () => {
    const of = { ...sizes, batch: 1 };
    const given = make(8, dtype, of, { sequences: 1 });
    const want = selectiveScan(given, of, { dtSoftplus: true });
    let state = given.state;
    const part = (value: Real | Complex, from: number, to: number, width: number): Real => (value as Real).subarray(from * width, to * width);
    for (const [from, to] of [[0, 5], [5, 21], [21, 37]] as const) {
      const cut = { ...given, state, u: part(given.u, from, to, 6), dt: part(given.dt, from, to, 6), z: part(given.z, from, to, 6), B: part(given.B, from, to, 10), C: part(given.C, from, to, 10) };
      const got = selectiveScan(cut, { ...of, length: to - from }, { dtSoftplus: true });
      expectClose("y", got.y, part(want.y, from, to, 6), rounds);
      state = got.state;
    }
    expectClose("state", state as Real, want.state as Real, rounds);
    const pool = arrayOf(dtype).of(...(given.state as Real), ...(given.state as Real).map(() => 7));
    for (let t = 0; t < 37; t++) {
      const { u, dt, z, A, B, C, D, dtBias } = given;
      const step = { u: part(u, t, t + 1, 6), dt: part(dt, t, t + 1, 6), z: part(z, t, t + 1, 6), A: A as Real, B: part(B, t, t + 1, 10), C: part(C, t, t + 1, 10), D, dtBias };
      const { y } = selectiveStep(pool, step, { batch: 1, channels: 6, states: 5, groups: 2 }, { dtSoftplus: true });
      expectClose("y", y, part(want.y, t, t + 1, 6), rounds);
    }
    expectClose("pool", pool.subarray(0, 30), want.state as Real, rounds);
    expect(pool.subarray(30).every((value) => value === 7)).toBe(true);
  });

  test("softplus and exp are right at their edges", () => {
    const dt = arrayOf(dtype).of(-100, -20, -17, -10, 20, 20.1, 89, 1e-7);
    const one = arrayOf(dtype).of(1);
    const of = { batch: 8, length: 1, channels: 1, states: 1, groups: 1 };
    const ones = dt.map(() => 1);
    const { y } = selectiveScan({ u: ones, dt, A: one.map(() => 0), B: ones, C: ones }, of, { dtSoftplus: true });
    y.forEach((value, i) => expectClose(`softplus(${dt[i]})`, arrayOf(dtype).of(value), arrayOf(dtype).of(dt[i]! < -87 && dtype === "float32" ? 0 : softplus(dt[i]!)), 5e-7));
    for (const A of [0, -1e-7, -1, -50, -87, -104, -1e9, -Infinity, 3, 80]) {
      const got = selectiveScan({ u: ones.map(() => 0), dt: ones, A: one.map(() => A), B: ones, C: ones, state: ones }, of).state as Real;
      const rate = arrayOf(dtype).of(A)[0]!;
      got.forEach((value) => expectClose(`exp(${A})`, arrayOf(dtype).of(value), arrayOf(dtype).of(dtype === "float32" && A < -87.3 ? 0 : Math.exp(rate)), dtype === "float32" ? 2.4e-7 : 5e-16));
    }
    for (const size of [1, 1e4, 1e9]) {
      const given = make(9, dtype, sizes);
      expectDefined({ ...given, A: (given.A as Real).map((a) => a * size) as Real }, sizes, { dtSoftplus: true }, 5e-6);
    }
  });

  test("a reset stops NaN and Infinity", () => {
    const given = make(10, dtype, sizes);
    given.u[3] = Number.NaN;
    (given.state as Real)[31] = Infinity;
    const reset = new Uint8Array(74).map((_, t) => Number(t % 37 === 9));
    const { y, state } = selectiveScan(given, sizes, { reset });
    expect(y[3]).toBeNaN();
    expect(y.subarray(9 * 6, 37 * 6).every(Number.isFinite) && y.subarray(46 * 6).every(Number.isFinite)).toBe(true);
    expect((state as Real).every(Number.isFinite)).toBe(true);
  });

  test("`out` is filled and returned, resident arrays are taken, inputs stay as they are", async () => {
    const backend = await init({ backend: name });
    const given = make(11, dtype, sizes);
    const before = [given.u, given.dt, given.z, given.state as Real, given.A as Real].map((array) => array.slice());
    const want = selectiveScan(given, sizes);
    const out = { y: given.u.slice().fill(Number.NaN), state: (given.state as Real).slice().fill(Number.NaN) };
    const got = selectiveScan(given, sizes, { out });
    expect(got.y).toBe(out.y);
    expect(got.state).toBe(out.state);
    expectSameBits("y", out.y, want.y);
    expectSameBits("state", out.state, want.state as Real);
    const keep = (array: Real) => {
      const resident = backend.resident(dtype, array.length);
      resident.data.set(array);
      return resident;
    };
    const held = { ...given, u: keep(given.u), B: keep(given.B as Real), state: keep(given.state as Real) };
    const y = keep(out.y.fill(Number.NaN));
    expectSameBits("y", selectiveScan(held, sizes, { out: { y } }).y, want.y);
    expectSameBits("inputs", [given.u, given.dt, given.z, given.state as Real, given.A as Real], before);
    for (const array of [held.u, held.B, held.state, y]) array.dispose();
  });

  test("axes of nothing", () => {
    for (const axis of ["batch", "length", "channels"] as const) {
      const of = { ...sizes, [axis]: 0 };
      const { y, state } = selectiveScan(make(12, dtype, of), of, { returnStates: "all" });
      expect(y).toHaveLength(0);
      expect(state).toHaveLength(axis === "length" ? 60 : 0);
    }
  });

  test("random calls agree with the definition", () => {
    const size = (max: number) => fc.integer({ min: 1, max });
    const one = fc.record({ batch: size(3), length: size(40), channels: size(20), states: size(9), groups: size(3) });
    const flags = fc.record({ reverse: fc.boolean(), dtSoftplus: fc.boolean(), deterministic: fc.boolean() });
    fc.assert(
      fc.property(one, flags, fc.boolean(), fc.boolean(), fc.boolean(), size(1000), (of, options, complex, fixed, resets, seed) => {
        const reset = resets ? { reset: marks(generator(seed), of.batch * of.length) } : {};
        expectDefined(make(seed, dtype, of, { complex, fixed: fixed && of.channels !== of.batch * of.length * of.groups }), of, { ...options, ...reset }, dtype === "float64" ? 1e-11 : 5e-6);
      }),
      { numRuns: 40, seed: 1 },
    );
  });
});
