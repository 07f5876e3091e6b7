// Tables of the page: figures and cases.
import { type Group, groups } from "../cases/case.js";
import type { CaseResult } from "../conduct.js";
import { concerned, type Figure, rises } from "../goals/evaluate.js";
import { type Report, type Shown, short, shown, verdicts } from "./report.js";

/** Text that stands for itself in HTML. */
export function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}

export function tableOf(rows: readonly (readonly string[])[]): string {
  return `<table class="facts">${rows.map(([label = "", ...rest]) => `<tr><th scope="row">${escaped(label)}</th>${rest.map((text) => `<td>${escaped(text)}</td>`).join("")}</tr>`).join("")}</table>`;
}

export function figuresTable(figures: readonly Figure[]): string {
  const own = concerned(figures);
  if (own.length === 0) return "";
  const head = headOf(["figure", "", "#by minima", "#by medians", "#must", "#aim", ""]);
  return `<div class="wide"><table class="figures">${head}<tbody>${own.map(figureRow).join("\n")}</tbody></table></div>`;
}

function figureRow(figure: Figure): string {
  const { goal, verdict } = figure;
  const sign = rises(goal) ? "≥" : "≤";
  const marks = [`${sign} ${goal.must}`, `${sign} ${goal.aim}`].map(number).join("");
  const measured = verdict !== "not measured";
  const ratios = measured ? [short(figure.byMin), short(figure.byMedian)] : ["", ""];
  const note = measured ? (figure.at ?? "") : figure.cause;
  const badge = `<span class="badge ${verdict.replace(" ", "-")}">${verdicts[verdict]}</span> <span class="note">${escaped(note)}</span>`;
  return `<tr><td>${escaped(goal.name)}</td><td>${measured ? gauge(figure) : ""}</td>${ratios.map(number).join("")}${marks}<td>${badge}</td></tr>`;
}

/** How far the weaker ratio is on its way to the aim, with a mark where it has to be. */
function gauge({ goal, byMin, byMedian, verdict }: Extract<Figure, { byMin: number }>): string {
  const up = rises(goal);
  const part = up ? Math.min(byMin, byMedian) / goal.aim : goal.aim / Math.max(byMin, byMedian);
  const must = up ? goal.must / goal.aim : goal.aim / goal.must;
  return `<div class="gauge ${verdict}"><i style="width:${percent(part)}"></i><b style="left:${percent(must)}"></b></div>`;
}

/** A section for each group that was run. */
export function groupSections({ cases }: Report): string {
  return (Object.keys(groups) as Group[])
    .map((group) => {
      const own = cases.filter((result) => result.case.group === group);
      if (own.length === 0) return "";
      const open = own.length <= 8 ? " open" : "";
      return `<details${open}><summary><h3>${group}</h3> <span class="note">${groups[group]}, ${own.length === 1 ? "1 case" : `${own.length} cases`}</span></summary>${own.map(caseTable).join("\n")}</details>`;
    })
    .join("\n");
}

const heads = ["contestant", "", "#min ms", "#median", "#spread", "#ns/element", "#GB/s", "#x native", "#error"];

function caseTable(result: CaseResult): string {
  const { case: one, size, quiet, skipped } = result;
  const facts = `${short(size.bytes / 1e6)} MB, ${short(size.operations / 1e6)} Mflop, quiet in ${Math.round(100 * quiet)} % of samples`;
  const title = `<h4>${escaped(one.name)} <span class="note">${skipped ? escaped(`left out: ${skipped}`) : facts}</span></h4>`;
  if (skipped) return title;
  const rows = shown(result);
  const longest = longestBar(rows);
  return `${title}<div class="wide"><table class="case">${headOf(heads)}<tbody>${rows.map((row) => caseRow(row, longest)).join("\n")}</tbody></table></div>`;
}

/** Milliseconds of a full bar: somebody much slower would leave nothing to see of the others. */
function longestBar(rows: readonly Shown[]): number {
  const all = rows.flatMap(({ times }) => (times ? [times.min] : []));
  const us = rows.find(({ against }) => against === 1)?.times?.min ?? Math.min(...all);
  return Math.min(Math.max(...all), 15 * us);
}

function caseRow({ row, times, spread, nanosecondsPerElement, gigabytesPerSecond, against }: Shown, longest: number): string {
  const name = `<td class="${row.part}"><span class="dot"></span>${escaped(row.contestant)}</td>`;
  if (!times) return `<tr>${name}<td colspan="8" class="failed">${escaped(row.failed ?? "not timed")}</td></tr>`;
  const cut = times.min > longest ? " cut" : "";
  const bar = `<td class="${row.part}"><div class="bar${cut}" style="width:${percent(times.min / longest)}"></div></td>`;
  const numbers = [times.min, times.median, spread, nanosecondsPerElement, gigabytesPerSecond, against].map((value) => (value === undefined ? "" : short(value)));
  const error = row.part === "limit" || row.part === "copy" ? "" : (row.error?.toExponential(1) ?? "");
  const failed = row.failed === undefined ? "" : `<tr><td></td><td colspan="8" class="failed">${escaped(row.failed)}</td></tr>`;
  return `<tr>${name}${bar}${[...numbers, error].map(number).join("")}</tr>${failed}`;
}

/** A head's "#" says that numbers stand below. */
function headOf(titles: readonly string[]): string {
  return `<thead><tr>${titles.map((title) => (title.startsWith("#") ? `<th scope="col" class="number">${title.slice(1)}</th>` : `<th scope="col">${title}</th>`)).join("")}</tr></thead>`;
}

function number(text: string): string {
  return `<td class="number">${escaped(text)}</td>`;
}

function percent(part: number): string {
  return `${(100 * Math.min(1, Math.max(0, part))).toFixed(1)}%`;
}
