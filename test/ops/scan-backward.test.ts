// The gradients of the scans: central differences of the definitions, and what must not change them.
import { type Dims, linearScanBackward, loadBackend, type Real, type ScanOptions, useBackend } from "ssm-scan";
import { beforeAll, describe, expect, test } from "vitest";
import { backends } from "../support/backends.js";
import { expectClose, expectSameBits } from "../support/close.js";
import { dtypes, typed, zeros } from "../support/precision.js";
import { generator, marks, uniform } from "../support/random.js";
import { expectRefusal } from "../support/refusal.js";
import { type Cotangents, type Entered, type Gradients, type Inputs, randomInputs, type Scan, scans, spreads } from "../support/scans.js";

const dims: Dims = { batch: 2, length: 7, channels: 3 };
const cases: readonly [string, ScanOptions][] = [
  ["forward", {}],
  ["reverse", { reverse: true }],
  ["with resets", { reset: Uint8Array.of(1, 0, 0, 1, 1, 0, 0, 0, 0, 0, 1, 0, 0, 1) }],
  ["with resets, reverse", { reverse: true, reset: Uint8Array.of(1, 0, 0, 1, 1, 0, 0, 0, 0, 0, 1, 0, 0, 1) }],
];

describe.each(backends)("on %s", (name) => {
  beforeAll(async () => useBackend(await loadBackend(name)));

  describe.each(scans.map((scan) => [scan.name, scan] as const))("%sBackward", (_, scan) => {
    test.each(cases)("agrees with central differences, %s", (_, options) => {
      for (const spread of spreads) {
        const inputs = randomInputs(scan, generator(5), "float64", dims, { spread });
        expectDifferences(scan, inputs, cotangents(scan, dims), dims, options);
      }
    });

    test("of packed sequences is that of each of them", () => {
      const one = { batch: 1, length: 11, channels: 2 };
      const cuSeqlens = Int32Array.of(0, 4, 4, 5, 11);
      const inputs = randomInputs(scan, generator(6), "float64", one, { sequences: 4 });
      expectDifferences(scan, inputs, cotangents(scan, one, 4), one, { cuSeqlens });
      expectDifferences(scan, inputs, cotangents(scan, one, 4), one, { cuSeqlens, reverse: true });
    });

    test("leaves out what was not given", () => {
      const { a, b } = randomInputs(scan, generator(5), "float64", dims);
      const { h } = cotangents(scan, dims);
      const without = scan.backward({ a, b }, { h }, dims);
      const zero = (count: number): Real[] => Array.from({ length: scan.planes }, () => zeros("float64", count));
      const withZeros = scan.backward({ a, b, state: zero(6) }, { h, state: zero(6) }, dims);
      expect(without.state).toBeUndefined();
      expectSameBits("a", without.a, withZeros.a);
      expectSameBits("b", without.b, withZeros.b);
    });

    test.each(cases)("takes the states where they are at hand, %s", (_, options) => {
      const inputs = randomInputs(scan, generator(5), "float64", dims);
      const given = cotangents(scan, dims);
      const { h } = scan.run(inputs, dims, options);
      const [without, found] = [inputs, { ...inputs, h }].map((own) => scan.backward(own, given, dims, options)) as [Gradients, Gradients];
      for (const key of ["a", "b", "state"] as const) expectSameBits(key, found[key]!, without[key]!);
      const names = scan.planes === 2 ? "h.re" : "h";
      expectRefusal(() => scan.backward({ ...inputs, h: h.map((plane) => plane.slice(1)) }, given, dims, options), { code: "shape", names, says: [42, 41] });
    });

    test("in float32 is that of float64, rounded", () => {
      const of = { batch: 2, length: 300, channels: 5 };
      const inputs = randomInputs(scan, generator(7), "float32", of);
      const given = cotangents(scan, of);
      const wide = scan.backward(mapped(inputs, (plane) => typed("float64", plane)), mapped(given, (plane) => typed("float64", typed("float32", plane))), of);
      const narrow = scan.backward(inputs, mapped(given, (plane) => typed("float32", plane)), of);
      for (const key of ["a", "b", "state"] as const) expectClose(key, narrow[key]!, wide[key]!, 1e-5);
    });

    test.each(dtypes)("has nothing to say of nothing, %s", (dtype) => {
      for (const of of [{ batch: 0, length: 3, channels: 2 }, { batch: 2, length: 0, channels: 2 }, { batch: 2, length: 3, channels: 0 }]) {
        const inputs = randomInputs(scan, generator(1), dtype, of);
        const state = uniformPlanes(scan, of.batch * of.channels, dtype);
        const found = scan.backward(inputs, { h: uniformPlanes(scan, of.batch * of.length * of.channels, dtype), state }, of);
        expect(found.b[0]!.length).toBe(of.batch * of.length * of.channels);
        if (of.length === 0) expectSameBits("state", found.state!, state);
      }
    });

    test("refuses gradients that do not fit", () => {
      const inputs = randomInputs(scan, generator(1), "float64", dims);
      const { h, state } = cotangents(scan, dims);
      const short = h.map((plane) => plane.slice(1));
      const suffix = scan.planes === 2 ? ".re" : "";
      expectRefusal(() => scan.backward(inputs, { h: short, state }, dims), { code: "shape", names: `gradients.h${suffix}`, says: [42, 41] });
      expectRefusal(() => scan.backward(inputs, { h, state: short }, dims), { code: "shape", names: `gradients.state${suffix}`, says: [6, 41] });
      const narrow = h.map((plane) => typed("float32", plane));
      expectRefusal(() => scan.backward(inputs, { h: narrow, state }, dims), { code: "dtype", names: `gradients.h${suffix}` });
    });

    test("does not depend on how it is spread over threads", async () => {
      const of = { batch: 1, length: scan.name === "matrixScan" ? 20_000 : 60_000, channels: scan.name === "matrixScan" ? 4 : 32 };
      const inputs = randomInputs(scan, generator(8), "float64", of);
      const given = cotangents(scan, of);
      const options = { reset: marks(generator(9), of.length, 0.0002) };
      const found: Gradients[] = [];
      for (const threads of [1, 4]) {
        useBackend(await loadBackend(name, { threads: name === "wasm" ? 1 : threads }));
        found.push(scan.backward(inputs, given, of, options));
      }
      for (const key of ["a", "b", "state"] as const) expectClose(key, found[1]![key]!, found[0]![key]!, 1e-12);
    });
  });
});

