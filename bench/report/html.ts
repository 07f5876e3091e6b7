// What a run found, as one page that needs nothing but itself.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { at } from "../root.js";
import { chartsOf } from "./charts.js";
import { escaped, figuresTable, groupSections, tableOf } from "./html-parts.js";
import type { Report } from "./report.js";
import { facts, tally } from "./text.js";

const uplot = (file: string): string => readFileSync(createRequire(import.meta.url).resolve(`uplot/dist/${file}`), "utf8");
const own = (file: string): string => readFileSync(at("bench/report", file), "utf8");

/** Its banner is an address, and its licence asks for a name. */
const plotter = (): string => uplot("uPlot.iife.min.js").replace(/^\/\*!.*?\*\//, "/* uPlot, Copyright (c) 2022 Leon Sorokin, MIT licence */");

const legend = `<p class="legend"><span class="limit"><i class="dot"></i>limit: what the machine can do</span>
<span class="call"><i class="dot"></i>call of this package</span>
<span class="kernel"><i class="dot"></i>kernel: the computation alone</span>
<span class="copy"><i class="dot"></i>copy into WASM memory and back</span>
<span class="peer"><i class="dot"></i>peer</span></p>
<p class="note">Bars are minima, against zero; one that fades is longer than 15 times native on all threads. Spread: p90 / min.
Error: max |difference| / max |truth| against float64, checked before timing.</p>`;

export function asHtml(report: Report): string {
  const { absent, cases, figures } = report;
  const charts = chartsOf(cases);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>ssm-scan: the bench</title>
<style>${uplot("uPlot.min.css")}
${own("page.css")}</style>
</head>
<body>
<main>
<h1>ssm-scan: the bench</h1>
${tableOf(facts(report))}
<h2>Figures</h2>
<p class="note">Ratios of times within one run, the better try. Both have to reach the mark, by minima and by medians; a bar is full at the aim, its mark is the must.</p>
${figuresTable(figures)}
<p class="note">${escaped(tally(figures))}</p>
${charts.length === 0 ? "" : `<h2>Over length</h2><div class="charts">${charts.map(({ title }, i) => `<figure><figcaption>${escaped(title)}</figcaption><div class="chart" data-chart="${i}"></div></figure>`).join("\n")}</div>`}
<h2>Cases</h2>
${legend}
${groupSections(report)}
${absent.length === 0 ? "" : `<h2>Absent</h2>${tableOf(absent.map(({ name, cause, remedy = "" }) => [name, cause, remedy]))}`}
</main>
<script type="application/json" id="charts">${JSON.stringify(charts).replaceAll("<", "\\u003c")}</script>
<script>${plotter()}</script>
<script type="module">${own("page.mjs")}</script>
</body>
</html>
`;
}
