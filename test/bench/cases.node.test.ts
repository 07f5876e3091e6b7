// Problems, their data and their truth; and that the figures speak of cases that are there.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { mamba, scan } from "../../bench/cases/case.js";
import { cases } from "../../bench/cases/cases.js";
import { Folder } from "../../bench/cases/data.js";
import { boundOf, errorOf } from "../../bench/cases/error.js";
import { inputsOf } from "../../bench/cases/inputs.js";
import { nameOf, type Problem, sizeOf } from "../../bench/cases/problem.js";
import { truthOf } from "../../bench/cases/truth.js";
import { goals } from "../../bench/goals/goals.js";
import { complexScan } from "../reference/complex-scan.js";
import { linearScan } from "../reference/linear-scan.js";
import { matrixScan } from "../reference/matrix-scan.js";
import { type SelectiveGiven, selectiveScan } from "../reference/selective-scan.js";
import { ssd } from "../reference/ssd.js";

const problem = (operator: Problem["operator"], width: number, unusual: Partial<Problem> = {}): Problem => scan("main", operator, [2, 5, width], unusual).problem;

test("every case has a name of its own, and every figure a case", () => {
  const names = cases.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const goal of goals) {
    if ("case" in goal) expect(names, goal.name).toContain(goal.case);
    else expect(cases.map(({ group }) => group), goal.name).toContain(goal.group);
  }
  expect(new Set(goals.map(({ name }) => name)).size).toBe(goals.length);
});

test.each([
  [problem("linear", 3), "linear [2, 5, 3]", { elements: 30, bytes: 360, operations: 60 }],
  [problem("linear", 3, { gates: "channels", reverse: true }), "linear [2, 5, 3] gates by channel reverse", { elements: 30, bytes: 252, operations: 60 }],
  [problem("complex", 3, { dtype: "float64" }), "complex [2, 5, 3] float64", { elements: 30, bytes: 1440, operations: 240 }],
  [problem("matrix", 3), "matrix [2, 5, 3, 3]", { elements: 30, bytes: 600, operations: 180 }],
])("%j", (problem, name, size) => {
  expect(nameOf(problem)).toBe(name);
  expect(sizeOf(problem)).toEqual(size);
});

test.each([problem("linear", 3), problem("linear", 3, { reverse: true, dtype: "float64" }), problem("linear", 3, { gates: "channels" })])("the truth of %j", (problem) => {
  const inputs = inputsOf(problem);
  const { h } = linearScan({ a: inputs["a"]!, b: inputs["b"]! }, { batch: 2, length: 5, channels: 3 }, { reverse: problem.reverse });
  expect(errorOf(truthOf(problem, inputs), { h })).toBeLessThan(1e-15);
});

test("the truth of complex numbers", () => {
  const inputs = inputsOf(problem("complex", 3, { reverse: true }));
  const pair = (name: string) => ({ re: inputs[`${name}.re`]!, im: inputs[`${name}.im`]! });
  const { h } = complexScan({ a: pair("a"), b: pair("b") }, { batch: 2, length: 5, channels: 3 }, { reverse: true });
  expect(errorOf(truthOf(problem("complex", 3, { reverse: true }), inputs), { "h.re": h.re, "h.im": h.im })).toBeLessThan(1e-15);
  for (let i = 0; i < 30; i++) expect(Math.hypot(pair("a").re[i]!, pair("a").im[i]!)).toBeLessThan(1);
});

test("the truth of matrices", () => {
  const inputs = inputsOf(problem("matrix", 3));
  const { h } = matrixScan({ A: inputs["a"]!, b: inputs["b"]! }, { batch: 2, length: 5, n: 3 });
  expect(errorOf(truthOf(problem("matrix", 3), inputs), { h })).toBeLessThan(1e-15);
});

test("the truth of a selective scan", () => {
  const one = mamba("selective", [5, 4, 3], []).problem;
  expect(nameOf(one)).toBe("selective [1, 5, 4] 3 states");
  const inputs = inputsOf(one);
  const { y } = selectiveScan(inputs as unknown as SelectiveGiven, { batch: 1, length: 5, channels: 4, states: 3, groups: 1 }, { dtSoftplus: true });
  expect(errorOf(truthOf(one, inputs), { y })).toBeLessThan(1e-14);
});

test("the truth of Mamba-2's recurrence", () => {
  const one = mamba("ssd", [5, 128, 3], []).problem;
  expect(nameOf(one)).toBe("ssd [1, 5, 2, 64] 3 states");
  const inputs = inputsOf(one);
  const { y } = ssd(inputs as unknown as Parameters<typeof ssd>[0], { batch: 1, length: 5, heads: 2, headDim: 64, states: 3 });
  expect(errorOf(truthOf(one, inputs), { y })).toBeLessThan(1e-14);
});

test("models are long, and have as many bytes as their weights", () => {
  const models = cases.filter(({ name }) => name.startsWith("mamba-"));
  expect(models.map(({ long, problem }) => [long, Math.round(sizeOf(problem).bytes / 1e6)])).toEqual([[true, 517], [true, 517], [true, 260], [true, 260]]);
});

test("the truth of an SSM", () => {
  const one = Float32Array.of(1);
  const zero = Float32Array.of(0);
  const half = Float32Array.of(0.5);
  const inputs = { "a.re": zero, "a.im": half, "b.re": one, "b.im": zero, "c.re": one, "c.im": one, u: Float32Array.of(1, 0, 0) };
  // x = 1, i/2, -1/4; y = Re((1 + i) x)
  expect(truthOf({ ...problem("ssm", 1), batch: 1, length: 3, n: 1 }, inputs)).toEqual({ y: Float64Array.of(1, -0.5, -0.25) });
});

test("errors are relative to the largest of the truth, and never pass where numbers are missing", () => {
  const truth = { h: Float64Array.of(1, -8) };
  expect(errorOf({ h: Float32Array.of(1, -8) }, truth)).toBe(0);
  expect(errorOf({ h: Float32Array.of(3, -8) }, truth)).toBe(0.25);
  expect(errorOf({ h: Float32Array.of(NaN, -8) }, truth)).toBe(Infinity);
  expect(errorOf({ h: Float32Array.of(1) }, truth)).toBe(Infinity);
  expect(errorOf({}, truth)).toBe(Infinity);
  expect(boundOf(problem("linear", 1, { dtype: "float64" }))).toBeLessThan(1e-10);
});

test("a folder holds the files of one problem, and goes", () => {
  const folder = new Folder();
  folder.data(problem("linear", 3));
  const { directory, inputs, truth } = folder.data(problem("complex", 3, { dtype: "float64" }));
  expect(readdirSync(directory).sort()).toEqual(["a.im.f64", "a.re.f64", "b.im.f64", "b.re.f64", "truth.h.im.f64", "truth.h.re.f64"]);
  expect(readdirSync(join(directory, ".."))).toHaveLength(1);
  const bytes = (name: string) => new Float64Array(new Uint8Array(readFileSync(join(directory, `${name}.f64`))).buffer);
  expect(bytes("a.re")).toEqual(inputs["a.re"]);
  expect(bytes("truth.h.im")).toEqual(truth["h.im"]);
  folder.remove();
  expect(existsSync(join(directory, ".."))).toBe(false);
});
