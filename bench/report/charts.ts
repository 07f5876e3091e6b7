// The lines over length, as data for the page.
import type { CaseResult } from "../conduct.js";
import { bestOf } from "./report.js";

/** Lines over a logarithmic axis. */
export interface Chart {
  title: string;
  x: string;
  y: string;
  lines: { label: string; points: [x: number, y: number][] }[];
}

/** Of the groups that were run; a chart without two points side by side says nothing. */
export function chartsOf(cases: readonly CaseResult[]): Chart[] {
  const ofLengths = (channels: number): CaseResult[] => cases.filter(({ case: { group, problem } }) => group === "lengths" && problem.channels === channels);
  const of = (group: string): CaseResult[] => cases.filter((result) => result.case.group === group);
  const perElement = { x: "length", y: "ns per element" };
  const charts: Chart[] = [
    { title: "One channel: time per element", ...perElement, lines: linesOf(ofLengths(1), timePerElement) },
    { title: "64 channels: time per element", ...perElement, lines: linesOf(ofLengths(64), timePerElement) },
    { title: "One SSM of 64 complex states: recurrence, convolution, scan", x: "length", y: "ms", lines: linesOf(of("classic"), (min) => min) },
    { title: "All threads against one: below 1, threads pay", x: "MB touched", y: "time ratio", lines: threadLines(of("threads")) },
  ];
  return charts.filter(({ lines }) => lines.some(({ points }) => points.length > 1));
}

type Value = (min: number, result: CaseResult) => number;

const timePerElement: Value = (min, { size }) => (1e6 * min) / size.elements;

/** A line for each contestant. */
function linesOf(results: readonly CaseResult[], value: Value): Chart["lines"] {
  const lines = new Map<string, [number, number][]>();
  for (const result of results) {
    for (const row of result.rows) {
      const min = bestOf(row)?.min;
      if (min === undefined) continue;
      const points = lines.get(row.contestant) ?? [];
      points.push([result.case.problem.length, value(min, result)]);
      lines.set(row.contestant, points);
    }
  }
  return [...lines].map(([label, points]) => ({ label, points }));
}

/** A line for each operator and width: the native backend on all threads against one. */
function threadLines(results: readonly CaseResult[]): Chart["lines"] {
  const lines = new Map<string, [number, number][]>();
  for (const { case: { problem }, size, rows } of results) {
    const [one, all] = ["native 1T", "native allT"].map((name) => bestOf(rows.find(({ contestant }) => contestant === name))?.min);
    if (one === undefined || all === undefined) continue;
    const { operator, batch, channels, n } = problem;
    const label = `${operator}, ${channels === undefined ? `n = ${n}` : channels === 1 ? "1 channel" : `${channels} channels`}${batch > 1 ? `, batch ${batch}` : ""}`;
    lines.set(label, [...(lines.get(label) ?? []), [size.bytes / 1e6, all / one]]);
  }
  return [...lines].map(([label, points]) => ({ label, points }));
}
