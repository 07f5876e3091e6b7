// Checkpoints in folders, by a path or a file: URL.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { loadCausalLM, MambaForCausalLM } from "ssm-scan";
import { afterAll, beforeAll, expect, test } from "vitest";
import { filesOf, golden, type Golden, idsOf } from "../support/checkpoints.js";
import { expectClose } from "../support/close.js";
import { expectRejection } from "../support/refusal.js";

const folder = mkdtempSync(join(tmpdir(), "ssm-scan-"));
let own: Golden;

function written(name: string, files: ReadonlyMap<string, Uint8Array>): string {
  const path = join(folder, name);
  mkdirSync(path, { recursive: true });
  for (const [file, bytes] of files) writeFileSync(join(path, file), bytes);
  return path;
}

beforeAll(async () => {
  own = await golden("hf_mamba_tiny");
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

test.each([1, 3])("a folder with %i files of weights", async (shards) => {
  const path = written(`shards ${shards}`, filesOf(own, { shards }));
  for (const source of [path, pathToFileURL(path), pathToFileURL(path).href]) {
    const model = await MambaForCausalLM.fromPretrained(source);
    expectClose("logits", model.forward(idsOf(own.truth["ids"]), { batch: 2, length: 12 }).logits, own.truth["logits"]!.data, 5e-6);
  }
});

test("weights in 16 bits from a file of 16 bits", async () => {
  const path = written("short", filesOf(own, { stored: "BF16" }));
  const [short, long] = [await loadCausalLM(path, { weights: "bfloat16" }), await loadCausalLM(path)];
  expect(short.parameters()["lm_head.weight"]).toBeUndefined();
  expect([...short.parameters()["backbone.embeddings.weight"]!.data]).toEqual([...long.parameters()["backbone.embeddings.weight"]!.data]);
});

test.each<[string, () => string, RegExp]>([
  ["a folder that is not there", () => join(folder, "none"), /config\.json is missing in .*none$/],
  ["a file", () => join(written("file", filesOf(own)), "config.json"), /ENOTDIR/],
  ["a folder in a file's place", () => { mkdirSync(join(folder, "odd", "config.json"), { recursive: true }); return join(folder, "odd"); }, /config\.json is no file/],
])("%s is named", async (_, source, sentence) => {
  await expectRejection(MambaForCausalLM.fromPretrained(source()), { code: "file", says: [sentence] });
});

test.skipIf(!existsSync("/proc/self/fd"))("no file stays open, whether it is read or refused", async () => {
  const files = filesOf(own, { shards: 3 });
  const [first, second] = ["model-00001-of-00003.safetensors", "model-00002-of-00003.safetensors"];
  const cut = (name: string, bytes: number) => new Map(files).set(name, files.get(name)!.subarray(0, bytes));
  const without = new Map(files);
  without.delete(second);
  const refused = [cut(first, 5), cut(second, 3000), cut("config.json", 9), cut("model.safetensors.index.json", 9), without].map((each, i) => written(`refused ${i}`, each));
  const right = written("right", files);
  const open = () => readdirSync("/proc/self/fd").length;
  const before = open();
  for (const path of refused) await expectRejection(loadCausalLM(path), { code: "file" });
  await loadCausalLM(right);
  expect(open()).toBe(before);
});
