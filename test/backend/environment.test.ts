// A process that never calls `init`, and the variable that chooses its backend.
import { describe, expect, test } from "vitest";
import { inChild } from "../support/child.js";

const scan = `
  const { linearScan, currentBackend } = await import("ssm-scan");
  const ones = new Float32Array(3).fill(1);
  const { h } = linearScan({ a: ones, b: ones }, { batch: 1, length: 3, channels: 1 });
  report({ h: [...h], backend: currentBackend().name });
`;

test("the first op loads a backend, native where it is", async () => {
  expect(await inChild(scan)).toEqual({ h: [1, 2, 3], backend: "native" });
});

test("`currentBackend` loads one too", async () => {
  const code = `const { currentBackend } = await import("ssm-scan"); report(currentBackend().name);`;
  expect(await inChild(code)).toBe("native");
});

test("importing the package loads nothing", async () => {
  const code = `await import("ssm-scan"); report("loaded");`;
  expect(await inChild(code, { env: { SSM_SCAN_BACKEND: "gpu" } })).toBe("loaded");
});

describe.each(["native", "wasm"])("SSM_SCAN_BACKEND=%s", (name) => {
  const env = { SSM_SCAN_BACKEND: name };

  test("chooses the backend of the first op", async () => {
    expect(await inChild(scan, { env })).toEqual({ h: [1, 2, 3], backend: name });
  });

  test("chooses what `auto` means", async () => {
    const code = `
      const { init } = await import("ssm-scan");
      report([(await init()).name, (await init({ backend: "auto" })).name]);`;
    expect(await inChild(code, { env })).toEqual([name, name]);
  });
});

test("SSM_SCAN_BACKEND=auto changes nothing", async () => {
  expect(await inChild(scan, { env: { SSM_SCAN_BACKEND: "auto" } })).toEqual({ h: [1, 2, 3], backend: "native" });
});

test("an unknown SSM_SCAN_BACKEND is an error that names it and the choices", async () => {
  const error = (await inChild(scan, { env: { SSM_SCAN_BACKEND: "gpu" } })) as { name: string; code: string; message: string };
  expect(error.name).toBe("ScanError");
  expect(["option", "backend"]).toContain(error.code);
  for (const part of ["SSM_SCAN_BACKEND", "gpu", "native", "wasm"]) expect(error.message).toContain(part);
});

test("a process ends by itself once its scans are done", async () => {
  const code = `
    const { init, linearScan } = await import("ssm-scan");
    await init({ backend: "native", threads: 3 });
    const ones = new Float32Array(2_000_000).fill(1);
    report(linearScan({ a: ones, b: ones }, { batch: 1, length: 31_250, channels: 64 }).h.length);`;
  expect(await inChild(code)).toBe(2_000_000);
});
