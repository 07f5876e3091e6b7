// The gradients of the selective scan: central differences of the definition, and what must not change them.
import { type Complex, loadBackend, type Real, selectiveScan, selectiveScanBackward, type SelectiveScanInputs, type SelectiveScanOptions, useBackend } from "ssm-scan";
import { beforeAll, describe, expect, test } from "vitest";
import { type SelectiveGiven, type SelectiveSizes, selectiveScan as defined } from "../reference/selective-scan.js";
import { backends } from "../support/backends.js";
import { expectClose, expectSameBits } from "../support/close.js";
import { differences } from "../support/differences.js";
import { arrayOf, dtypes, typed } from "../support/precision.js";
import { generator, marks, uniform } from "../support/random.js";
import { expectRefusal } from "../support/refusal.js";
import { type Given, type Kind, make, planesOf } from "../support/selective.js";

type Options = Pick<SelectiveScanOptions, "reverse" | "reset" | "cuSeqlens" | "dtSoftplus">;

const sizes: SelectiveSizes = { batch: 2, length: 7, channels: 3, states: 2, groups: 2 };
const reset = Uint8Array.of(1, 0, 0, 1, 1, 0, 0, 0, 0, 0, 1, 0, 0, 1);
const cases: readonly [string, Options, Kind?][] = [
  ["plain", {}],
  ["with softplus", { dtSoftplus: true }],
  ["reverse", { reverse: true, dtSoftplus: true }],
  ["with resets", { reset, dtSoftplus: true }],
  ["with resets, reverse", { reset, reverse: true }],
  ["with B and C of every step alike", { dtSoftplus: true }, { fixed: true }],
];

/** Gradients of y and of the states that leave. */
function cotangents(given: Given): { y: Real; state: Real | Complex } {
  const random = generator(8);
  const like = (array: Real): Real => uniform(random, array instanceof Float64Array ? "float64" : "float32", array.length);
  const [re, im] = planesOf(given.state).map(like) as [Real, Real];
  return { y: like(given.u), state: im === undefined ? re : { re, im } };
}

/** The arrays of inputs or of their gradients, planes of complex ones apart. */
function arraysOf(inputs: object): Record<string, Real> {
  const entries = Object.entries(inputs).flatMap(([name, value]) => planesOf(value as Real | Complex).map((plane, p) => [`${name}${["", ".im"][p]}`, plane]));
  return Object.fromEntries(entries) as Record<string, Real>;
}

const dot = (x: Real, y: Real): number => [...x].reduce((sum, value, i) => sum + value * y[i]!, 0);

function expectDifferences(given: Given, of: SelectiveSizes, options: Options): void {
  const gradients = cotangents(given);
  const found = arraysOf(selectiveScanBackward(given, gradients, of, options));
  const tensors = Object.fromEntries(Object.entries(arraysOf(given)).map(([name, data]) => [name, { dims: [data.length], data }]));
  const truth = differences(tensors, () => {
    const { y, state } = defined(given as SelectiveGiven, of, options);
    return dot(y, gradients.y) + planesOf(gradients.state).reduce((sum, plane, p) => sum + dot(state[p]!, plane), 0);
  });
  expect(Object.keys(found).sort()).toEqual(Object.keys(truth).sort());
  for (const name of Object.keys(truth)) expectClose(name, found[name]!, truth[name]!, 1e-6);
}

