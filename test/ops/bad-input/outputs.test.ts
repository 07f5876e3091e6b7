// Outputs share no memory with inputs or with each other; nothing is written where they do.
import { type Backend, complexScan, init, linearScan, matrixScan } from "ssm-scan";
import { beforeAll, describe, expect, test } from "vitest";
import { backends } from "../../support/backends.js";
import { expectSameBits } from "../../support/close.js";
import { expectRefusal } from "../../support/refusal.js";

const dims = { batch: 1, length: 3, channels: 2 };
const ones = (length = 6): Float32Array => new Float32Array(length).fill(1);

describe.each(backends)("on %s", (name) => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await init({ backend: name });
  });

  test("an output is not an input", () => {
    const [a, b, state] = [ones(), ones(), ones(2)];
    expectRefusal(() => linearScan({ a, b, state }, dims, { out: { h: a } }), { names: "h", says: [/`a`/] });
    expectRefusal(() => linearScan({ a, b, state }, dims, { out: { h: b } }), { names: "h", says: [/`b`/] });
    expectRefusal(() => linearScan({ a, b, state }, dims, { out: { state } }), { names: "state" });
    expect([...a, ...b, ...state].every((value) => value === 1)).toBe(true);
  });

  test("an output is not a part of an input, nor an input of it", () => {
    const buffer = ones(16);
    const before = buffer.slice();
    const part = (start: number, length = 6): Float32Array => buffer.subarray(start, start + length);
    const a = ones();
    for (const start of [0, 1, 5]) {
      expectRefusal(() => linearScan({ a, b: part(5) }, dims, { out: { h: part(start) } }), { names: "h" });
    }
    expectRefusal(() => linearScan({ a, b: part(5) }, dims, { out: { h: part(10) } }), { names: "h" });
    expectRefusal(() => linearScan({ a, b: part(0) }, dims, { out: { state: part(5, 2) } }), { names: "state" });
    expectRefusal(() => linearScan({ a: part(3, 2), b: ones() }, dims, { out: { h: part(0) } }), { names: "h" });
    expectRefusal(() => matrixScan({ A: part(4, 4), b: ones() }, { batch: 1, length: 3, n: 2 }, { out: { h: part(0) } }), { names: "h" });
    expectSameBits("buffer", buffer, before);
  });

  test("outputs are not parts of each other", () => {
    const buffer = ones(8);
    const out = { h: buffer.subarray(0, 6), state: buffer.subarray(5, 7) };
    expectRefusal(() => linearScan({ a: ones(), b: ones() }, dims, { out }), { names: "h", says: [/state/] });
    const complex = { re: ones(), im: ones() };
    const plane = ones();
    const both = { h: { re: plane, im: plane } };
    expectRefusal(() => complexScan({ a: complex, b: complex }, dims, { out: both }), { names: "h" });
    expectRefusal(() => complexScan({ a: complex, b: complex }, dims, { out: { h: { re: ones(), im: complex.re } } }), { names: "h" });
    expect([...buffer, ...plane].every((value) => value === 1)).toBe(true);
  });

  test("an output is not the memory of a `reset`", () => {
    const h = ones();
    const reset = new Uint8Array(h.buffer, 8, 3);
    expectRefusal(() => linearScan({ a: ones(), b: ones() }, dims, { reset, out: { h } }), { names: "h" });
    expect(h.every((value) => value === 1)).toBe(true);
  });

  test("neighbours in one buffer are no overlap", () => {
    const buffer = ones(20);
    const out = { h: buffer.subarray(12, 18), state: buffer.subarray(18, 20) };
    const got = linearScan({ a: buffer.subarray(0, 6), b: buffer.subarray(6, 12) }, dims, { out });
    expect([...got.h]).toEqual([1, 1, 2, 2, 3, 3]);
    expect([...buffer.subarray(12)]).toEqual([1, 1, 2, 2, 3, 3, 3, 3]);
  });

  test("an empty output overlaps nothing", () => {
    const none = new Float32Array(0);
    const empty = { batch: 0, length: 3, channels: 2 };
    const got = linearScan({ a: none, b: none }, empty, { out: { h: none, state: none } });
    expect([got.h.length, got.state.length]).toEqual([0, 0]);
  });

  test("inputs may share memory with each other", () => {
    const shared = ones();
    expect([...linearScan({ a: shared, b: shared }, dims).h]).toEqual([1, 1, 2, 2, 3, 3]);
  });

  test("resident arrays are held to the same", () => {
    const [a, b] = [backend.resident("float32", 6), backend.resident("float32", 6)];
    a.data.fill(1);
    b.data.fill(1);
    expectRefusal(() => linearScan({ a, b }, dims, { out: { h: b } }), { names: "h" });
    expectRefusal(() => linearScan({ a, b }, dims, { out: { h: a.data.subarray() } }), { names: "h" });
    expectRefusal(() => linearScan({ a: a.data.subarray(), b }, dims, { out: { h: a } }), { names: "h" });
    expect([...a.data, ...b.data].every((value) => value === 1)).toBe(true);
    expect([...linearScan({ a, b: a }, dims).h]).toEqual([1, 1, 2, 2, 3, 3]);
    for (const each of [a, b]) each.dispose();
  });
});
