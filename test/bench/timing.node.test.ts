// Statistics, turns and calibration.
import { expect, test } from "vitest";
import { calibrated, timeByTurns } from "../../bench/timing/rounds.js";
import { Quiet } from "../../bench/timing/quiet.js";
import { quantile, timesOf } from "../../bench/timing/statistics.js";
import { fakeContestant } from "./support.js";

test.each([
  [[3], 0.5, 3],
  [[5, 1, 3], 0.5, 3],
  [[10, 9, 2, 1], 0.5, 5.5],
  [[0, 10], 0.9, 9],
  [[], 0.5, NaN],
])("of %j the part %f lies below %f", (samples, part, value) => {
  expect(quantile(samples, part)).toBe(value);
});

test("times of samples", () => {
  expect(timesOf([4, 2, 3])).toEqual({ min: 2, median: 3, p90: 3.8, samples: 3 });
});

const rounds = (repeats: number) => ({ repeats, quiet: new Quiet(0), round: () => {} });

test("a round has one sample of each, and begins with another one each time", async () => {
  const asked: string[] = [];
  const entrants = ["a", "b", "c"].map((name, i) => ({ contestant: fakeContestant(name, [i + 1, i + 2], asked), calls: 1, rough: 100 }));
  const sampled = await timeByTurns(entrants, rounds(4));
  expect(asked.join("")).toBe("abcbcacababc");
  expect(sampled).toEqual([{ samples: [1, 2, 1, 2] }, { samples: [2, 3, 2, 3] }, { samples: [3, 4, 3, 4] }]);
});

test("a short run is made once more before it is timed", async () => {
  const entrants = [{ contestant: fakeContestant("a", [9, 1]), calls: 3, rough: 1 }];
  expect(await timeByTurns(entrants, rounds(2))).toEqual([{ samples: [1, 1] }]);
});

test("who fails takes no more part, and who is slow takes little", async () => {
  const asked: string[] = [];
  const failing = { ...fakeContestant("f", [1]), time: () => Promise.reject(new Error("broken")) };
  const entrants = [
    { contestant: failing, calls: 1, rough: 1 },
    { contestant: fakeContestant("s", [2000], asked), calls: 1, rough: 2000 },
    { contestant: fakeContestant("q", [1], asked), calls: 1, rough: 100 },
  ];
  const sampled = await timeByTurns(entrants, rounds(5));
  expect(sampled[0]).toEqual({ failed: "broken" });
  expect(asked.filter((name) => name === "s")).toHaveLength(3);
  expect(asked.filter((name) => name === "q")).toHaveLength(5);
});

test("short calls are timed many at a time, long ones alone", async () => {
  expect(await calibrated(fakeContestant("long", [5]))).toMatchObject({ calls: 1, rough: 5 });
  expect(await calibrated(fakeContestant("short", [0.01]))).toMatchObject({ calls: 100 });
});