describe.each(backends)("selectiveScanBackward on %s", (name) => {
  beforeAll(async () => useBackend(await loadBackend(name)));

  test.each(cases)("agrees with central differences, %s", (_, options, kind) => {
    const { groups, ...ungrouped } = sizes;
    const of = kind?.fixed ? ungrouped : { ...ungrouped, groups: groups! };
    for (const complex of [false, true]) expectDifferences(make(3, "float64", of, { ...kind, complex }), of, options);
  });

  test("agrees with central differences where tiles are full", () => {
    const of = { batch: 1, length: 19, channels: 17, states: 5, groups: 1 };
    expectDifferences(make(4, "float64", of), of, { dtSoftplus: true });
  });

  test.each(dtypes)("of packed sequences is that of each of them, in %s", (dtype) => {
    const of = { batch: 1, length: 40, channels: 5, states: 4, groups: 2 };
    const bounds = [0, 4, 4, 5, 23, 40];
    for (const options of [{}, { reverse: true, reset: marks(generator(6), 40) }]) {
      for (const complex of [false, true]) {
        const given = make(5, dtype, of, { sequences: 5, complex });
        const gradients = cotangents(given);
        const packed = arraysOf(selectiveScanBackward(given, gradients, of, { ...options, cuSeqlens: Int32Array.from(bounds) }));
        const sums = Object.fromEntries(Object.entries(packed).map(([key, plane]) => [key, new Float64Array(plane.length)]));
        for (let s = 0; s + 1 < bounds.length; s++) {
          const [from, to] = [bounds[s]!, bounds[s + 1]!];
          // Where an array's part of the sequence is; of all of them where it is a weight.
          const part = (key: string, length: number): [number, number] => {
            if (key.startsWith("state")) return [(s * length) / 5, ((s + 1) * length) / 5];
            return /^(u|dt|z|y|B|C)(\.im)?$/.test(key) ? [(from * length) / 40, (to * length) / 40] : [0, length];
          };
          const cut = <V extends object>(values: V): V =>
            Object.fromEntries(
              Object.entries(values).map(([key, value]) => {
                const planes = planesOf(value as Real | Complex).map((plane) => plane.slice(...part(key, plane.length)));
                return [key, planes.length === 2 ? { re: planes[0], im: planes[1] } : planes[0]];
              }),
            ) as V;
          const own = options.reset === undefined ? options : { ...options, reset: options.reset.subarray(from, to) };
          const one = arraysOf(selectiveScanBackward(cut(given), cut(gradients), { ...of, length: to - from }, own));
          for (const [key, plane] of Object.entries(one)) {
            const [first] = part(key, sums[key]!.length);
            plane.forEach((value, i) => (sums[key]![first + i]! += value));
          }
        }
        for (const [key, plane] of Object.entries(packed)) expectClose(key, plane, sums[key]!, dtype === "float64" ? 1e-12 : 4e-6);
      }
    }
  });

  test("leaves out what was not given", () => {
    const { u, dt, A, B, C, state } = make(3, "float64", sizes);
    const { y } = cotangents(make(3, "float64", sizes));
    const without = selectiveScanBackward({ u, dt, A, B, C } as SelectiveScanInputs, { y }, sizes);
    expect(Object.keys(without)).toEqual(["u", "dt", "A", "B", "C"]);
    const zeros = (state as Real).slice().fill(0);
    const given = selectiveScanBackward({ u, dt, A, B, C, state: zeros } as SelectiveScanInputs, { y, state: zeros }, sizes);
    for (const key of ["u", "dt", "A", "B", "C"] as const) expectSameBits(key, [without[key] as Real], [given[key] as Real]);
  });

  test("of nothing is nothing, and of nobody's steps what leaves", () => {
    const of = { ...sizes, length: 0 };
    const given = make(3, "float64", of);
    const found = selectiveScanBackward(given, cotangents(given), of);
    expectSameBits("state", [found.state as Real], [cotangents(given).state as Real]);
    expect(Array.from(found.A as Real)).toEqual(Array.from({ length: 6 }, () => 0));
  });

  test.each(dtypes)("refuses what does not fit, in %s", (dtype) => {
    const given = make(3, dtype, sizes) as Given & Record<string, Real>;
    const gradients = cotangents(given) as Record<"y" | "state", Real>;
    const other = arrayOf(dtype === "float32" ? "float64" : "float32").from([1]);
    const call = (more: object, of: object = {}, options: object = {}, inputs: object = {}) => () =>
      selectiveScanBackward({ ...given, ...inputs }, { ...gradients, ...more }, { ...sizes, ...of }, options);
    expectRefusal(call({ y: gradients.y.subarray(1) }), { code: "shape", names: "gradients.y", says: [41, 42] });
    expectRefusal(call({ state: gradients.state.subarray(1) }), { code: "shape", names: "gradients.state", says: [11, 12] });
    expectRefusal(call({ y: other }), { code: "dtype", names: "gradients.y" });
    expectRefusal(call({ y: undefined }), { code: "dtype", names: "gradients.y" });
    expectRefusal(call({ state: other }), { code: "dtype", names: "gradients.state" });
    for (const [key, length] of Object.entries({ u: 42, dt: 42, A: 6, D: 3, z: 42, dtBias: 3, state: 12 })) {
      expectRefusal(call({}, {}, {}, { [key]: given[key]!.subarray(1) }), { code: "shape", names: key, says: [length - 1, length] });
    }
    expectRefusal(call({}, { groups: 0 }), { code: "shape", names: "groups", says: [0] });
    expectRefusal(call({}, {}, { out: {} }), { code: "option", names: "out" });
    expectRefusal(call({}, {}, { dtSoftplus: 1 }), { code: "option", names: "dtSoftplus", says: [1] });
    expectRefusal(call({}, {}, { reset: new Uint8Array(13) }), { code: "shape", names: "reset", says: [13, 14] });
    expectRefusal(() => selectiveScanBackward(given, undefined as never, sizes), { names: "gradients" });
  });

  test("is of the scan itself, whatever the precision", () => {
    const of = { batch: 2, length: 33, channels: 20, states: 16, groups: 1 };
    const wide = make(9, "float64", of) as Given & Record<string, Real>;
    const narrow = Object.fromEntries(Object.entries(wide).map(([key, value]) => [key, typed("float32", value as Real)])) as unknown as Given;
    const gradients = cotangents(wide) as Record<"y" | "state", Real>;
    const truth = arraysOf(selectiveScanBackward(wide, gradients, of, { dtSoftplus: true }));
    const got = arraysOf(selectiveScanBackward(narrow, { y: typed("float32", gradients.y), state: typed("float32", gradients.state) }, of, { dtSoftplus: true }));
    for (const [key, plane] of Object.entries(truth)) expectClose(key, got[key]!, plane, 4e-6);
    expect(selectiveScan(narrow, of, { dtSoftplus: true }).y).toHaveLength(got["u"]!.length);
  });
});
