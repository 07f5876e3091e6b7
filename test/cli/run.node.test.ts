// `run`: a saved layer over a file, in pieces that are joined.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NpyReader, NpyWriter, type Real, S5Ssm, saveLayer, saveTensors } from "ssm-scan";
import { afterAll, expect, test } from "vitest";
import { root } from "../support/child.js";
import { expectClose, expectSameBits } from "../support/close.js";
import { chunk, format, Kept, npyFile, wavFile } from "../support/made-files.js";
import { type Dtype } from "../support/precision.js";
import { generator, uniform } from "../support/random.js";
import { bytesOf } from "../support/tensor-file.js";
import { program } from "./program.js";

const folder = mkdtempSync(join(tmpdir(), "ssm-scan-run-"));
const at = (name: string): string => join(folder, name);

afterAll(() => {
  rmSync(folder, { recursive: true });
});

const small = { dModel: 3, ssmSize: 8, seed: 3 };

function saved(name: string, layer: S5Ssm): string {
  writeFileSync(at(name), saveLayer(layer));
  return at(name);
}

function npy(name: string, values: Real, shape: readonly number[], dtype: Dtype): string {
  const sink = new Kept();
  const writer = new NpyWriter(sink, dtype);
  writer.append(values);
  writer.end(shape);
  writeFileSync(at(name), sink.bytes);
  return at(name);
}

function read(name: string): { shape: readonly number[]; values: Real } {
  const reader = new NpyReader(readFileSync(at(name)));
  return { shape: reader.shape, values: reader.read(0, reader.shape.slice(0, -1).reduce((product, axis) => product * axis, 1)) };
}

test.each([
  ["a sequence", [50, 3], "float32", 7, 8],
  ["several", [4, 50, 3], "float64", 7, 8],
  ["all at once", [4, 50, 3], "float32", 1000, 1],
  ["step by step", [2, 9, 3], "float64", 1, 9],
  ["no steps", [2, 0, 3], "float32", 5, 0],
] as const)("%s %j of %s in pieces of %d", async (_, shape, dtype, steps, pieces) => {
  const layer = new S5Ssm({ ...small, dtype });
  const [length, batch = 1] = shape.slice(0, -1).reverse() as [number, number?];
  const u = uniform(generator(1), dtype, batch * length * 3);
  const words = ["run", saved("m.safetensors", layer), "--input", npy("x.npy", u, shape, dtype), "--output", at("y.npy"), "--chunk", String(steps)];
  const { status, stdout } = await program(words);
  expect({ status, stdout }).toMatchObject({ status: 0, stdout: expect.stringContaining(`[${shape.join(", ")}] ${dtype}, in ${pieces} piece`) as string });
  const y = read("y.npy");
  expect(y.shape).toEqual(shape);
  const whole = layer.forward(u, { batch, length }).y;
  if (pieces === 1) expectSameBits("y", y.values, whole);
  else expectClose("y", y.values, whole, dtype === "float64" ? 1e-12 : 1e-6);
  expect(readdirSync(folder).filter((name) => name.endsWith(".part"))).toEqual([]);
});

test("a bidirectional layer runs in one piece", async () => {
  const layer = new S5Ssm({ ...small, bidirectional: true });
  const u = uniform(generator(2), "float32", 60);
  const { stdout } = await program(["run", saved("both.safetensors", layer), "--input", npy("x.npy", u, [20, 3], "float32"), "--output", at("y.npy"), "--chunk", "7"]);
  expect(stdout).toContain("in 1 piece,");
  expectSameBits("y", read("y.npy").values, layer.forward(u, { batch: 1, length: 20 }).y);
});

test("sound is an input with its channels as features, on either backend", async () => {
  const samples = Int16Array.from({ length: 300 }, (_, i) => 3000 * Math.sin(i));
  writeFileSync(at("x.wav"), wavFile(chunk("fmt ", format(1, 3, 16)), chunk("data", bytesOf(samples))));
  const layer = new S5Ssm(small);
  const whole = layer.forward(Float32Array.from(samples, (sample) => sample / 32768), { batch: 1, length: 100 }).y;
  for (const on of ["native", "wasm"]) {
    const { status, stdout } = await program(["run", saved("m.safetensors", layer), "--input", at("x.wav"), "--output", at("y.npy"), "--chunk", "33"], { env: { SSM_SCAN_BACKEND: on } });
    expect({ status, stdout }).toMatchObject({ status: 0, stdout: expect.stringContaining(`on ${on}`) as string });
    expect(read("y.npy").shape).toEqual([100, 3]);
    expectClose("y", read("y.npy").values, whole, 1e-6);
  }
});

