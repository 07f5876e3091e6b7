// A run of the bench: who and what is chosen, timed, compared with the figures and shown.
import { writeFileSync } from "node:fs";
import { type Options, UsageError } from "./arguments.js";
import type { Case } from "./cases/case.js";
import { cases as allCases } from "./cases/cases.js";
import { sizeOf } from "./cases/problem.js";
import { conduct } from "./conduct.js";
import { everyone, peerSpecs } from "./contestants/everyone.js";
import type { PeerSpec } from "./contestants/peer.js";
import { evaluate } from "./goals/evaluate.js";
import { goals } from "./goals/goals.js";
import { Progress } from "./progress.js";
import { asHtml } from "./report/html.js";
import { machine } from "./report/machine.js";
import { ownFailures, type Report } from "./report/report.js";
import { asText } from "./report/text.js";

/** What tests replace. */
export interface Surroundings {
  cases: readonly Case[];
  specs: readonly PeerSpec[];
  print: (text: string) => void;
  /** Milliseconds that a case may wait for quiet moments. */
  patience: number;
}

/** Elements of the largest case of `--quick`. */
const QUICK = 10e6;

const PATIENCE_MS = 5000;

/** Prints what was found; returns the exit code: 1 where a result of the package is wrong. */
export async function bench(options: Options, surroundings: Partial<Surroundings> = {}): Promise<number> {
  const { cases = allCases, specs = peerSpecs(options.peers), print = console.log, patience = PATIENCE_MS } = surroundings;
  const chosen = choose(cases, options);
  const report = await run(chosen, specs, patience, options);
  print(asText(report));
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(report, null, 2)}\n`);
  if (options.html !== undefined) writeFileSync(options.html, asHtml(report));
  const wrong = ownFailures(report.cases);
  for (const sentence of wrong) console.error(`WRONG: ${sentence}`);
  return wrong.length > 0 ? 1 : 0;
}

function choose(cases: readonly Case[], { filter, group, quick, long }: Options): readonly Case[] {
  const chosen = cases
    .filter(({ name }) => name.toLowerCase().includes(filter.toLowerCase()))
    .filter((one) => group === undefined || one.group === group)
    .filter((one) => (long || !one.long) && (!quick || sizeOf(one.problem).elements <= QUICK));
  if (chosen.length > 0) return chosen;
  throw new UsageError(`no case${group ? ` of ${group}` : ""} is left: its name would have to contain "${filter}"${quick ? " and --quick leaves out large ones" : ""}`);
}

async function run(cases: readonly Case[], specs: readonly PeerSpec[], patience: number, options: Options): Promise<Report> {
  const began = new Date().toISOString();
  const progress = new Progress(process.stderr);
  progress.stage("starting everyone");
  const { contestants, absent, versions, end } = await everyone(specs);
  try {
    const { repeats, tries, peers, quick, long } = options;
    const found = await conduct({ cases, contestants, repeats, tries, patience, stage: progress.stage, step: progress.step });
    const facts = machine();
    const figures = evaluate(goals, { results: found, tries, cacheBytes: facts.cacheBytes });
    return { machine: facts, began, options: { repeats, tries, peers, quick, long }, versions, absent, figures, cases: found };
  } finally {
    progress.end();
    await end();
  }
}
