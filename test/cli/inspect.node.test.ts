// `inspect`: what is in a safetensors file, of this package or another's.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { S5Ssm, saveLayer } from "ssm-scan";
import { afterAll, expect, test } from "vitest";
import { fileOf } from "../support/tensor-file.js";
import { program } from "./program.js";

const folder = mkdtempSync(join(tmpdir(), "ssm-scan-inspect-"));
const file = join(folder, "m.safetensors");

afterAll(() => {
  rmSync(folder, { recursive: true });
});

test("a saved layer, as a table", async () => {
  writeFileSync(file, saveLayer(new S5Ssm({ dModel: 2, ssmSize: 4 })));
  const { status, stdout, stderr } = await program(["inspect", file]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(stdout).toMatch(/^format +ssm-scan$/m);
  expect(stdout).toMatch(/^layer +S5Ssm$/m);
  expect(stdout).toMatch(/^options +\{.*"dModel":2.*\}$/m);
  expect(stdout).toMatch(/^B +F32 +\[2, 2, 2\] +32$/m);
  expect(stdout).toMatch(/^log_step +F32 +\[2, 1\] +8$/m);
  expect(stdout).toMatch(/^6 tensors, 24 elements, 96 bytes; \d+ bytes with the header$/m);
});

test("the same as JSON", async () => {
  writeFileSync(file, saveLayer(new S5Ssm({ dModel: 2, ssmSize: 4 })));
  const { stdout } = await program(["inspect", "--json", file]);
  const found = JSON.parse(stdout) as { tensors: object[] };
  expect(found).toMatchObject({ metadata: { layer: "S5Ssm" }, total: { tensors: 6, elements: 24, bytes: 96 } });
  expect(found.tensors[0]).toEqual({ name: "B", dtype: "F32", shape: [2, 2, 2], bytes: 32 });
});

test("a stranger's file, of numbers that are not read and names that are no words", async () => {
  const tensors = { "a\u001b[2J\nb": { dtype: "F8_E4M3", shape: [3], data_offsets: [0, 3] }, n: { dtype: "I64", shape: [], data_offsets: [3, 11] } };
  writeFileSync(file, fileOf({ __metadata__: { k: "v\u0007" }, ...tensors }, new Uint8Array(11)));
  const { status, stdout } = await program(["inspect", file]);
  expect(status).toBe(0);
  expect(stdout).toContain(String.raw`a\u001b[2J\nb`);
  expect(stdout).toContain(String.raw`v\u0007`);
  expect(stdout).toMatch(/^n +I64 +\[\] +8$/m);
  expect(stdout).not.toMatch(/[^\P{Cc}\n]/u);
});

test("on either backend the same", async () => {
  writeFileSync(file, saveLayer(new S5Ssm({ dModel: 2, ssmSize: 4 })));
  const [native, wasm] = await Promise.all(["native", "wasm"].map((on) => program(["inspect", file], { env: { SSM_SCAN_BACKEND: on } })));
  expect(wasm).toEqual(native);
});

test.each([
  ["a file cut short", new Uint8Array(20).fill(9), /m\.safetensors: no safetensors file, or one cut short/],
  ["no JSON", fileOf("hello"), /m\.safetensors: readTensorHeader: the header lists no tensors/],
])("%s: code 1 and one line", async (_, bytes, sentence) => {
  writeFileSync(file, bytes);
  const { status, stdout, stderr } = await program(["inspect", file]);
  expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
  expect(stderr).toMatch(/^ssm-scan: .+\n$/);
  expect(stderr).toMatch(sentence);
});
