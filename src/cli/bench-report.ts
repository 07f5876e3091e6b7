// What the bench found, as a table or as JSON.
import type { Attempt } from "./loading.js";
import { backendText, cpuText, type Machine } from "./machine.js";
import { isRight, type Row } from "./measure.js";
import { type Side, table } from "./table.js";

/** What the bench found. */
export interface Report {
  machine: Machine;
  attempts: readonly Attempt[];
  /** Where the data is from. */
  input: string;
  rows: readonly Row[];
}

const columns: readonly { head: string; side: Side; cell: (row: Row) => string }[] = [
  { head: "workload", side: "left", cell: ({ backend, workload }) => (backend === "javascript" ? workload : "") },
  { head: "on", side: "left", cell: contenderOf },
  { head: "min ms", side: "right", cell: ({ milliseconds }) => decimal(milliseconds?.min) },
  { head: "median", side: "right", cell: ({ milliseconds }) => decimal(milliseconds?.median) },
  { head: "ratio", side: "right", cell: ({ ratio }) => decimal(ratio) },
  { head: "GB/s", side: "right", cell: ({ gigabytesPerSecond }) => decimal(gigabytesPerSecond, 1) },
  { head: "error", side: "right", cell: ({ error }) => error.toExponential(1) },
  { head: "bound", side: "right", cell: ({ bound }) => bound.toExponential(1) },
];

const notes = `
ratio: how often faster than the serial recurrence in plain JavaScript, minima of rounds by turns
error: max |difference| / max |truth| against float64, checked before timing
wasm copies plain arrays in and out; arrays that are resident live in its memory`;

/** At most 100 columns wide. */
export function asTable({ machine, attempts, input, rows }: Report): string {
  const { package: version, node, platform, arch } = machine;
  const lines = [
    ["ssm-scan", `${version}, Node ${node}, ${platform} ${arch}, ${cpuText(machine)}`],
    ...attempts.map((attempt) => [attempt.name, attemptText(attempt)]),
    ["input", input],
  ];
  const cells = [columns.map(({ head }) => head), ...rows.map((row) => columns.map(({ cell }) => cell(row)))];
  return [table(lines, ["left", "left"]), "", table(cells, columns.map(({ side }) => side)), notes].join("\n");
}

/** A backend in a line; why one is absent stands whole in `info`. */
function attemptText(attempt: Attempt): string {
  if ("backend" in attempt) return backendText(attempt.backend);
  const [sentence] = attempt.absent[0]!.split(". ");
  return `absent: ${sentence} (the rest is in ssm-scan info)`;
}

export function asJson({ machine, attempts, input, rows }: Report): string {
  const backends = attempts.map((attempt) =>
    "absent" in attempt ? { name: attempt.name, absent: attempt.absent.join("; ") } : { name: attempt.name, threads: attempt.backend.threads, features: attempt.backend.features },
  );
  return JSON.stringify({ ...machine, input, backends, rows: rows.map((row) => ({ ...row, ok: isRight(row) })) }, null, 2);
}

/** What is wrong, a sentence for each row that is. */
export function failures(rows: readonly Row[]): string[] {
  return rows
    .filter((row) => !isRight(row))
    .map((row) => `${row.workload} on ${contenderOf(row)}: the error ${row.error.toExponential(1)} is above the bound ${row.bound.toExponential(1)}; not timed`);
}

function contenderOf({ backend, passing }: Row): string {
  if (backend === "javascript") return "JavaScript";
  return passing === "resident" ? `${backend}, resident` : backend;
}

function decimal(number: number | undefined, places = 2): string {
  return number?.toFixed(places) ?? "";
}
