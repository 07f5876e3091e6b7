// What is published: the manifest, the public names, and a package that works from its tarball.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as library from "ssm-scan";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { execute, inChild, root } from "./support/child.js";

interface Manifest {
  name: string;
  version: string;
  type: string;
  license: string;
  scripts: Record<string, string>;
  exports: Record<string, string | Record<string, string>>;
  engines: { node: string };
  [key: string]: unknown;
}

const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Manifest;

/** Every public name; a new one is added here on purpose. */
const names = [
  "ClassificationModel",
  "HippoMemory",
  "LinOss",
  "LinearRnn",
  "Lru",
  "LruLayer",
  "Mamba",
  "Mamba2",
  "Mamba2ForCausalLM",
  "MambaForCausalLM",
  "MambaLanguageModel",
  "MinGru",
  "MinLstm",
  "NpyReader",
  "NpyWriter",
  "RgLru",
  "Rnn",
  "S4",
  "S4D",
  "S5Layer",
  "S5Ssm",
  "ScanError",
  "SequenceModel",
  "Ssm",
  "TextStream",
  "WavReader",
  "associativeScan",
  "byteTokenizer",
  "causalConv1d",
  "causalConv1dBackward",
  "combineComplex",
  "combineLinear",
  "combineMatrix",
  "complexScan",
  "complexScanBackward",
  "currentBackend",
  "diagonalInit",
  "dplrInit",
  "fftConv",
  "fftConvBackward",
  "fromTensor",
  "grad",
  "init",
  "linearScan",
  "linearScanBackward",
  "loadBackend",
  "loadCausalLM",
  "loadLayer",
  "loadState",
  "loadTensors",
  "loadTokenizer",
  "makeDplrHippo",
  "makeHippo",
  "matrixScan",
  "matrixScanBackward",
  "saveCausalLM",
  "saveLayer",
  "saveState",
  "saveTensors",
  "selectiveScan",
  "selectiveScanBackward",
  "selectiveStep",
  "ssd",
  "ssdBackward",
  "summarizeComplex",
  "summarizeLinear",
  "summarizeMatrix",
  "train",
  "useBackend",
];

test("the public names are exactly these", () => {
  expect(Object.keys(library).sort()).toEqual([...names].sort());
});

describe("the manifest", () => {
  test("depends on nothing and runs nothing where it is installed", () => {
    expect(manifest["dependencies"]).toBeUndefined();
    const peers = manifest["peerDependencies"] as Record<string, string>;
    const optional = manifest["peerDependenciesMeta"] as Record<string, { optional?: boolean }>;
    expect(Object.keys(peers).filter((name) => optional[name]?.optional !== true)).toEqual([]);
    const onInstall = ["preinstall", "install", "postinstall", "prepare", "prepublish"];
    expect(Object.keys(manifest.scripts).filter((script) => onInstall.includes(script))).toEqual([]);
  });

  test("is of a module for Node from 20.19", () => {
    expect(manifest).toMatchObject({ name: "ssm-scan", type: "module", license: "MIT", engines: { node: ">=20.19" } });
    expect(manifest.version).toMatch(/^\d+\.\d+\.\d+/);
  });

  test("exports files that exist, types first", () => {
    const entry = manifest.exports["."] as Record<string, string>;
    expect(Object.keys(entry)[0]).toBe("types");
    const files = Object.values(manifest.exports).flatMap((target) => (typeof target === "string" ? target : Object.values(target)));
    for (const file of files) expect(existsSync(join(root, file)), file).toBe(true);
    for (const command of Object.values((manifest["bin"] ?? {}) as Record<string, string>)) {
      expect(existsSync(join(root, command)), command).toBe(true);
      expect(readFileSync(join(root, command), "utf8")).toMatch(/^#!\/usr\/bin\/env node\n/);
    }
  });
});

describe("the tarball", () => {
  const folder = mkdtempSync(join(tmpdir(), "ssm-scan-package-"));
  let files: string[] = [];

  beforeAll(async () => {
    const packed = await execute("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", folder]);
    expect(packed.status, packed.stderr).toBe(0);
    const [{ filename, files: listed }] = JSON.parse(packed.stdout) as [{ filename: string; files: { path: string }[] }];
    files = listed.map(({ path }) => path);
    writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "user", private: true, type: "module" }));
    const flags = ["--offline", "--no-audit", "--no-fund", "--ignore-scripts"];
    const installed = await execute("npm", ["install", ...flags, join(folder, filename)], { cwd: folder });
    expect(installed.status, installed.stderr).toBe(0);
  }, 60_000);

  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  test("holds what is built, and neither sources nor tests nor addons", () => {
    const parts = new Set(files.map((path) => path.split("/")[0]));
    for (const part of parts) expect(["dist", "package.json", "README.md", "LICENSE", "CHANGELOG.md", "models"]).toContain(part);
    expect(files.filter((path) => path.endsWith(".node"))).toEqual([]);
    const modules = ["dist/wasm/index_bg.wasm", "dist/wasm/relaxed_bg.wasm"];
    expect(files.filter((path) => path.endsWith(".wasm")).sort()).toEqual(modules);
    expect(files).toContain("dist/index.d.ts");
  });

  test("installs one package", () => {
    const installed = readdirSync(join(folder, "node_modules")).filter((name) => !name.startsWith("."));
    expect(installed).toEqual(["ssm-scan"]);
  });

  test("scans by WASM once it is installed", async () => {
    const code = `
      const { init, linearScan, S5Ssm } = await import("ssm-scan");
      const { name } = await init({ backend: "wasm" });
      const ones = new Float32Array(3).fill(1);
      const { h } = linearScan({ a: ones, b: ones }, { batch: 1, length: 3, channels: 1 });
      const { y } = new S5Ssm({ dModel: 2, ssmSize: 4, blocks: 1 }).forward(new Float32Array(6), { batch: 1, length: 3 });
      report({ name, h: [...h], y: [...y] });`;
    expect(await inChild(code, { cwd: folder })).toEqual({ name: "wasm", h: [1, 2, 3], y: [0, 0, 0, 0, 0, 0] });
  });

  test("says what to do where native is asked for and absent", async () => {
    const code = `const { loadBackend } = await import("ssm-scan"); report((await loadBackend("native")).name);`;
    const error = (await inChild(code, { cwd: folder })) as { code: string; message: string };
    expect(error).toMatchObject({ name: "ScanError", code: "backend" });
    expect(error.message).toContain("ssm-scan-");
  });

  test("opens its WASM files and manifest to bundlers", async () => {
    const code = `
      const { existsSync } = await import("node:fs");
      const paths = ["ssm-scan/wasm", "ssm-scan/wasm-relaxed", "ssm-scan/package.json"].map((name) => import.meta.resolve(name));
      report(paths.map((path) => existsSync(new URL(path))));`;
    expect(await inChild(code, { cwd: folder })).toEqual([true, true, true]);
  });
});
