// A scan that WASM's 4 GiB cannot hold is refused in words, and the module works on.
import { linearScan, loadBackend, useBackend } from "ssm-scan";
import { expect, test } from "vitest";
import { expectRefusal } from "../support/refusal.js";

test("more than WASM's memory can hold is refused, and the module works on", async () => {
  const backend = await loadBackend("wasm");
  useBackend(backend);
  const ones = new Float32Array(4).fill(1);
  const small = (): number[] => [...linearScan({ a: ones, b: ones }, { batch: 1, length: 4, channels: 1 }).h];
  const resident = backend.resident("float32", 4);
  resident.data.fill(5);
  expect(small()).toEqual([1, 2, 3, 4]);

  // Zeros that are never touched take no memory.
  const [length, channels] = [2 ** 19 + 1, 2 ** 10];
  const b = new Float32Array(length * channels);
  const a = new Float32Array(channels);
  expectRefusal(() => linearScan({ a, b }, { batch: 1, length, channels }), { says: [/memory|GiB/i] });
  expectRefusal(() => backend.resident("float64", 2 ** 30), { says: [/memory|GiB/i] });

  expect(small()).toEqual([1, 2, 3, 4]);
  expect([...resident.data]).toEqual([5, 5, 5, 5]);
  resident.dispose();
});
