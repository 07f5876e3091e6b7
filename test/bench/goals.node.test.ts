// Figures: met in one try by minima and medians, at least or at most, at the worst, flat, or not measured.
import { expect, test } from "vitest";
import { scan } from "../../bench/cases/case.js";
import { evaluate } from "../../bench/goals/evaluate.js";
import type { Goal } from "../../bench/goals/goal.js";
import { resultOf, rowOf, tiny } from "./support.js";

const faster: Goal = { kind: "faster", name: "f", case: tiny.name, ours: "us", theirs: "them", must: 2, aim: 4 };
const slower: Goal = { ...faster, kind: "slower", must: 5, aim: 2 };

function verdict(goal: Goal, ours: number[][], theirs: number[][]) {
  const results = [resultOf(tiny, rowOf("us", ...ours), rowOf("them", ...theirs))];
  return evaluate([goal], { results, tries: ours.length, cacheBytes: 1 })[0];
}

test.each([
  ["aim", [1, 1, 1], [4, 4, 5], 4, 4],
  ["must", [1, 1, 1], [2, 3, 4], 2, 3],
  ["missed", [1, 1, 1], [2, 1.9, 4], 1.9, 2],
  ["missed", [1, 3, 3], [4, 4, 4], 4, 4 / 3],
])("at least: %s", (expected, ours, theirs, byMin, byMedian) => {
  expect(verdict(faster, [ours], [theirs])).toMatchObject({ verdict: expected, byMin, byMedian });
});

test.each([
  ["aim", 2],
  ["must", 5],
  ["missed", 6],
])("at most: %s", (expected, ours) => {
  expect(verdict(slower, [[ours]], [[1]])).toMatchObject({ verdict: expected, byMin: ours });
});

test("the better try counts, by minima and medians of the same try", () => {
  expect(verdict(faster, [[1, 9, 9], [2, 2, 2], [1, 1, 1]], [[9, 9, 9], [5, 5, 5], [1, 1, 1]])).toMatchObject({ verdict: "must", byMin: 2.5, byMedian: 2.5 });
});

test("what is not there is not measured, and says why", () => {
  const failed = { ...rowOf("them"), failed: "broke" };
  const results = [resultOf(tiny, rowOf("us", [1]), failed)];
  const run = { results, tries: 1, cacheBytes: 1 };
  const goals: Goal[] = [faster, { ...faster, theirs: "nobody" }, { ...faster, case: "another" }, { kind: "worst", name: "w", group: "threads", ours: "us", theirs: "them", must: 1, aim: 1 }];
  expect(evaluate(goals, run).map((figure) => "cause" in figure && figure.cause)).toEqual(["them: broke", "nobody is not here", "its cases were not run", "its cases were not run"]);
});

test("the worst of a group", () => {
  const [x, y] = [100, 200].map((length) => scan("threads", "linear", [1, length, 1]));
  const results = [resultOf(x!, rowOf("all", [1]), rowOf("one", [2])), resultOf(y!, rowOf("all", [3]), rowOf("one", [2]))];
  const goal: Goal = { kind: "worst", name: "w", group: "threads", ours: "all", theirs: "one", must: 1.6, aim: 1 };
  expect(evaluate([goal], { results, tries: 1, cacheBytes: 1 })[0]).toMatchObject({ verdict: "must", byMin: 1.5, at: y!.name });
});

test("flat beyond the caches, for each element", () => {
  const lengths = [10, 1000, 2000, 4000].map((length) => scan("lengths", "linear", [1, length, 1]));
  const results = lengths.map((one, i) => resultOf(one, rowOf("us", [[100, 1, 2, 6][i]!])));
  const goal: Goal = { kind: "flat", name: "f", group: "lengths", ours: "us", channels: 1, must: 1.5, aim: 1.2 };
  expect(evaluate([goal], { results, tries: 1, cacheBytes: 1000 })[0]).toMatchObject({ verdict: "must", byMin: 1.5, at: lengths[3]!.name });
  expect(evaluate([goal], { results, tries: 1, cacheBytes: 20_000 })[0]).toMatchObject({ cause: "it takes two lengths beyond the caches, there is one" });
});
