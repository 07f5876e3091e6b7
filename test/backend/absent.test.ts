// A backend that is not there: a named one is an error that says what was tried, `auto` takes the other.
import { cpSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { inChild, root } from "../support/child.js";

interface Failure {
  name: string;
  code: string;
  message: string;
}

const scan = `
  const { linearScan, currentBackend } = await import("ssm-scan");
  const ones = new Float32Array(3).fill(1);
  const { h } = linearScan({ a: ones, b: ones }, { batch: 1, length: 3, channels: 1 });
  report({ h: [...h], backend: currentBackend().name });
`;
const load = (name: string): string => `
  const { loadBackend } = await import("ssm-scan");
  report((await loadBackend("${name}")).name);
`;

const folder = mkdtempSync(join(tmpdir(), "ssm-scan-absent-"));

/** A copy of the package that lacks files with the given endings, or folders. */
function packageWithout(...absent: string[]): string {
  const copy = join(folder, absent.join("-"));
  cpSync(join(root, "dist"), join(copy, "dist"), { recursive: true });
  cpSync(join(root, "package.json"), join(copy, "package.json"));
  for (const path of readdirSync(join(copy, "dist"), { recursive: true, encoding: "utf8" })) {
    if (absent.some((each) => path === each || path.endsWith(each))) rmSync(join(copy, "dist", path), { recursive: true, force: true });
  }
  return copy;
}

function expectNames(error: unknown, ...parts: RegExp[]): void {
  const { name, code, message } = error as Failure;
  expect({ name, code }, message).toEqual({ name: "ScanError", code: "backend" });
  for (const part of parts) expect(message).toMatch(part);
}

const native = /\.node\b|ssm-scan-(linux|darwin|win32)/;
const wasm = /\.wasm\b|wasm\/index/;
const remedy = /remedy:/;

afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe("without the addon", () => {
  let cwd: string;
  beforeAll(() => {
    cwd = packageWithout(".node");
  });

  test("`auto` takes WASM", async () => {
    expect(await inChild(scan, { cwd })).toEqual({ h: [1, 2, 3], backend: "wasm" });
    const code = `const { init } = await import("ssm-scan"); report((await init()).name);`;
    expect(await inChild(code, { cwd })).toBe("wasm");
  });

  test("native by name lists what was tried, why it failed, and the remedy", async () => {
    expectNames(await inChild(load("native"), { cwd }), /native/, native, remedy);
  });

  test("SSM_SCAN_BACKEND=native does not fall back", async () => {
    expectNames(await inChild(scan, { cwd, env: { SSM_SCAN_BACKEND: "native" } }), /native/, native, remedy);
  });

  test("WASM by name is loaded", async () => {
    expect(await inChild(load("wasm"), { cwd })).toBe("wasm");
  });
});

describe("without the WASM module", () => {
  let cwd: string;
  beforeAll(() => {
    cwd = packageWithout(".wasm");
  });

  test("`auto` takes native", async () => {
    expect(await inChild(scan, { cwd })).toEqual({ h: [1, 2, 3], backend: "native" });
  });

  test("WASM by name lists what was tried, why it failed, and the remedy", async () => {
    expectNames(await inChild(load("wasm"), { cwd }), wasm, remedy);
  });
});

describe("without both", () => {
  let cwd: string;
  beforeAll(() => {
    cwd = packageWithout(".node", ".wasm");
  });

  test("the package is imported all the same", async () => {
    expect(await inChild(`report(typeof (await import("ssm-scan")).linearScan);`, { cwd })).toBe("function");
  });

  test("`auto` lists every attempt", async () => {
    expectNames(await inChild(scan, { cwd }), native, wasm, remedy);
    const code = `const { init } = await import("ssm-scan"); report((await init()).name);`;
    expectNames(await inChild(code, { cwd }), native, wasm, remedy);
  });
});

describe("without the folders of both", () => {
  let cwd: string;
  beforeAll(() => {
    cwd = packageWithout("native", "wasm");
  });

  test("the package is imported all the same, and says so later", async () => {
    expect(await inChild(`report(typeof (await import("ssm-scan")).linearScan);`, { cwd })).toBe("function");
    expectNames(await inChild(scan, { cwd }), /native/, wasm, remedy);
  });
});
