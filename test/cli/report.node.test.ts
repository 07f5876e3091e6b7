// What reports are made of: medians, turns, errors, tables, and what is said of wrong rows.
import { expect, test } from "vitest";
import { asTable, failures } from "../../src/cli/bench-report.js";
import { errorOf } from "../../src/cli/error-of.js";
import type { Row } from "../../src/cli/measure.js";
import { table } from "../../src/cli/table.js";
import { median, timeByTurns } from "../../src/cli/timing.js";

test.each([
  [[3], 3],
  [[5, 1, 3], 3],
  [[10, 9, 2, 1], 5.5],
  [[], NaN],
])("the median of %j is %f", (numbers, middle) => {
  expect(median(numbers)).toBe(middle);
});

test("everyone has a turn in every round, and the first run does not count", async () => {
  const order: string[] = [];
  const timed = (name: string, times: number[]) => () => {
    order.push(name);
    return times.shift() ?? 9;
  };
  const patience = { rounds: 2, most: 3, milliseconds: Infinity };
  const found = await timeByTurns([timed("a", [100, 3, 1, 2]), timed("b", [0])], patience, async () => void order.push("|"));
  expect(order.join("")).toBe("abab|ba|ab|");
  expect(found).toEqual([{ min: 1, median: 2, rounds: 3 }, { min: 9, median: 9, rounds: 3 }]);
});

test("rounds end with the time there is, but not before there are enough", async () => {
  const patience = { rounds: 4, most: 100, milliseconds: -1 };
  expect(await timeByTurns([() => 1], patience, async () => {})).toEqual([{ min: 1, median: 1, rounds: 4 }]);
});

test("an error is relative to the largest of the truth, over all planes", () => {
  const truth = [Float64Array.of(1, -8), Float64Array.of(2, 0)];
  expect(errorOf([Float32Array.of(1, -8), Float32Array.of(2, 0)], truth)).toBe(0);
  expect(errorOf([Float32Array.of(1, -8), Float32Array.of(4, 0)], truth)).toBe(0.25);
  expect(errorOf([Float32Array.of(1, -8), Float32Array.of(2, NaN)], truth)).toBe(Infinity);
  expect(errorOf([Float32Array.of(1), Float32Array.of(2, 0)], truth)).toBe(Infinity);
});

test("a table has columns as wide as their cells", () => {
  const rows = [["name", "n"], ["a", "10"], ["longer", "5"]];
  expect(table(rows, ["left", "right"])).toBe("name     n\na       10\nlonger   5");
});

const machine = { package: "0.0.0", node: "1", v8: "2", platform: "p", arch: "a", cpu: "c", cores: 1 };
const who = { workload: "w", threads: 1, bound: 1e-6 };
const serial: Row = { ...who, backend: "javascript", passing: "plain", error: 1e-7, ratio: 1, milliseconds: { min: 2, median: 3, rounds: 11 } };
const wrong: Row = { ...who, backend: "wasm", passing: "resident", error: Infinity };

test("a wrong row has an error and no times, and a sentence", () => {
  const lines = asTable({ machine, attempts: [], input: "none", rows: [serial, wrong] }).split("\n");
  expect(lines.find((line) => line.includes("JavaScript "))).toMatch(/^w +JavaScript +2\.00 +3\.00 +1\.00 +1\.0e-7 +1\.0e-6$/);
  expect(lines.find((line) => line.includes("wasm, resident"))).toMatch(/^ +wasm, resident +Infinity +1\.0e-6$/);
  expect(failures([serial, wrong])).toEqual(["w on wasm, resident: the error Infinity is above the bound 1.0e-6; not timed"]);
});
