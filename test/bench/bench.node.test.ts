// A whole run of tiny cases: checked, timed, and shown as text, as JSON and as a page that needs no network.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { optionsOf, UsageError } from "../../bench/arguments.js";
import { bench } from "../../bench/bench.js";
import { classic, scan } from "../../bench/cases/case.js";
import type { Report } from "../../bench/report/report.js";
import { fakeSpec, tiny } from "./support.js";

const folder = mkdtempSync(join(tmpdir(), "ssm-scan-report-"));
const cases = [
  tiny,
  scan("variants", "complex", [1, 16, 2], { reverse: true, dtype: "float64" }),
  scan("matrix", "matrix", [1, 16, 3], {}, ["native 1T"]),
  ...[100, 1000].map((length) => scan("lengths", "linear", [1, length, 1], {}, ["native 1T"])),
  classic(64),
];

let text = "";
let status = -1;
const file = (name: string): string => join(folder, name);
const run = (words: string[], specs = [fakeSpec("polite", "right", "wrong")]): Promise<number> => bench(optionsOf(words), { cases, specs, patience: 0, print: (printed) => (text = printed) });

beforeAll(async () => {
  vi.stubEnv("TMPDIR", folder);
  vi.spyOn(process.stderr, "write").mockReturnValue(true);
  status = await run(["--repeats", "2", "--tries", "2", "--json", file("a.json"), "--html", file("a.html")]);
});

afterAll(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

test("everyone takes part who can", () => {
  expect(status).toBe(0);
  const { cases: found, absent } = JSON.parse(readFileSync(file("a.json"), "utf8")) as Report;
  const names = found.map(({ rows }) => rows.map(({ contestant }) => contestant));
  const own = ["native 1T", "native allT", "wasm", "wasm resident", "copy"];
  expect(names.map((of) => of.filter((name) => own.includes(name)))).toEqual([own, own, ["native 1T"], ["native 1T"], ["native 1T"], []]);
  expect(absent).toMatchObject([{ name: "missing" }, { name: "unbuilt" }]);
  for (const row of found[0]!.rows) {
    if (row.contestant !== "wrong") expect(row.tries.map(({ samples }) => samples), row.contestant).toEqual([2, 2]);
    else expect(row).toMatchObject({ error: 0.5, failed: "the error 5.0e-1 is above 1.0e-5", tries: [] });
  }
});

test("the text has a table for each case, the absent and the figures", () => {
  expect(text).toMatch(/^main: linear \[1, 8, 2\] \(/m);
  expect(text).toMatch(/^native allT +call( +[\d.]+){5} +1\.00 +[\d.]+e[-+]\d/m);
  expect(text).toMatch(/^wrong +peer +5\.0e-1 +FAILED: the error/m);
  expect(text).toMatch(/^ {2}missing: not installed \(install it\)$/m);
  expect(text).toMatch(/0 missed; \d+ not measured \(the cases of \d+ were not run\)$/m);
});

test("the page is whole, and asks for nothing", () => {
  const html = readFileSync(file("a.html"), "utf8");
  expect(html).not.toMatch(/https?:|@import|url\(|<link|src=/);
  expect(html).toContain("uPlot, Copyright (c) 2022 Leon Sorokin");
  expect(html).toContain("linear [1, 8, 2]");
  const [, charts = ""] = /id="charts">(.*?)<\/script>/s.exec(html) ?? [];
  expect(JSON.parse(charts)).toMatchObject([{ title: "One channel: time per element", lines: [{ label: "native 1T", points: [[100, expect.any(Number)], [1000, expect.any(Number)]] }] }]);
});

test("nothing is left behind", () => {
  expect(readdirSync(folder).sort()).toEqual(["a.html", "a.json"]);
});

test("what is chosen", async () => {
  await run(["--filter", "COMPLEX", "--repeats", "1"], []);
  expect(text).toContain("variants: complex [1, 16, 2] float64 reverse");
  expect(text).not.toContain("matrix: ");
  await expect(run(["--filter", "nothing"])).rejects.toThrow(UsageError);
  await expect(run(["--group", "small"])).rejects.toThrow(/^no case of small is left/);
});
