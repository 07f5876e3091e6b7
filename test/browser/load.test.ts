/// <reference types="vite/client" />
// A page: nothing is there before `init`, which fetches the WASM module from where it is told to.
import { currentBackend, init, linearScan, loadBackend, loadCausalLM, MambaForCausalLM } from "ssm-scan";
import wasmUrl from "ssm-scan/wasm?url";
import { expect, test } from "vitest";
import { expectRefusal, expectRejection } from "../support/refusal.js";

const ones = new Float32Array(3).fill(1);
const sum = (): number[] => [...linearScan({ a: ones, b: ones }, { batch: 1, length: 3, channels: 1 }).h];

test("an op before `init` says what to call", () => {
  expectRefusal(sum, { code: "backend", says: [/await init\(\)/] });
  expectRefusal(currentBackend, { code: "backend", says: [/await init\(\)/] });
});

test("a checkpoint before `init` is not fetched", async () => {
  const asked: unknown[] = [];
  const fetch = (url: unknown): Promise<Response> => {
    asked.push(url);
    return Promise.resolve(new Response("{}"));
  };
  const place = new URL("model", location.href);
  for (const load of [MambaForCausalLM.fromPretrained(place, { fetch }), loadCausalLM(place, { fetch })]) {
    await expectRejection(load, { code: "backend", says: [/await init\(\)/] });
  }
  expect(asked).toEqual([]);
});

test("there is no native backend, and one asked for by name does not fall back", async () => {
  await expectRejection(loadBackend("native"), { code: "backend", says: [/native/] });
});

test("a module that is not there is named, and another may be given after it", async () => {
  const nowhere = new URL("nowhere.wasm", location.href);
  await expectRejection(init({ backend: "wasm", wasm: nowhere }), { code: "backend", says: [/nowhere\.wasm/] });
});

test("`init` loads the module from a URL; the ops work from then on", async () => {
  const backend = await init({ wasm: wasmUrl });
  expect(backend.name).toBe("wasm");
  expect(backend.features).toContain("simd128");
  expect(currentBackend()).toBe(backend);
  expect(sum()).toEqual([1, 2, 3]);
});

test("`init` may be called again, with the same URL or without", async () => {
  await init({ wasm: new URL(wasmUrl, location.href) });
  await init();
  expect(sum()).toEqual([1, 2, 3]);
});
