// `info`: what there is to compute with, and why something is not there.
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { root } from "../support/child.js";
import { program } from "./program.js";

const folder = mkdtempSync(join(tmpdir(), "ssm-scan-info-"));

afterAll(() => {
  rmSync(folder, { recursive: true });
});

test("says what there is in lines that fit a terminal", async () => {
  const { status, stdout, stderr } = await program(["info"]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(stdout).toMatch(/^backend +native$/m);
  expect(stdout).toMatch(/^ +native +\d+ threads?, \w+/m);
  expect(stdout).toMatch(/^ +wasm +1 thread, simd128( relaxed-simd)?$/m);
  expect(stdout).toContain(`${process.platform} ${process.arch}`);
  for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(100);
});

test("says the same as JSON", async () => {
  const { status, stdout } = await program(["info", "--json"]);
  expect(status).toBe(0);
  const { node, v8 } = process.versions;
  expect(JSON.parse(stdout)).toMatchObject({
    node,
    v8,
    platform: process.platform,
    arch: process.arch,
    backend: "native",
    backends: { native: { loads: true }, wasm: { loads: true, features: expect.arrayContaining(["simd128"]) as string[], threads: 1 } },
  });
});

test("says which backend the environment forces", async () => {
  const { stdout } = await program(["info"], { env: { SSM_SCAN_BACKEND: "wasm" } });
  expect(stdout).toMatch(/^backend +wasm \(SSM_SCAN_BACKEND is wasm\)$/m);
});

test("says what is wrong with an environment that forces nonsense", async () => {
  const { status, stdout } = await program(["info"], { env: { SSM_SCAN_BACKEND: "cuda" } });
  expect(status).toBe(0);
  expect(stdout).toMatch(/^backend +absent: SSM_SCAN_BACKEND must be .+, got "cuda"$/m);
  expect(stdout).toMatch(/^ +native +\d+ threads?,/m);
});

test("says why a backend does not load, and what to do", async () => {
  cpSync(join(root, "package.json"), join(folder, "package.json"));
  cpSync(join(root, "dist"), join(folder, "dist"), { recursive: true, filter: (path) => !path.endsWith(".node") });
  const text = await program(["info"], { cwd: folder });
  expect(text.status).toBe(0);
  expect(text.stdout).toMatch(/^backend +wasm$/m);
  expect(text.stdout).toMatch(/^ +native +absent: .+\n +remedy: .*npm/m);
  const json = JSON.parse((await program(["info", "--json"], { cwd: folder })).stdout) as { backends: object };
  expect(json.backends).toMatchObject({ native: { loads: false, reason: expect.stringContaining("remedy") as string }, wasm: { loads: true } });
});
