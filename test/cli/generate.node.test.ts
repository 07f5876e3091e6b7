// The command `generate`, on small models with random weights whose tokens are bytes.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadCausalLM, MambaForCausalLM, TextStream, byteTokenizer } from "ssm-scan";
import { afterAll, beforeAll, expect, test } from "vitest";
import { root } from "../support/child.js";
import { filesOf, type Tensors } from "../support/checkpoints.js";
import { program } from "./program.js";

const folder = mkdtempSync(join(tmpdir(), "ssm-scan-"));
const config = { model_type: "mamba", vocab_size: 256, hidden_size: 8, num_hidden_layers: 2, state_size: 4 };

function written(name: string, fields: object = {}): string {
  const path = join(folder, name);
  mkdirSync(path, { recursive: true });
  const model = new MambaForCausalLM({ vocabSize: 256, dModel: 8, nLayers: 2, layer: { dState: 4 }, seed: 2 });
  for (const [file, bytes] of filesOf({ config: { ...config, ...fields }, weights: model.parameters() as Tensors })) writeFileSync(join(path, file), bytes);
  return path;
}

let model: string;

beforeAll(() => {
  model = written("model");
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

async function textOf(path: string, prompt: string, options: object): Promise<string> {
  const stream = new TextStream(byteTokenizer);
  let text = "";
  for await (const token of (await loadCausalLM(path)).generate(byteTokenizer.encode(prompt), options)) text += stream.push(token);
  return text + stream.end();
}

test.each(["native", "wasm"])("the text comes on stdout, its pace on stderr: %s", async (backend) => {
  const words = ["generate", "--model", model, "--prompt", "The ", "--max-tokens", "20", "--temperature", "1.5", "--seed", "7", "--top-k", "40", "--top-p", "0.95", "--repetition-penalty", "1.1"];
  const { status, stdout, stderr } = await program(words, { env: { SSM_SCAN_BACKEND: backend } });
  const options = { maxNewTokens: 20, temperature: 1.5, seed: 7, topK: 40, topP: 0.95, repetitionPenalty: 1.1 };
  expect({ status, stdout }).toEqual({ status: 0, stdout: `${await textOf(model, "The ", options)}\n` });
  expect(stderr).toMatch(new RegExp(`^prompt: 4 tokens, [\\d.]+ tokens/s; text: 20 tokens, [\\d.]+ tokens/s; on ${backend}\n$`));
});

test("weights in 16 bits, and 256 tokens where nothing is said", async () => {
  const { status, stderr } = await program(["generate", "--model", model, "--prompt", "x", "--weights", "bfloat16"]);
  expect({ status, stderr }).toMatchObject({ status: 0, stderr: expect.stringContaining("text: 256 tokens") as string });
});

test("it ends where the configuration says that texts end", async () => {
  const tokens = (await loadCausalLM(model)).generate(byteTokenizer.encode("x"));
  const { value: first } = await tokens.next();
  const { stdout, stderr } = await program(["generate", "--model", written("ending", { eos_token_id: first }), "--prompt", "x"]);
  expect(stdout).toBe("\n");
  expect(stderr).toMatch(/^prompt: 1 tokens; text: 0 tokens; on/);
});

test("an interruption ends the line and tells the pace", async () => {
  const words = ["generate", "--model", model, "--prompt", "x", "--max-tokens", "100000000", "--temperature", "1"];
  const child = spawn(process.execPath, ["dist/cli/main.js", ...words], { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
  let [text, pace] = ["", ""];
  child.stderr.on("data", (data: Buffer) => { pace += data.toString(); });
  child.stdout.on("data", (data: Buffer) => { text += data.toString(); });
  await Promise.race([once(child.stdout, "data"), once(child, "close")]);
  child.kill("SIGINT");
  const [, signal] = (await once(child, "close")) as [number | null, string | null];
  expect(signal).toBe("SIGINT");
  expect(text.endsWith("\n")).toBe(true);
  expect(pace).toMatch(/text: \d+ tokens/);
});

test.each<[string, () => string[], number, RegExp]>([
  ["no model", () => ["--prompt", "x"], 2, /generate needs --model DIR/],
  ["no prompt", () => ["--model", model], 2, /generate needs --prompt TEXT/],
  ["an empty prompt", () => ["--model", model, "--prompt", ""], 2, /generate needs --prompt TEXT/],
  ["another format", () => ["--model", model, "--prompt", "x", "--weights", "int8"], 2, /--weights must be float32, bfloat16, or float16, got "int8"/],
  ["a share that is none", () => ["--model", model, "--prompt", "x", "--top-p", "2"], 2, /--top-p must be a number above 0, of at most 1, got "2"/],
  ["a folder that is not there", () => ["--model", join(folder, "none"), "--prompt", "x"], 1, /config\.json is missing in .*none$/m],
  ["a model of fewer tokens than bytes", () => ["--model", written("narrow", { vocab_size: 64 }), "--prompt", "x"], 1, /\[256, 8\], expected \[64, 8\]/],
])("%s: one line", async (_, words, code, sentence) => {
  const { status, stdout, stderr } = await program(["generate", ...words()]);
  expect({ status, stdout }).toEqual({ status: code, stdout: "" });
  expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  expect(stderr).toMatch(sentence);
});
