// Which of the two WASM modules is loaded: what the engine knows decides, and no fault of the better one is in the way.
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { knowsRelaxedSimd } from "../../src/backend/relaxed.js";
import { inChild, root } from "../support/child.js";
import { relaxedSimd } from "../support/relaxed.js";

const scan = (options = "{}"): string => `
  const { init, linearScan } = await import("ssm-scan");
  const { features } = await init({ backend: "wasm", ...${options} });
  const ones = new Float32Array(3).fill(1);
  const { h } = linearScan({ a: ones, b: ones }, { batch: 1, length: 3, channels: 1 });
  report({ features, h: [...h] });
`;
const simd = { features: ["simd128"], h: [1, 2, 3] };
const relaxed = { features: ["simd128", "relaxed-simd"], h: [1, 2, 3] };

const wasm = (name: string): string => `{ wasm: ${JSON.stringify(join(root, "dist/wasm", name))} }`;

test("what the engine knows is found out, and decides", async () => {
  expect(knowsRelaxedSimd()).toBeTypeOf("boolean");
  expect(await inChild(scan())).toEqual(knowsRelaxedSimd() ? relaxed : simd);
  expect(await inChild(scan(), { flags: relaxedSimd })).toEqual(relaxed);
});

test("a module that is given is the one that is loaded", async () => {
  expect(await inChild(scan(wasm("index_bg.wasm")), { flags: relaxedSimd })).toEqual(simd);
  expect(await inChild(scan(wasm("relaxed_bg.wasm")), { flags: relaxedSimd })).toEqual(relaxed);
});

describe.each([
  ["absent", (file: string): void => { rmSync(file); }],
  ["no module", (file: string): void => { writeFileSync(file, "<!doctype html>"); }],
])("where the relaxed module is %s", (_, spoil) => {
  const cwd = mkdtempSync(join(tmpdir(), "ssm-scan-relaxed-"));

  beforeAll(() => {
    cpSync(join(root, "package.json"), join(cwd, "package.json"));
    cpSync(join(root, "dist"), join(cwd, "dist"), { recursive: true, filter: (path) => !path.endsWith(".node") });
    spoil(join(cwd, "dist/wasm/relaxed_bg.wasm"));
  });

  afterAll(() => {
    rmSync(cwd, { recursive: true });
  });

  test("the other one is loaded", async () => {
    expect(await inChild(scan(), { cwd, flags: relaxedSimd })).toEqual(simd);
  });
});
