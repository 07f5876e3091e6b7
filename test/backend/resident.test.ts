// Arrays in a backend's memory: they live until they are disposed of, wherever the memory moves.
import { type Backend, linearScan, loadBackend, type Resident, useBackend } from "ssm-scan";
import { beforeAll, describe, expect, test } from "vitest";
import { backends } from "../support/backends.js";
import { arrayOf, dtypes } from "../support/precision.js";
import { expectRefusal } from "../support/refusal.js";

const MiB = 2 ** 20;
/** Bytes of the memory that the backend's arrays live in. */
const memory = (array: Resident): number => array.data.buffer.byteLength;

describe.each(backends)("%s", (name) => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await loadBackend(name);
    useBackend(backend);
  });

  test.each(dtypes)("a resident array of %s starts at zero and keeps what is written", (dtype) => {
    const array = backend.resident(dtype, 1_000);
    expect(array.length).toBe(1_000);
    expect(array.data).toBeInstanceOf(arrayOf(dtype));
    expect(array.data.length).toBe(1_000);
    expect(array.data.every((value) => value === 0)).toBe(true);
    array.data[999] = 7;
    expect(array.data[999]).toBe(7);
    array.dispose();
    const again = backend.resident(dtype, 1_000);
    expect(again.data.every((value) => value === 0)).toBe(true);
    again.dispose();
  });

  test("disposing twice is disposing once", () => {
    const array = backend.resident("float32", 10);
    array.dispose();
    array.dispose();
    array[Symbol.dispose]();
    const [one, other] = [backend.resident("float32", 10), backend.resident("float32", 10)];
    array.dispose();
    one.data.fill(1);
    other.data.fill(2);
    expect([...one.data]).toEqual(Array.from({ length: 10 }, () => 1));
    for (const each of [one, other]) each[Symbol.dispose]();
    expectRefusal(() => one.data, { code: "disposed" });
  });

  test("`data` is fresh after the memory has grown", () => {
    const array = backend.resident("float64", 100);
    array.data.fill(3);
    const before = array.data;
    const large = backend.resident("float64", (64 * MiB) / 8);
    expect(array.data.length).toBe(100);
    expect(array.data.every((value) => value === 3)).toBe(true);
    if (name === "wasm") expect(before.length).toBe(0); // its memory was replaced
    const input = array.data;
    const { h } = linearScan({ a: array, b: input }, { batch: 1, length: 1, channels: 100 });
    expect(h.every((value) => value === 3)).toBe(true);
    for (const each of [array, large]) each.dispose();
  });

  test("inputs that are views of the memory survive its growth during the call", () => {
    const array = backend.resident("float32", 1_000);
    array.data.fill(1);
    const length = 40_000;
    const b = new Float32Array(length * 1_000).fill(1);
    const { state } = linearScan({ a: array.data, b }, { batch: 1, length, channels: 1_000 });
    expect(state.every((value) => value === length)).toBe(true);
    array.dispose();
  });

  test("an empty one is legal", () => {
    const none = backend.resident("float32", 0);
    expect(none.data.length).toBe(0);
    const { h } = linearScan({ a: none, b: none }, { batch: 0, length: 3, channels: 2 });
    expect(h.length).toBe(0);
    none.dispose();
  });

  test("arrays that are disposed of, and calls, leave no memory behind", () => {
    const first = backend.resident("float32", 16);
    const around = (): void => {
      const array = backend.resident("float32", 2 * MiB);
      linearScan({ a: array, b: new Float32Array(2 * MiB) }, { batch: 1, length: 2, channels: MiB });
      expectRefusal(() => linearScan({ a: array, b: new Float32Array(MiB) }, { batch: 1, length: 2, channels: MiB }));
      array.dispose();
    };
    around();
    const before = memory(first);
    for (let i = 0; i < 20; i++) around();
    expect(memory(first) - before).toBeLessThanOrEqual(16 * MiB);
    first.dispose();
  });
});

test("a backend takes the resident arrays of another", async () => {
  const [native, wasm] = [await loadBackend("native"), await loadBackend("wasm")];
  for (const [own, other] of [[native, wasm], [wasm, native]] as const) {
    const [a, h] = [own.resident("float32", 4), own.resident("float32", 4)];
    a.data.fill(1);
    useBackend(other);
    linearScan({ a, b: new Float32Array(4).fill(1) }, { batch: 1, length: 4, channels: 1 }, { out: { h } });
    expect([...h.data]).toEqual([1, 2, 3, 4]);
    for (const each of [a, h]) each.dispose();
  }
});
