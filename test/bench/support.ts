// What tests of the bench share: a fake process, contestants that need none, and results as if they had been timed.
import { fileURLToPath } from "node:url";
import { type Case, scan } from "../../bench/cases/case.js";
import { sizeOf } from "../../bench/cases/problem.js";
import type { CaseResult, Row } from "../../bench/conduct.js";
import type { Contestant } from "../../bench/contestants/contestant.js";
import type { PeerSpec } from "../../bench/contestants/peer.js";
import { timesOf } from "../../bench/timing/statistics.js";

const script = fileURLToPath(new URL("fake-peer.mjs", import.meta.url));

export function fakeSpec(greeting: string, ...behaviours: string[]): PeerSpec {
  return {
    name: "fake",
    command: { program: process.execPath, args: [script, greeting, ...behaviours] },
    wants: () => true,
    partOf: () => "peer",
    remedy: "install it",
    patience: { hello: 1000, prepare: 700, time: 700 },
  };
}

/** Someone who needs so many milliseconds for a call, one after the other, and notes who was asked. */
export function fakeContestant(name: string, milliseconds: readonly number[], asked: string[] = []): Contestant {
  let turn = 0;
  return {
    ...{ name, part: "peer", threads: 1, ready: true },
    prepare: async () => ({ error: 0 }),
    time: async (calls) => {
      asked.push(calls === 1 ? name : `${name}${calls}`);
      return milliseconds[turn++ % milliseconds.length]!;
    },
    drop: async () => {},
  };
}

export const tiny: Case = scan("main", "linear", [1, 8, 2]);

/** A row with the samples of each try. */
export function rowOf(contestant: string, ...tries: number[][]): Row {
  return { contestant, part: "call", threads: 1, error: 0, calls: 1, tries: tries.map(timesOf) };
}

export function resultOf(one: Case, ...rows: Row[]): CaseResult {
  return { case: one, size: sizeOf(one.problem), bound: 1e-5, quiet: 1, rows };
}
