// Which figures are reached: in one of the tries, by minima as well as by medians.
import type { CaseResult } from "../conduct.js";
import type { Times } from "../timing/statistics.js";
import type { Goal } from "./goal.js";

/** What the better try gives. */
export interface Measured {
  goal: Goal;
  byMin: number;
  byMedian: number;
  verdict: "aim" | "must" | "missed";
  /** Where that is not said by the goal, the cases that decide. */
  at?: string;
  /** The smallest part of quiet samples among the cases. */
  quiet: number;
}

/** Why a figure says nothing in this run. */
export interface Unmeasured {
  goal: Goal;
  verdict: "not measured";
  cause: string;
}

export type Figure = Measured | Unmeasured;

/** What a figure is made of. */
interface Run {
  results: readonly CaseResult[];
  tries: number;
  /** Of the largest cache. */
  cacheBytes: number;
}

type Ratio = { ratio: number; at?: string } | { cause: string };

/** Cases that are this much larger than the cache have nothing of it. */
const BEYOND = 2;

export function evaluate(goals: readonly Goal[], run: Run): Figure[] {
  return goals.map((goal) => figureOf(goal, run));
}

/** The cause where nothing is wrong. */
const NOT_RUN = "its cases were not run";

/** Figures that a run could say something of. */
export function concerned(figures: readonly Figure[]): Figure[] {
  return figures.filter((figure) => !("cause" in figure) || figure.cause !== NOT_RUN);
}

/** Whether more is better. */
export const rises = ({ kind }: Goal): boolean => kind === "faster";

function figureOf(goal: Goal, run: Run): Figure {
  let best: Measured | undefined;
  for (let number = 0; number < run.tries; number++) {
    const byMin = ratioOf(goal, run, number, "min");
    const byMedian = ratioOf(goal, run, number, "median");
    if ("cause" in byMin) return { goal, verdict: "not measured", cause: byMin.cause };
    if ("cause" in byMedian) return { goal, verdict: "not measured", cause: byMedian.cause };
    const found: Measured = { goal, byMin: byMin.ratio, byMedian: byMedian.ratio, verdict: verdictOf(goal, byMin.ratio, byMedian.ratio), quiet: quietOf(goal, run), ...(byMin.at && { at: byMin.at }) };
    if (best === undefined || weaker(best) < weaker(found)) best = found;
  }
  return best ?? { goal, verdict: "not measured", cause: "there was no try" };
}

function verdictOf(goal: Goal, ...ratios: number[]): Measured["verdict"] {
  const reach = (mark: number): boolean => ratios.every((ratio) => (rises(goal) ? ratio >= mark : ratio <= mark));
  return reach(goal.aim) ? "aim" : reach(goal.must) ? "must" : "missed";
}

/** The worse of the two ratios; more is better. */
function weaker({ goal, byMin, byMedian }: Measured): number {
  return rises(goal) ? Math.min(byMin, byMedian) : -Math.max(byMin, byMedian);
}

function quietOf(goal: Goal, { results }: Run): number {
  const used = results.filter((result) => ("case" in goal ? result.case.name === goal.case : result.case.group === goal.group));
  return Math.min(...used.map(({ quiet }) => quiet));
}

function ratioOf(goal: Goal, { results, cacheBytes }: Run, number: number, by: "min" | "median"): Ratio {
  switch (goal.kind) {
    case "faster":
    case "slower": {
      const result = results.find(({ case: { name } }) => name === goal.case);
      if (!result) return { cause: NOT_RUN };
      const pair = pairAt(result, goal, number, by);
      if ("cause" in pair) return pair;
      return { ratio: goal.kind === "faster" ? pair.theirs / pair.ours : pair.ours / pair.theirs };
    }
    case "worst": {
      const all = results.filter((result) => result.case.group === goal.group).map((result) => ({ at: result.case.name, ...pairAt(result, goal, number, by) }));
      const ratios = all.flatMap((one) => ("cause" in one ? [] : [{ at: one.at, ratio: one.ours / one.theirs }]));
      if (all.length === 0) return { cause: NOT_RUN };
      return all.find((one): one is { at: string; cause: string } => "cause" in one) ?? worstOf(ratios);
    }
    case "flat": {
      const cases = results.filter(({ case: { group, problem }, size }) => group === goal.group && problem.channels === goal.channels && size.bytes > BEYOND * cacheBytes);
      const timed = cases.map((result) => ({ at: result.case.name, time: timeOf(result, goal.ours, number), elements: result.size.elements }));
      const each = timed.flatMap(({ at, time, elements }) => (typeof time === "string" ? [] : [{ at, ratio: time[by] / elements }]));
      if (each.length < 2) return { cause: `it takes two lengths beyond the caches, there ${each.length === 1 ? "is one" : "are none"}` };
      const { ratio, at } = worstOf(each);
      return { ratio: ratio / Math.min(...each.map((one) => one.ratio)), at };
    }
  }
}

function worstOf(all: readonly { ratio: number; at: string }[]): { ratio: number; at: string } {
  return all.reduce((worst, one) => (one.ratio > worst.ratio ? one : worst), { ratio: -Infinity, at: "" });
}

/** Milliseconds of both in a try. */
type Pair = { ours: number; theirs: number } | { cause: string };

function pairAt(result: CaseResult, { ours, theirs }: { ours: string; theirs: string }, number: number, by: "min" | "median"): Pair {
  const [own, other] = [timeOf(result, ours, number), timeOf(result, theirs, number)];
  if (typeof own === "string") return { cause: own };
  if (typeof other === "string") return { cause: other };
  return { ours: own[by], theirs: other[by] };
}

/** The times of a contestant in a try, or why there are none. */
function timeOf(result: CaseResult, name: string, number: number): Times | string {
  if (result.skipped) return result.skipped;
  const row = result.rows.find(({ contestant }) => contestant === name);
  if (!row) return `${name} is not here`;
  return row.tries[number] ?? `${name}: ${row.failed ?? "was not timed"}`;
}
