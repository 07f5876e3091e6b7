// What the words of a command line ask for.
import { parseArgs } from "node:util";
import type { BackendName, WeightFormat } from "../index.js";
import { countOf, list, numberOf, UsageError } from "./numbers.js";
import { gradientsOptions, type GradientsRequest, gradientsRequest } from "./gradients-arguments.js";
import { weightFormats } from "../models/checkpoint-tensor.js";
import { trainOptions, type TrainRequest, trainRequest } from "./train-arguments.js";

/** What is to be done. */
export type Request =
  | { command: "help" }
  | { command: "version" }
  | ({ command: "info" } & InfoOptions)
  | ({ command: "run" } & RunOptions)
  | ({ command: "inspect" } & InspectOptions)
  | ({ command: "generate" } & GenerateRequest)
  | ({ command: "train" } & TrainRequest)
  | ({ command: "gradients" } & GradientsRequest)
  | ({ command: "bench" } & BenchOptions);

export interface InfoOptions {
  json: boolean;
}

export interface RunOptions {
  /** Files. */
  model: string;
  input: string;
  output: string;
  /** Steps of a piece; as many as fit a few megabytes where left out. */
  chunk?: number;
}

export interface InspectOptions {
  /** A file. */
  model: string;
  json: boolean;
}

export interface GenerateRequest {
  /** A folder, or an http(s) address. */
  model: string;
  prompt: string;
  weights: WeightFormat;
  /** Those that are given, by the names that `generate` has for them. */
  sampling: { maxNewTokens?: number; temperature?: number; topK?: number; topP?: number; repetitionPenalty?: number; seed?: number };
}

export interface BenchOptions {
  json: boolean;
  /** Backends to load; "all" are those that can be. */
  backend: BackendName | "all";
  /** Every core where left out. */
  threads?: number;
  /** What the name of a workload has to contain, in any case. */
  filter: string;
}

export { UsageError };

const options = {
  help: { type: "boolean", short: "h" },
  version: { type: "boolean", short: "v" },
  json: { type: "boolean" },
  backend: { type: "string" },
  threads: { type: "string" },
  filter: { type: "string" },
  input: { type: "string" },
  output: { type: "string" },
  chunk: { type: "string" },
  model: { type: "string" },
  prompt: { type: "string" },
  "max-tokens": { type: "string" },
  temperature: { type: "string" },
  "top-k": { type: "string" },
  "top-p": { type: "string" },
  "repetition-penalty": { type: "string" },
  csv: { type: "string" },
  svg: { type: "string" },
  ...trainOptions,
} as const;

type Option = keyof typeof options;
type Values = ReturnType<typeof read>["values"];

interface Command {
  takes: readonly Option[];
  /** What the word after the command is, if it needs one. */
  operand?: string;
  request: (values: Values, operand: string) => Request;
}

/** Commands: what each takes, and what it makes of it. */
const commands: Readonly<Record<string, Command>> = {
  run: {
    takes: ["input", "output", "chunk"],
    operand: "model.safetensors",
    request: ({ input, output, chunk }, model) => ({
      command: "run",
      model,
      input: given("run", "input", input),
      output: npyOf(given("run", "output", output)),
      ...(chunk !== undefined && { chunk: countOf("chunk", chunk) }),
    }),
  },
  inspect: {
    takes: ["json"],
    operand: "model.safetensors",
    request: ({ json = false }, model) => ({ command: "inspect", model, json }),
  },
  generate: {
    takes: ["model", "prompt", "weights", "max-tokens", "temperature", "top-k", "top-p", "repetition-penalty", "seed"],
    request: ({ model, prompt, weights = "float32", ...values }) => ({
      command: "generate",
      model: given("generate", "model", model, "DIR"),
      prompt: given("generate", "prompt", prompt, "TEXT"),
      weights: formatOf(weights),
      sampling: samplingOf(values),
    }),
  },
  train: { takes: [...(Object.keys(trainOptions) as (keyof typeof trainOptions)[]), "threads"], request: (values) => ({ command: "train", ...trainRequest(values) }) },
  gradients: { takes: gradientsOptions, request: (values) => ({ command: "gradients", ...gradientsRequest(values) }) },
  info: { takes: ["json"], request: ({ json = false }) => ({ command: "info", json }) },
  bench: {
    takes: ["json", "backend", "threads", "filter"],
    request: ({ json = false, backend = "all", threads, filter = "" }) => ({
      command: "bench",
      json,
      backend: backendOf(backend),
      ...(threads !== undefined && { threads: countOf("threads", threads) }),
      filter,
    }),
  },
};

