// What words of a command line mean, and which ones are refused.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { requestOf } from "../../src/cli/arguments.js";
import { root } from "../support/child.js";
import { program } from "./program.js";

test.each([
  [[], { command: "help" }],
  [["bench", "-h"], { command: "help" }],
  [["-v"], { command: "version" }],
  [["info"], { command: "info", json: false }],
  [["--json", "info"], { command: "info", json: true }],
  [["run", "m", "--input", "x", "--output", "y.npy"], { command: "run", model: "m", input: "x", output: "y.npy" }],
  [["run", "--chunk", "9", "--input=x", "--output=Y.NPY", "m"], { command: "run", model: "m", input: "x", output: "Y.NPY", chunk: 9 }],
  [["inspect", "m", "--json"], { command: "inspect", model: "m", json: true }],
  [["generate", "--model", "m", "--prompt", "p"], { command: "generate", model: "m", prompt: "p", weights: "float32", sampling: {} }],
  [["generate", "--model", "m", "--prompt", "p", "--weights", "float16", "--max-tokens", "9", "--temperature", "0.5", "--top-k", "3", "--seed=-1"], { command: "generate", model: "m", prompt: "p", weights: "float16", sampling: { maxNewTokens: 9, temperature: 0.5, topK: 3, seed: -1 } }],
  [["train", "--out", "d"], { command: "train", out: "d", saveEvery: 60, given: {} }],
  [
    ["train", "--task", "text", "--text", "t", "--layer", "Lru", "--d-model", "8", "--lr", "1e-3", "--dropout=0", "--norm", "rms", "--threads", "2", "--save-every", "0", "--out=d"],
    { command: "train", out: "d", saveEvery: 0, threads: 2, given: { task: "text", text: "t", layer: "Lru", "d-model": 8, lr: 0.001, dropout: 0, norm: "rms" } },
  ],
  [["bench"], { command: "bench", json: false, backend: "all", filter: "" }],
  [["bench", "--backend", "wasm", "--threads=2", "--filter", "S5", "--json"], { command: "bench", json: true, backend: "wasm", threads: 2, filter: "S5" }],
])("%j", (words, request) => {
  expect(requestOf(words)).toEqual(request);
});

const refused: [string[], RegExp][] = [
  [["scan"], /unknown command "scan", expected run, inspect, generate, train, gradients, info, or bench/],
  [["toString"], /unknown command "toString"/],
  [["--json"], /a command is missing/],
  [["info", "native"], /info takes options only, got "native"/],
  [["run"], /run needs a file: ssm-scan run model\.safetensors/],
  [["run", "m"], /run needs --input FILE/],
  [["run", "m", "--input", ""], /run needs --input FILE/],
  [["run", "m", "--input", "x"], /run needs --output FILE/],
  [["run", "m", "--input", "x", "--output", "y.wav"], /--output must be an \.npy file, got "y\.wav"/],
  [["run", "m", "--input", "x", "--output", "y.npy", "--chunk", "0"], /--chunk must be a whole number of at least 1, got "0"/],
  [["run", "m", "n", "--input", "x", "--output", "y.npy"], /run takes one file and options only, got "n"/],
  [["train"], /train needs --out DIR/],
  [["train", "d"], /train takes options only, got "d"/],
  [["train", "--task", "cifar", "--out", "d"], /--task must be smnist, pmnist, text, selective-copying, or induction-heads, got "cifar"/],
  [["train", "--layer", "Lstm", "--out", "d"], /--layer must be LinearRnn, .*, got "Lstm"/],
  [["train", "--norm", "group", "--out", "d"], /--norm must be layer, batch, or rms, got "group"/],
  [["train", "--activation", "tanh", "--out", "d"], /--activation must be .*gelu.*, got "tanh"/],
  [["train", "--epochs", "0", "--out", "d"], /--epochs must be a whole number of at least 1, got "0"/],
  [["train", "--lr", "0", "--out", "d"], /--lr must be a number above 0, got "0"/],
  [["train", "--dropout", "1", "--out", "d"], /--dropout must be a number of at least 0, below 1, got "1"/],
  [["train", "--warmup=-1", "--out", "d"], /--warmup must be a number of at least 0, got "-1"/],
  [["train", "--seed", "0.5", "--out", "d"], /--seed must be a whole number from 0 to 262143, got "0.5"/],
  [["train", "--text", "", "--out", "d"], /--text must be a file, got ""/],
  [["train", "--prompt", "x", "--out", "d"], /train has no option --prompt/],
  [["inspect"], /inspect needs a file/],
  [["inspect", "m", "--input", "x"], /inspect has no option --input/],
  [["info", "--filter", "x"], /info has no option --filter/],
  [["bench", "--thread", "2"], /unknown option '--thread'/],
  [["bench", "--filter"], /--filter <value>' argument missing/],
  [["bench", "--json=yes"], /--json' does not take an argument/],
  [["bench", "--backend", "cuda"], /--backend must be native, wasm, or all, got "cuda"/],
  ...["0", "1.5", "two", "", "1e3"].map((threads): [string[], RegExp] => [["bench", "--threads", threads], new RegExp(`--threads must be a whole number of at least 1, got "${threads}"`)]),
  [["bench", "--threads=-1"], /got "-1"/],
];

test.each(refused)("%j is refused by a sentence", (words, sentence) => {
  expect(() => requestOf(words)).toThrow(sentence);
});

test.each([[["scan"]], [["bench", "--threads", "0"]], [["bench", "--backend", "cuda"]], [["bench", "--filter", "no such workload"]]])(
  "the program ends %j with code 2 and one line",
  async (words) => {
    const { status, stdout, stderr } = await program(words);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toMatch(/^ssm-scan: .+; see ssm-scan --help\n$/);
  },
);

test("--help names every command and option", async () => {
  const { status, stdout, stderr } = await program(["--help"]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  for (const word of ["run", "inspect", "--input", "--output", "--chunk", "info", "bench", "--json", "--backend", "--threads", "--filter", "--version", "generate", "--model", "--prompt", "--weights", "--max-tokens", "--temperature", "--top-k", "--top-p", "--repetition-penalty", "--seed", "train", "--task", "--layer", "--d-model", "--layers", "--state-size", "--norm", "--activation", "--dropout", "--batch", "--epochs", "--lr", "--system-rate", "--weight-decay", "--warmup", "--clip", "--patience", "--length", "--text", "--examples", "--held", "--out", "--save-every", "gradients", "--csv", "--svg"]) expect(stdout).toContain(word);
  for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(100);
});

test("--version is the package's", async () => {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
  expect(await program(["--version"])).toEqual({ status: 0, stdout: `${version}\n`, stderr: "" });
});
