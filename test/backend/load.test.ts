// Backends by name: what they say of themselves, and which one is in use.
import { type BackendName, currentBackend, init, linearScan, loadBackend, useBackend } from "ssm-scan";
import { describe, expect, test } from "vitest";
import { backends } from "../support/backends.js";
import { expectRefusal, expectRejection } from "../support/refusal.js";

const sum = (): number[] => {
  const ones = new Float32Array(4).fill(1);
  return [...linearScan({ a: ones, b: ones }, { batch: 1, length: 4, channels: 1 }).h];
};

describe.each(backends)("%s", (name) => {
  test("is loaded by its name, and says what it runs on", async () => {
    const backend = await loadBackend(name);
    expect(backend.name).toBe(name);
    expect(backend.threads).toBeGreaterThanOrEqual(1);
    expect(Number.isInteger(backend.threads)).toBe(true);
    expect(backend.features.every((feature) => /^[a-z0-9._-]+$/.test(feature))).toBe(true);
    if (name === "wasm") expect(backend.features).toContain("simd128");
    if (name === "native" && process.arch === "x64") expect(backend.features.length).toBeGreaterThan(0);
  });

  test("computes after `init`, which makes it the one in use", async () => {
    const backend = await init({ backend: name });
    expect(backend.name).toBe(name);
    expect(currentBackend()).toBe(backend);
    expect(sum()).toEqual([1, 2, 3, 4]);
  });

  test("computes after `useBackend`", async () => {
    const backend = await loadBackend(name);
    useBackend(backend);
    expect(currentBackend()).toBe(backend);
    expect(sum()).toEqual([1, 2, 3, 4]);
  });

  test("may be loaded many times", async () => {
    for (let i = 0; i < 5; i++) {
      useBackend(await loadBackend(name, { threads: 1 }));
      expect(sum()).toEqual([1, 2, 3, 4]);
    }
  });

  test("may be loaded many times at once", async () => {
    const loaded = await Promise.all(Array.from({ length: 5 }, () => loadBackend(name)));
    for (const backend of loaded) {
      useBackend(backend);
      expect(sum()).toEqual([1, 2, 3, 4]);
    }
  });
});

test.each([1, 2, 3])("native has the %i threads asked for", async (threads) => {
  expect((await loadBackend("native", { threads })).threads).toBe(threads);
});

test("loading a backend does not make it the one in use", async () => {
  const native = await init({ backend: "native" });
  await loadBackend("wasm");
  expect(currentBackend()).toBe(native);
});

test("the last `init` counts", async () => {
  await init({ backend: "native", threads: 1 });
  expect((await init({ backend: "wasm" })).name).toBe("wasm");
  expect(currentBackend().name).toBe("wasm");
  await init({ backend: "native", threads: 2, deterministic: true });
  expect(currentBackend()).toMatchObject({ name: "native", threads: 2 });
});

test("`auto`, and no word at all, take native where it is", async () => {
  expect((await init()).name).toBe("native");
  expect((await init({ backend: "auto" })).name).toBe("native");
});

describe("a choice that is none is refused", () => {
  test.each(["gpu", "", "Native", "reference"])("the backend %o", async (name) => {
    const expected = { code: ["option", "backend"], says: [/native/, /wasm/] } as const;
    await expectRejection(loadBackend(name as BackendName), expected);
    await expectRejection(init({ backend: name as BackendName }), expected);
  });

  test.each([-1, 1.5, Number.NaN, "2"])("%o threads", async (threads) => {
    const expected = { code: "option", names: "threads", says: [String(threads)] } as const;
    await expectRejection(loadBackend("native", { threads: threads as number }), expected);
    await expectRejection(init({ threads: threads as number }), expected);
  });

  test("an option that does not exist", async () => {
    await expectRejection(init({ device: "cpu" } as object), { code: "option", names: "device" });
    await expectRejection(init({ deterministic: "yes" as never }), { code: "option", names: "deterministic" });
  });

  test("and leaves the backend in use as it was", async () => {
    const before = await init({ backend: "wasm" });
    await expectRejection(init({ backend: "gpu" as BackendName }));
    await expectRejection(init({ threads: -1 }));
    expect(currentBackend()).toBe(before);
  });

  test("`useBackend` takes backends only", () => {
    expectRefusal(() => { useBackend({} as never); });
    expectRefusal(() => { useBackend(undefined as never); });
  });
});