test("numbers of another precision are converted", async () => {
  const layer = new S5Ssm(small);
  const u = uniform(generator(2), "float64", 60);
  await program(["run", saved("m.safetensors", layer), "--input", npy("x.npy", u, [20, 3], "float64"), "--output", at("y.npy")]);
  expectSameBits("y", read("y.npy").values, layer.forward(Float32Array.from(u), { batch: 1, length: 20 }).y);
});

test("an input may be longer than is sensible to hold", async () => {
  const length = 3_000_000;
  const header = `{'descr': '<f4', 'fortran_order': False, 'shape': (${length}, 3), }`;
  writeFileSync(at("long.npy"), npyFile(header));
  truncateSync(at("long.npy"), 10 + header.length + length * 12); // a hole, which reads as zeros
  const { status, stdout } = await program(["run", saved("m.safetensors", new S5Ssm(small)), "--input", at("long.npy"), "--output", at("y.npy")]);
  expect({ status, stdout }).toMatchObject({ status: 0, stdout: expect.stringMatching(/in 9 pieces/) as string });
  expect(statSync(at("y.npy")).size).toBe(256 + length * 12);
  rmSync(at("long.npy"));
});

test("an interrupted run leaves nothing", async () => {
  const length = 100_000_000;
  const header = `{'descr': '<f4', 'fortran_order': False, 'shape': (${length}, 3), }`;
  writeFileSync(at("long.npy"), npyFile(header));
  truncateSync(at("long.npy"), 10 + header.length + length * 12);
  rmSync(at("y.npy"), { force: true });
  const words = ["run", saved("m.safetensors", new S5Ssm(small)), "--input", at("long.npy"), "--output", at("y.npy")];
  const child = spawn(process.execPath, ["dist/cli/main.js", ...words], { cwd: root, stdio: ["ignore", "ignore", "pipe"] });
  await once(child.stderr, "data");
  child.kill("SIGINT");
  const [, signal] = (await once(child, "close")) as [number | null, string | null];
  expect(signal).toBe("SIGINT");
  expect(readdirSync(folder).filter((name) => name.startsWith("y.npy"))).toEqual([]);
  rmSync(at("long.npy"));
});

const x = (): string => npy("x.npy", new Float32Array(60), [20, 3], "float32");

test.each<[string, () => string, () => string, RegExp]>([
  ["a model that is not there", () => at("none.safetensors"), x, /none\.safetensors: ENOENT: no such file or directory$/],
  ["a model that is a folder", () => folder, x, /EISDIR/],
  ["a model that is none", x, x, /x\.npy: no safetensors file/],
  ["tensors without a layer", () => (writeFileSync(at("t.safetensors"), saveTensors({})), at("t.safetensors")), x, /t\.safetensors: loadLayer: `metadata\.format`/],
  ["an input that is not there", () => saved("m.safetensors", new S5Ssm(small)), () => at("none.npy"), /none\.npy: ENOENT/],
  ["an input that is a folder", () => saved("m.safetensors", new S5Ssm(small)), () => folder, /: not a file/],
  ["an input of another kind", () => saved("m.safetensors", new S5Ssm(small)), () => at("m.safetensors"), /neither an npy file nor a wav file$/],
  ["other features", () => saved("m.safetensors", new S5Ssm(small)), () => npy("z.npy", new Float32Array(20), [5, 4], "float32"), /z\.npy: the input is \[5, 4\], expected \[length, 3\] or \[batch, length, 3\]$/],
  ["one axis", () => saved("m.safetensors", new S5Ssm(small)), () => npy("z.npy", new Float32Array(3), [3], "float32"), /the input is \[3\]/],
])("%s: code 1 and one line, and nothing is written", async (_, model, input, sentence) => {
  rmSync(at("y.npy"), { force: true });
  const { status, stdout, stderr } = await program(["run", model(), "--input", input(), "--output", at("y.npy")]);
  expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
  expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  expect(stderr.trimEnd()).toMatch(/^ssm-scan: /);
  expect(stderr.trimEnd()).toMatch(sentence);
  expect(existsSync(at("y.npy"))).toBe(false);
});

test("an output that cannot be written is named", async () => {
  const { status, stderr } = await program(["run", saved("m.safetensors", new S5Ssm(small)), "--input", x(), "--output", at("none/y.npy")]);
  expect(status).toBe(1);
  expect(stderr).toMatch(/ssm-scan: .*none\/y\.npy: ENOENT/);
});
