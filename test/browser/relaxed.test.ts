/// <reference types="vite/client" />
// A page whose browser knows relaxed SIMD, where its module cannot be fetched: the other one is loaded.
import { init, linearScan } from "ssm-scan";
import { afterEach, expect, test, vi } from "vitest";

afterEach(() => {
  vi.restoreAllMocks();
});

test("a relaxed module that is not there is not missed", async () => {
  const fetched: string[] = [];
  const real = globalThis.fetch;
  vi.spyOn(globalThis, "fetch").mockImplementation((source, ...rest) => {
    const address = source instanceof Request ? source.url : String(source);
    fetched.push(/[^/]*_bg\.wasm/.exec(address)?.[0] ?? address);
    return address.includes("relaxed_bg.wasm") ? Promise.resolve(new Response("", { status: 404 })) : real(source, ...rest);
  });
  const [{ features }] = await Promise.all([init(), init()]);
  expect(features).toEqual(["simd128"]);
  expect(fetched).toEqual(["relaxed_bg.wasm", "index_bg.wasm"]);
  const ones = new Float32Array(3).fill(1);
  expect([...linearScan({ a: ones, b: ones }, { batch: 1, length: 3, channels: 1 }).h]).toEqual([1, 2, 3]);
});