const backends: Readonly<Record<BenchOptions["backend"], true>> = { native: true, wasm: true, all: true };

/** Reads the words after the program's name; throws a UsageError. */
export function requestOf(words: readonly string[]): Request {
  const { values, positionals } = read(words);
  if (values.help) return { command: "help" };
  if (values.version) return { command: "version" };
  const [name, ...rest] = positionals;
  if (name === undefined && Object.keys(values).length === 0) return { command: "help" };
  if (name === undefined) throw new UsageError(`a command is missing, expected ${list(commands)}`);
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) throw new UsageError(`unknown command "${name}", expected ${list(commands)}`);
  const [operand = "", extra] = command.operand === undefined ? ["", ...rest] : rest;
  if (command.operand !== undefined && operand === "") throw new UsageError(`${name} needs a file: ssm-scan ${name} ${command.operand}`);
  if (extra !== undefined) throw new UsageError(`${name} takes ${command.operand === undefined ? "" : "one file and "}options only, got "${extra}"`);
  const stray = Object.keys(values).find((option) => !command.takes.includes(option as Option));
  if (stray !== undefined) throw new UsageError(`${name} has no option --${stray}`);
  return command.request(values, operand);
}

function read(words: readonly string[]) {
  try {
    return parseArgs({ args: [...words], options, allowPositionals: true });
  } catch (cause) {
    const { message } = cause as Error;
    const sentence = message.split(/\n|\. /)[0]!.replace(/\.$/, "");
    throw new UsageError(sentence.charAt(0).toLowerCase() + sentence.slice(1), { cause });
  }
}

function given(command: string, option: Option, value: string | undefined, what = "FILE"): string {
  if (!value) throw new UsageError(`${command} needs --${option} ${what}`);
  return value;
}

function npyOf(path: string): string {
  if (!path.toLowerCase().endsWith(".npy")) throw new UsageError(`--output must be an .npy file, got "${path}"`);
  return path;
}

function backendOf(text: string): BenchOptions["backend"] {
  if (!Object.hasOwn(backends, text)) throw new UsageError(`--backend must be ${list(backends)}, got "${text}"`);
  return text as BenchOptions["backend"];
}

function formatOf(text: string): WeightFormat {
  if (!Object.hasOwn(weightFormats, text)) throw new UsageError(`--weights must be ${list(weightFormats)}, got "${text}"`);
  return text as WeightFormat;
}

function samplingOf(values: Values): GenerateRequest["sampling"] {
  const { "max-tokens": most, temperature, "top-k": topK, "top-p": topP, "repetition-penalty": penalty, seed } = values;
  return {
    ...(most !== undefined && { maxNewTokens: countOf("max-tokens", most) }),
    ...(temperature !== undefined && { temperature: numberOf("temperature", temperature, (x) => x >= 0, "a number of at least 0") }),
    ...(topK !== undefined && { topK: countOf("top-k", topK) }),
    ...(topP !== undefined && { topP: numberOf("top-p", topP, (x) => x > 0 && x <= 1, "a number above 0, of at most 1") }),
    ...(penalty !== undefined && { repetitionPenalty: numberOf("repetition-penalty", penalty, (x) => x > 0, "a number above 0") }),
    ...(seed !== undefined && { seed: numberOf("seed", seed, () => true, "a number") }),
  };
}
