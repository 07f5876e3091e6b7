// What holds of every scan, at every shape, in both precisions, on every backend.
import { type Backend, type Dims, loadBackend, type Real, useBackend } from "ssm-scan";
import { beforeAll, describe, expect, test } from "vitest";
import { backends } from "../support/backends.js";
import { expectSameBits } from "../support/close.js";
import { expectDefined } from "../support/judge.js";
import { arrayOf, dtypes, zeros } from "../support/precision.js";
import { bounds, generator, marks } from "../support/random.js";
import { type Entered, type Inputs, randomInputs, type Scan, spreads } from "../support/scans.js";
import { label, shapes } from "../support/shapes.js";

const nan = (like: readonly Real[]): Real[] => like.map((plane) => plane.slice().fill(Number.NaN));
const copy = (inputs: Inputs): Real[] => [inputs.a, inputs.b, inputs.state ?? []].flat().map((plane) => plane.slice());

export function describeScan(scan: Scan): void {
  const cases = backends.flatMap((name) => dtypes.map((dtype) => [name, dtype] as const));
  const dims: Dims = { batch: 3, length: 37, channels: 5 };
  const one: Dims = { ...dims, batch: 1 };

  describe.each(cases)(`${scan.name} on %s in %s`, (name, dtype) => {
    let backend: Backend;
    const inputs = (of: Dims, seed = 42): Entered => randomInputs(scan, generator(seed), dtype, of);

    beforeAll(async () => {
      backend = await loadBackend(name);
      useBackend(backend);
    });

    test.each(shapes.map((of) => [label(of), of] as const))("agrees with the definition at %s", (_, of) => {
      const given = inputs(of);
      expectDefined(scan, scan.run(given, of), given, of);
    });

    test("takes a state that is left out as zero", () => {
      const { a, b, state } = inputs(dims);
      const zero = state.map((plane) => zeros(dtype, plane.length));
      const [without, withZero] = [scan.run({ a, b }, dims), scan.run({ a, b, state: zero }, dims)];
      expectSameBits("h", without.h, withZero.h);
      expectSameBits("state", without.state, withZero.state);
    });

    test.each(spreads)("takes `a` with the axes: %s", (spread) => {
      const given = randomInputs(scan, generator(7), dtype, dims, { spread });
      expectDefined(scan, scan.run(given, dims), given, dims);
    });

    test("lets the state enter at the end with `reverse`", () => {
      const given = inputs(dims);
      expectDefined(scan, scan.run(given, dims, { reverse: true }), given, dims, { reverse: true });
    });

    test.each([false, true])("starts from zero at each `reset`, reverse: %s", (reverse) => {
      const options = { reverse, reset: marks(generator(3), dims.batch * dims.length) };
      const given = inputs(dims);
      expectDefined(scan, scan.run(given, dims, options), given, dims, options);
    });

    test.each([false, true])("takes packed sequences, reverse: %s", (reverse) => {
      for (const cuSeqlens of [[0, 37], [0, 1, 2, 37], [0, 8, 8, 36, 37], [0, 0, 37, 37]]) {
        const options = { reverse, cuSeqlens: Int32Array.from(cuSeqlens) };
        const given = randomInputs(scan, generator(4), dtype, one, { sequences: cuSeqlens.length - 1 });
        expectDefined(scan, scan.run(given, one, options), given, one, options);
      }
    });

    test("takes packed sequences with resets in them", () => {
      const random = generator(5);
      const options = { cuSeqlens: bounds(random, 37, 4), reset: marks(random, 37) };
      const given = randomInputs(scan, random, dtype, one, { sequences: 4 });
      expectDefined(scan, scan.run(given, one, options), given, one, options);
    });

    test("fills `out`, every element of it, and returns it", () => {
      const given = inputs(dims);
      const want = scan.run(given, dims);
      const out = { h: nan(want.h), state: nan(want.state) };
      const got = scan.run(given, dims, { out });
      got.h.forEach((plane, p) => expect(plane).toBe(out.h[p]));
      got.state.forEach((plane, p) => expect(plane).toBe(out.state[p]));
      expectSameBits("h", out.h, want.h);
      expectSameBits("state", out.state, want.state);
    });

    test("allocates the output that `out` leaves out", () => {
      const given = inputs(dims);
      const want = scan.run(given, dims);
      const h = nan(want.h);
      const state = nan(want.state);
      expectSameBits("state", scan.run(given, dims, { out: { h } }).state, want.state);
      expectSameBits("h", scan.run(given, dims, { out: { state } }).h, want.h);
      expectSameBits("out.h", h, want.h);
      expectSameBits("out.state", state, want.state);
    });

    test("never writes to an input", () => {
      const given = inputs(dims);
      const before = copy(given);
      scan.run(given, dims);
      scan.run(given, dims, { reverse: true, reset: marks(generator(1), dims.batch * dims.length) });
      expectSameBits("inputs", copy(given), before);
    });

    test("gives arrays of the inputs' class, of their own", () => {
      const given = inputs(dims);
      const got = scan.run(given, dims);
      const taken = new Set([given.a, given.b, given.state].flat().map((plane) => plane.buffer));
      for (const plane of [...got.h, ...got.state]) {
        expect(plane).toBeInstanceOf(arrayOf(dtype));
        expect(taken.has(plane.buffer)).toBe(false);
      }
    });

    test("takes views that start inside a buffer", () => {
      const given = inputs(dims);
      const view = (plane: Real): Real => {
        const larger = zeros(dtype, plane.length + 4);
        larger.set(plane, 1);
        return larger.subarray(1, plane.length + 1);
      };
      const views = { a: given.a.map(view), b: given.b.map(view), state: given.state.map(view) };
      expectSameBits("h", scan.run(views, dims).h, scan.run(given, dims).h);
    });

    test("takes resident arrays for any of its inputs and outputs, beside plain ones", () => {
      const given = inputs(dims);
      const want = scan.run(given, dims);
      const resident = (plane: Real) => {
        const array = backend.resident(dtype, plane.length);
        array.data.set(plane);
        return array;
      };
      const [a, b, state] = [given.a.map(resident), given.b.map(resident), given.state.map(resident)];
      const out = { h: nan(want.h).map(resident), state: nan(want.state).map(resident) };
      for (const mixed of [{ a, b, state }, { ...given, a }, { ...given, b }, { ...given, state }]) {
        expectSameBits("h", scan.run(mixed, dims).h, want.h);
        const got = scan.run(mixed, dims, { out });
        expectSameBits("h", got.h, want.h);
        expectSameBits("out.h", out.h.map((array) => array.data), want.h);
        expectSameBits("out.state", out.state.map((array) => array.data), want.state);
      }
      expectSameBits("h", scan.run(given, dims, { out: { h: out.h } }).h, want.h);
      for (const array of [a, b, state, out.h, out.state].flat()) array.dispose();
    });

    test("continues from the state that it returned", () => {
      const [head, tail] = [inputs(dims, 1), inputs(dims, 2)];
      const { state } = scan.run(head, dims);
      const rest = { ...tail, state };
      expectDefined(scan, scan.run(rest, dims), rest, dims);
    });
  });
}
