// What the words of a command line ask for.
import { parseArgs } from "node:util";
import type { BackendName } from "../index.js";

/** What is to be done. */
export type Request = { command: "help" } | { command: "version" } | ({ command: "info" } & InfoOptions) | ({ command: "bench" } & BenchOptions);

export interface InfoOptions {
  json: boolean;
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

/** A command line that says nothing sensible; the message says why. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

const options = {
  help: { type: "boolean", short: "h" },
  version: { type: "boolean", short: "v" },
  json: { type: "boolean" },
  backend: { type: "string" },
  threads: { type: "string" },
  filter: { type: "string" },
} as const;

type Option = keyof typeof options;
type Values = ReturnType<typeof read>["values"];

/** Commands: the options that each takes, and what it makes of them. */
const commands: Readonly<Record<string, { takes: readonly Option[]; request: (values: Values) => Request }>> = {
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
  const [name, extra] = positionals;
  if (name === undefined && Object.keys(values).length === 0) return { command: "help" };
  if (name === undefined) throw new UsageError(`a command is missing, expected ${list(commands)}`);
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) throw new UsageError(`unknown command "${name}", expected ${list(commands)}`);
  if (extra !== undefined) throw new UsageError(`${name} takes options only, got "${extra}"`);
  const stray = Object.keys(values).find((option) => !command.takes.includes(option as Option));
  if (stray !== undefined) throw new UsageError(`${name} has no option --${stray}`);
  return command.request(values);
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

function backendOf(text: string): BenchOptions["backend"] {
  if (!Object.hasOwn(backends, text)) throw new UsageError(`--backend must be ${list(backends)}, got "${text}"`);
  return text as BenchOptions["backend"];
}

function countOf(option: Option, text: string): number {
  const count = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(count) || count < 1) {
    throw new UsageError(`--${option} must be a whole number of at least 1, got "${text}"`);
  }
  return count;
}

function list(choices: Readonly<Record<string, unknown>>): string {
  return new Intl.ListFormat("en", { type: "disjunction" }).format(Object.keys(choices));
}
