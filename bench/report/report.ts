// Everything a run found, as data; every way of showing it starts here.
import type { Options } from "../arguments.js";
import type { CaseResult, Row } from "../conduct.js";
import type { Absence } from "../contestants/contestant.js";
import type { Figure } from "../goals/evaluate.js";
import type { Times } from "../timing/statistics.js";
import type { Machine } from "./machine.js";

export interface Report {
  machine: Machine;
  /** When it began, ISO 8601. */
  began: string;
  options: Pick<Options, "repeats" | "tries" | "peers" | "quick" | "long">;
  versions: Record<string, Record<string, string>>;
  absent: readonly Absence[];
  figures: readonly Figure[];
  cases: readonly CaseResult[];
}

/** The contestant that all others are compared with. */
const US = "native allT";

/** A row as it is shown: of several tries the one with the smallest minimum. */
export interface Shown {
  row: Row;
  times?: Times;
  /** p90 / min. */
  spread?: number;
  nanosecondsPerElement?: number;
  gigabytesPerSecond?: number;
  /** How often longer than the native backend on all threads. */
  against?: number;
}

/** Fastest first, then those without times. */
export function shown({ rows, size }: CaseResult): Shown[] {
  const us = bestOf(rows.find(({ contestant }) => contestant === US));
  const all = rows.map((row): Shown => {
    const times = bestOf(row);
    if (!times) return { row };
    const { min, p90 } = times;
    return {
      ...{ row, times, spread: p90 / min },
      nanosecondsPerElement: (1e6 * min) / size.elements,
      gigabytesPerSecond: size.bytes / min / 1e6,
      ...(us && { against: min / us.min }),
    };
  });
  return all.toSorted((x, y) => (x.times?.min ?? Infinity) - (y.times?.min ?? Infinity) || 0);
}

export function bestOf(row: Row | undefined): Times | undefined {
  return row?.tries.toSorted((x, y) => x.min - y.min)[0];
}

/** What the package itself got wrong or did not do, a sentence each. */
export function ownFailures(cases: readonly CaseResult[]): string[] {
  return cases.flatMap(({ case: { name }, rows }) =>
    rows.filter(({ part, failed }) => part !== "peer" && failed !== undefined).map(({ contestant, failed }) => `${name}: ${contestant}: ${failed}`),
  );
}

/** A number with three digits that count. */
export function short(number: number): string {
  const digits = Math.floor(Math.log10(Math.abs(number))) + 1;
  return Number.isFinite(digits) ? number.toFixed(Math.min(5, Math.max(0, 3 - digits))) : String(number);
}

export const verdicts: Readonly<Record<Figure["verdict"], string>> = { aim: "aim reached", must: "reached", missed: "MISSED", "not measured": "not measured" };
