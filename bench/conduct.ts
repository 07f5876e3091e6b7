// One case after the other: everyone prepares, is judged, and is timed if right.
import { freemem } from "node:os";
import type { Case } from "./cases/case.js";
import { type Data, Folder } from "./cases/data.js";
import { boundOf } from "./cases/error.js";
import { type Size, sizeOf } from "./cases/problem.js";
import type { Contestant, Part } from "./contestants/contestant.js";
import { calibrated, type Entrant, timeByTurns } from "./timing/rounds.js";
import { Quiet } from "./timing/quiet.js";
import { type Times, timesOf } from "./timing/statistics.js";

/** A contestant at a case. */
export interface Row {
  contestant: string;
  part: Part;
  threads: number | "all";
  /** max |difference| / max |truth|; undefined where it did not get so far. */
  error?: number;
  /** Why it should have been timed and was not. */
  failed?: string;
  /** Calls of a sample. */
  calls?: number;
  /** For each try; none where it was not timed. */
  tries: readonly Times[];
}

/** What was found at a case. */
export interface CaseResult {
  case: Case;
  size: Size;
  bound: number;
  /** The part of samples that began while nobody else wanted the cores. */
  quiet: number;
  /** Why the whole case was left out. */
  skipped?: string;
  rows: readonly Row[];
}

export interface Plan {
  cases: readonly Case[];
  contestants: readonly Contestant[];
  /** Rounds of a try. */
  repeats: number;
  tries: number;
  /** Milliseconds that a case may wait for quiet moments. */
  patience: number;
  /** Told what is being done. */
  stage: (text: string) => void;
  step: (text: string) => void;
}

export async function conduct(plan: Plan): Promise<CaseResult[]> {
  const folder = new Folder();
  const found: CaseResult[] = [];
  try {
    for (const [i, one] of plan.cases.entries()) {
      plan.stage(`[${i + 1}/${plan.cases.length}] ${one.group}: ${one.name}`);
      found.push(await resultOf(one, folder, plan));
    }
  } finally {
    folder.remove();
  }
  return found;
}

async function resultOf(one: Case, folder: Folder, plan: Plan): Promise<CaseResult> {
  const size = sizeOf(one.problem);
  const result = { case: one, size, bound: boundOf(one.problem), quiet: 1, rows: [] };
  const chosen = plan.contestants.filter(({ name }) => one.only?.includes(name) ?? true);
  // Inputs and truth stand here; other processes hold arrays of their own.
  const [needed, free] = [(1.5 + chosen.length) * size.bytes, freemem()];
  if (one.long && needed > free) return { ...result, skipped: `it needs ${gigabytes(needed)} of memory, ${gigabytes(free)} are free` };
  const data = folder.data(one.problem);
  try {
    const judged = await prepareAll(chosen, one, data, plan);
    return { ...result, ...(await time(judged, plan)) };
  } finally {
    for (const contestant of chosen) await contestant.drop();
    globalThis.gc?.();
  }
}

/** A row without times, and who to time for it. */
interface Judged {
  row: Row;
  entrant?: Entrant;
}

async function prepareAll(contestants: readonly Contestant[], one: Case, data: Data, { step }: Plan): Promise<Judged[]> {
  const judged: (Judged & { contestant: Contestant })[] = [];
  for (const contestant of contestants) {
    step(`${one.name}: ${contestant.name} prepares`);
    const found = await prepare(contestant, one, data);
    if (found) judged.push({ ...found, contestant });
  }
  // A process that ended took others with it, which are not to blame.
  for (const [i, { contestant, entrant }] of judged.entries()) {
    if (entrant === undefined || contestant.ready) continue;
    judged[i] = { ...(await prepare(contestant, one, data))!, contestant };
  }
  return judged;
}

/** Undefined for someone whom the case does not concern. */
async function prepare(contestant: Contestant, { problem }: Case, data: Data): Promise<Judged | undefined> {
  const { name, part, threads } = contestant;
  const row: Row = { contestant: name, part, threads, tries: [] };
  const prepared = await contestant.prepare(problem, data);
  if ("unsupported" in prepared) return undefined;
  if ("failed" in prepared) return { row: { ...row, failed: prepared.failed } };
  const { error } = prepared;
  if (!(error <= boundOf(problem))) return { row: { ...row, error, failed: `the error ${error.toExponential(1)} is above ${boundOf(problem).toExponential(1)}` } };
  try {
    return { row: { ...row, error }, entrant: await calibrated(contestant) };
  } catch (cause) {
    return { row: { ...row, error, failed: (cause as Error).message } };
  }
}

async function time(judged: readonly Judged[], { repeats, tries, patience, step }: Plan): Promise<Pick<CaseResult, "quiet" | "rows">> {
  const entrants = judged.flatMap(({ entrant }) => (entrant ? [entrant] : []));
  const rows = new Map(judged.map(({ row }) => [row.contestant, row]));
  const quiet = new Quiet(patience);
  for (let number = 0; number < tries; number++) {
    const running = entrants.filter(({ contestant }) => !rows.get(contestant.name)!.failed);
    const round = (count: number): void => step(`try ${number + 1} of ${tries}, round ${count + 1} of ${repeats}`);
    const sampled = await timeByTurns(running, { repeats, quiet, round });
    running.forEach(({ contestant: { name }, calls }, i) => {
      const [row, so] = [rows.get(name)!, sampled[i]!];
      rows.set(name, "failed" in so ? { ...row, failed: so.failed, tries: [] } : { ...row, calls, tries: [...row.tries, timesOf(so.samples)] });
    });
  }
  return { quiet: quiet.part, rows: [...rows.values()] };
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
