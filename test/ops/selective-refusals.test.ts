// The selective scan and its step: what they write, and what they refuse.
import { init, type Real, selectiveScan, selectiveStep } from "ssm-scan";
import { beforeAll, describe, expect, test } from "vitest";
import { selectiveScan as defined } from "../reference/selective-scan.js";
import { backends } from "../support/backends.js";
import { expectClose, expectSameBits } from "../support/close.js";
import { dtypes } from "../support/precision.js";
import { generator, uniform } from "../support/random.js";
import { expectRefusal } from "../support/refusal.js";
import { type Given, make } from "../support/selective.js";

describe.each(backends.flatMap((name) => dtypes.map((dtype) => [name, dtype] as const)))("selectiveScan and selectiveStep on %s in %s", (name, dtype) => {
  const sizes = { batch: 2, length: 37, channels: 6, states: 5, groups: 2 };
  const rounds = dtype === "float64" ? 1e-12 : 2e-6;

  beforeAll(async () => {
    await init({ backend: name });
  });

  test("a step writes only where a slot says", () => {
    const of = { batch: 3, length: 1, channels: 6, states: 5, groups: 2 };
    const { u, dt, z, A, B, C, D, dtBias, state } = make(13, dtype, of) as Record<string, Real>;
    const pool = uniform(generator(14), dtype, 4 * 30);
    const before = pool.slice();
    const inputs = { u: u!, dt: dt!, z: z!, A: A!, B: B!, C: C!, D: D!, dtBias: dtBias!, slots: Int32Array.of(2, -1, 0) };
    const stepDims = { batch: 3, channels: 6, states: 5, groups: 2 };
    const out = { y: u!.slice().fill(Number.NaN) };
    expect(selectiveStep(pool, inputs, stepDims, { out }).y).toBe(out.y);
    expect(out.y.subarray(6, 12).every((value) => value === 0)).toBe(true);
    expectSameBits("pool", [pool.subarray(30, 60), pool.subarray(90)], [before.subarray(30, 60), before.subarray(90)]);
    const entering = state!.slice();
    entering.set(before.subarray(60, 90), 0);
    entering.set(before.subarray(0, 30), 60);
    const truth = defined({ ...inputs, state: entering }, of);
    expectClose("y", out.y.subarray(0, 6), truth.y.subarray(0, 6), rounds);
    expectClose("y", out.y.subarray(12), truth.y.subarray(12), rounds);
    expectClose("slot", pool.subarray(60, 90), truth.state[0]!.subarray(0, 30), rounds);
    const call = (more: object, dims: object = {}) => () => selectiveStep(pool, { ...inputs, ...more }, { ...stepDims, ...dims });
    expectRefusal(call({ slots: Int32Array.of(0, 1, 4) }), { code: "shape", names: "slots", says: [4] });
    expectRefusal(call({ slots: Int32Array.of(0) }), { code: "shape", names: "slots", says: [1, 3] });
    expectRefusal(call({ u: u!.subarray(1) }), { code: "shape", names: "u", says: [17, 18] });
    expectRefusal(call({ B: B!.subarray(1) }), { code: "shape", names: "B", says: [29, 30] });
    expectRefusal(call({ A: A!.subarray(1) }), { code: "shape", names: "A", says: [29, 30] });
    expectRefusal(call({ slots: undefined }, { batch: 5 }), { code: "shape" });
    expectRefusal(call({}, { groups: 0 }), { code: "shape", names: "groups", says: [0] });
    expectRefusal(() => selectiveStep(pool.subarray(1), inputs, stepDims), { code: "shape", names: "state", says: [119, 30] });
    expectRefusal(() => selectiveStep(pool, inputs, stepDims, { out: { y: pool.subarray(0, 18) } }), { code: "shape", names: "out.y" });
    expectRefusal(() => selectiveStep(pool, { ...inputs, dt: undefined as never }, stepDims), { code: "dtype", names: "dt" });
  });

  test("arrays, sizes and options that do not fit", () => {
    const given = make(15, dtype, sizes) as Given & Record<string, Real>;
    const other = dtype === "float32" ? new Float64Array(444) : new Float32Array(444);
    const lengths = { u: 444, dt: 444, A: 30, D: 6, z: 444, dtBias: 6, state: 60 };
    for (const [key, length] of Object.entries(lengths)) {
      expectRefusal(() => selectiveScan({ ...given, [key]: given[key]!.subarray(1) }, sizes), { code: "shape", names: key, says: [length - 1, length] });
      expectRefusal(() => selectiveScan({ ...given, [key]: other }, sizes), { code: "dtype", names: key === "u" ? "dt" : key });
    }
    for (const key of ["B", "C"]) {
      expectRefusal(() => selectiveScan({ ...given, [key]: given[key]!.subarray(1) }, sizes), { code: "shape", names: key, says: [739, 740, 30] });
    }
    for (const key of ["u", "dt", "A", "B", "C"]) expectRefusal(() => selectiveScan({ ...given, [key]: undefined } as never, sizes), { code: "dtype", names: key });
    const pair = { re: given.A as Real, im: given.A as Real };
    expectRefusal(() => selectiveScan({ ...given, A: pair } as never, sizes), { names: "B" });
    expectRefusal(() => selectiveScan({ ...given, B: pair } as never, sizes), { code: "dtype", names: "B" });
    for (const axis of ["batch", "length", "channels", "states", "groups"] as const) {
      expectRefusal(() => selectiveScan(given, { ...sizes, [axis]: 1.5 }), { code: "shape", names: axis, says: [1.5] });
    }
    expectRefusal(() => selectiveScan(given, { ...sizes, groups: 0 }), { code: "shape", names: "groups", says: [0] });
    const options = (value: object) => () => selectiveScan(given, sizes, value as never);
    expectRefusal(options({ returnStates: "some" }), { code: "option", names: "returnStates", says: [/some/] });
    expectRefusal(options({ chunk: 0 }), { code: "option", names: "chunk", says: [0] });
    expectRefusal(options({ dtSoftplus: 1 }), { code: "option", names: "dtSoftplus", says: [1] });
    expectRefusal(options({ softplus: true }), { code: "option", names: "softplus" });
    expectRefusal(options({ reset: new Uint8Array(73) }), { code: "shape", names: "reset", says: [73, 74] });
    expectRefusal(options({ cuSeqlens: Int32Array.of(0, 37) }), { code: "shape", names: "cuSeqlens", says: [2] });
    expectRefusal(options({ out: { h: given.u } }), { code: "option", names: "h" });
    expectRefusal(options({ out: { y: given.u } }), { code: "shape", names: "out.y", says: [/`u`/] });
    expectRefusal(options({ out: { y: given.u.slice(1) } }), { code: "shape", names: "out.y", says: [443, 444] });
    expectRefusal(options({ out: { state: given.u.slice(1) } }), { code: "shape", names: "out.state", says: [443, 60] });
    expectRefusal(options({ out: { y: other } }), { code: "dtype", names: "out.y" });
  });
});
