// What a run found, for a terminal.
import type { CaseResult } from "../conduct.js";
import { concerned, type Figure, rises } from "../goals/evaluate.js";
import { type Report, type Shown, short, shown, verdicts } from "./report.js";
import { type Side, table } from "./table.js";

const columns: readonly { head: string; side: Side; cell: (shown: Shown) => string }[] = [
  { head: "", side: "left", cell: ({ row }) => row.contestant },
  { head: "part", side: "left", cell: ({ row }) => row.part },
  { head: "min ms", side: "right", cell: ({ times }) => number(times?.min) },
  { head: "median", side: "right", cell: ({ times }) => number(times?.median) },
  { head: "spread", side: "right", cell: ({ spread }) => number(spread) },
  { head: "ns/element", side: "right", cell: ({ nanosecondsPerElement }) => number(nanosecondsPerElement) },
  { head: "GB/s", side: "right", cell: ({ gigabytesPerSecond }) => number(gigabytesPerSecond) },
  { head: "x native", side: "right", cell: ({ against }) => number(against) },
  { head: "error", side: "right", cell: ({ row }) => (row.part === "limit" || row.part === "copy" ? "" : (row.error?.toExponential(1) ?? "")) },
  { head: "", side: "left", cell: ({ row }) => (row.failed === undefined ? "" : `FAILED: ${row.failed}`) },
];

const notes = `limit: what the machine can do; kernel: the computation alone; copy: arrays into WASM memory and back; call: all a program waits for
spread: p90 / min; x native: how often longer than native on all threads, by minima; error: max |difference| / max |truth| against float64`;

export function asText(report: Report): string {
  const { absent, cases, figures } = report;
  const sides = columns.map(({ side }) => side);
  const parts = [
    table(facts(report), ["left", "left"]),
    ...cases.map((result) => [caseHead(result), table([columns.map(({ head }) => head), ...shown(result).map((one) => columns.map(({ cell }) => cell(one)))], sides)].join("\n")),
    ...(cases.length > 0 ? [notes] : []),
    ...(absent.length > 0 ? [["absent:", ...absent.map(({ name, cause, remedy }) => `  ${name}: ${cause}${remedy ? ` (${remedy})` : ""}`)].join("\n")] : []),
    figuresText(figures),
  ];
  return parts.join("\n\n");
}

/** Labels and what they say of the machine. */
export function facts({ machine, began, options, versions }: Report): string[][] {
  const { cpu, cores, cacheBytes, memoryBytes, node, v8, platform, arch } = machine;
  return [
    ["ssm-scan", machine.package],
    ["machine", `${cpu}, ${cores} cores, ${Math.round(cacheBytes / 2 ** 20)} MiB cache, ${Math.round(memoryBytes / 2 ** 30)} GiB memory, ${platform} ${arch}`],
    ["node", `${node} (V8 ${v8})`],
    ...Object.entries(versions).map(([name, parts]) => [name, Object.entries(parts).map(([part, version]) => `${part} ${version}`).join(", ")]),
    ["run", `${began}, ${options.repeats} rounds, ${options.tries === 1 ? "1 try" : `${options.tries} tries`}`],
  ];
}

function caseHead({ case: { group, name }, size, quiet, skipped }: CaseResult): string {
  if (skipped) return `${group}: ${name}: left out, ${skipped}`;
  return `${group}: ${name} (${short(size.bytes / 1e6)} MB, ${short(size.operations / 1e6)} Mflop, quiet ${Math.round(100 * quiet)} %)`;
}

function figuresText(figures: readonly Figure[]): string {
  const head = ["figure", "by minima", "by medians", "must", "aim", "quiet", ""];
  const rows = concerned(figures).map((figure) => {
    const { goal, verdict } = figure;
    const [name, sign] = [goal.name, rises(goal) ? ">=" : "<="];
    const marks = [`${sign} ${goal.must}`, String(goal.aim)];
    if (verdict === "not measured") return [name, "", "", ...marks, "", `${verdicts[verdict]}: ${figure.cause}`];
    const { byMin, byMedian, at, quiet } = figure;
    return [name, short(byMin), short(byMedian), ...marks, `${Math.round(100 * quiet)} %`, verdicts[verdict] + (at ? ` (at ${at})` : "")];
  });
  const sides: Side[] = ["left", "right", "right", "right", "right", "right", "left"];
  return rows.length === 0 ? tally(figures) : `${table([head, ...rows], sides)}\n${tally(figures)}`;
}

/** How many figures are reached, in a sentence. */
export function tally(figures: readonly Figure[]): string {
  const count = (verdict: Figure["verdict"]): number => figures.filter((figure) => figure.verdict === verdict).length;
  const others = figures.length - concerned(figures).length;
  const parts = [`${count("aim") + count("must")} reached, ${count("aim")} of them to the aim`, `${count("missed")} missed`, `${count("not measured")} not measured`];
  return `figures: ${parts.join("; ")}${others > 0 ? ` (the cases of ${others} were not run)` : ""}`;
}

function number(value: number | undefined): string {
  return value === undefined ? "" : short(value);
}
