// What the words after `npm run bench --` ask for.
import { parseArgs } from "node:util";
import { type Group, groups } from "./cases/case.js";

export interface Options {
  help: boolean;
  /** What the name of a case has to contain, in any case. */
  filter: string;
  /** Every group where left out. */
  group?: Group;
  /** Rounds of a try. */
  repeats: number;
  tries: number;
  /** Whether installed peers take part. */
  peers: boolean;
  /** Few rounds, no large cases. */
  quick: boolean;
  /** Also cases that take minutes and gigabytes. */
  long: boolean;
  /** Files to write. */
  json?: string;
  html?: string;
}

/** Words that say nothing sensible; the message says why. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

const options = {
  help: { type: "boolean", short: "h" },
  filter: { type: "string" },
  group: { type: "string" },
  repeats: { type: "string" },
  tries: { type: "string" },
  peers: { type: "boolean" },
  quick: { type: "boolean" },
  long: { type: "boolean" },
  json: { type: "string" },
  html: { type: "string" },
} as const;

export const help = `The bench of ssm-scan: every result is checked against float64, then timed by turns

Usage: npm run bench -- [options]

  --peers         also the peers that \`npm run peers\` installed
  --filter TEXT   only cases whose names contain TEXT
  --group NAME    only cases of a group:
${Object.entries(groups).map(([name, what]) => `                    ${name.padEnd(9)} ${what}`).join("\n")}
  --repeats N     rounds of a try (default 11, with --quick 3)
  --tries N       tries; a figure has to be reached in one of them (default 1)
  --quick         few rounds, no large cases
  --long          also cases that take minutes and gigabytes
  --json FILE     writes what was found as JSON
  --html FILE     writes it as a page with charts, which needs no network
  -h, --help      prints this`;

const MOST = 10_000;

/** Throws a UsageError. */
export function optionsOf(words: readonly string[]): Options {
  const { filter = "", group, repeats, tries = "1", json, html, help = false, peers = false, quick = false, long = false } = read(words);
  if (quick && long) throw new UsageError("--quick and --long exclude each other");
  return {
    ...{ help, filter, peers, quick, long },
    repeats: repeats === undefined ? (quick ? 3 : 11) : countOf("repeats", repeats),
    tries: countOf("tries", tries),
    ...(group !== undefined && { group: groupOf(group) }),
    ...(json !== undefined && { json: fileOf("json", json) }),
    ...(html !== undefined && { html: fileOf("html", html) }),
  };
}

function read(words: readonly string[]) {
  try {
    return parseArgs({ args: [...words], options }).values;
  } catch (cause) {
    const { message } = cause as Error;
    const sentence = message.split(/\n|\. /)[0]!.replace(/\.$/, "");
    throw new UsageError(sentence.charAt(0).toLowerCase() + sentence.slice(1), { cause });
  }
}

function groupOf(text: string): Group {
  if (Object.hasOwn(groups, text)) return text as Group;
  const list = new Intl.ListFormat("en", { type: "disjunction" }).format(Object.keys(groups));
  throw new UsageError(`--group must be ${list}, got "${text}"`);
}

function fileOf(option: string, text: string): string {
  if (text === "") throw new UsageError(`--${option} must be the name of a file, got ""`);
  return text;
}

function countOf(option: string, text: string): number {
  const count = Number(text);
  if (/^\d+$/.test(text) && count >= 1 && count <= MOST) return count;
  throw new UsageError(`--${option} must be a whole number from 1 to ${MOST}, got "${text}"`);
}