test("fills arrays that are given, apart from all others", () => {
  const [a, b, h] = [1, 2, 3].map((seed) => uniform(generator(seed), "float64", 42)) as [Real, Real, Real];
  const found = linearScanBackward({ a, b }, { h }, dims);
  const out = { a: zeros("float64", 42), b: zeros("float64", 42) };
  const filled = linearScanBackward({ a, b }, { h }, dims, { out });
  expect([filled.a, filled.b]).toEqual([out.a, out.b]);
  expect(out).toEqual(found);
  expectRefusal(() => linearScanBackward({ a, b }, { h }, dims, { out: { b } }), { code: "shape", names: "out.b" });
  expectRefusal(() => linearScanBackward({ a, b }, { h }, dims, { out: { a: zeros("float64", 41) } }), { code: "shape", names: "out.a", says: [42, 41] });
});

function uniformPlanes(scan: Scan, count: number, dtype: "float32" | "float64", seed = 11): Real[] {
  return Array.from({ length: scan.planes }, (_, i) => uniform(generator(seed + i), dtype, count));
}

function cotangents(scan: Scan, { batch, length, channels }: Dims, sequences = batch): Cotangents & { state: Real[] } {
  return { h: uniformPlanes(scan, batch * length * channels, "float64"), state: uniformPlanes(scan, sequences * channels, "float64", 21) };
}

function mapped<T extends object>(planes: T, change: (plane: Real) => Real): T {
  return Object.fromEntries(Object.entries(planes).map(([key, list]) => [key, (list as Real[]).map(change)])) as T;
}

/** Each element's gradient against how much the definition's results, weighted by the gradients given, change with it. */
function expectDifferences(scan: Scan, inputs: Entered, gradients: Cotangents, of: Dims, options: ScanOptions): void {
  const found = scan.backward(inputs, gradients, of, options);
  const loss = (at: Inputs): number => {
    const { h, state } = scan.define(at, of, options);
    return dot(h, gradients.h) + dot(state, gradients.state ?? []);
  };
  const STEP = 1e-5;
  for (const key of ["a", "b", "state"] as const) {
    const truth = inputs[key].map((plane) =>
      plane.map((value, i) => {
        plane[i] = value + STEP;
        const above = loss(inputs);
        plane[i] = value - STEP;
        const below = loss(inputs);
        plane[i] = value;
        return (above - below) / (2 * STEP);
      }),
    );
    expectClose(key, found[key]!, truth, 1e-6);
  }
}

function dot(x: readonly Real[], y: readonly Real[]): number {
  let sum = 0;
  y.forEach((plane, p) => plane.forEach((value, i) => (sum += value * x[p]![i]!)));
  return sum;
}
