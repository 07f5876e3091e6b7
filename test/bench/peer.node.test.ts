// Processes that speak the protocol, and those that die, hang, talk nonsense or are not there.
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Data, Folder } from "../../bench/cases/data.js";
import type { Problem } from "../../bench/cases/problem.js";
import type { Contestant } from "../../bench/contestants/contestant.js";
import { type Introduction, Peer } from "../../bench/contestants/peer.js";
import { fakeSpec, tiny } from "./support.js";

let folder: Folder;
let data: Data;
let peer: Peer;

beforeEach(() => {
  folder = new Folder();
  data = folder.data(tiny.problem);
});

afterEach(async () => {
  await peer.end();
  folder.remove();
});

async function introduced(greeting: string, ...behaviours: string[]): Promise<Introduction> {
  peer = new Peer(fakeSpec(greeting, ...behaviours));
  return peer.introduction();
}

const prepared = (contestant: Contestant) => contestant.prepare(tiny.problem, data);

test("contestants prepare, are timed and forget", async () => {
  const { contestants, absent, versions } = await introduced("polite", "right", "rounds");
  expect(versions).toEqual({ fake: "1" });
  expect(absent).toEqual([
    { name: "missing", cause: "not installed", remedy: "install it" },
    { name: "unbuilt", cause: "no package", remedy: "build it" },
  ]);
  const [right, rounds] = contestants as [Contestant, Contestant];
  expect(right).toMatchObject({ name: "right", threads: 1, part: "peer", ready: false });
  expect(await prepared(right)).toEqual({ error: 1e-8 });
  expect(right.ready).toBe(true);
  expect(await right.time(1)).toBe(2);
  await right.drop();
  expect(right.ready).toBe(false);
  await prepared(rounds);
  expect(await rounds.time(4)).toBe(0.25);
});

test("a process may be told of another problem, or of none", async () => {
  const other = (contestant: string, problem: Problem): Problem | undefined => (contestant === "right" ? { ...problem, operator: "matrix" } : undefined);
  peer = new Peer({ ...fakeSpec("polite", "right", "rounds"), told: other });
  const [right, rounds] = (await peer.introduction()).contestants as [Contestant, Contestant];
  expect(await prepared(right)).toEqual({ error: 1 });
  expect(await prepared(rounds)).toEqual({ unsupported: "not for such problems" });
});

test("answers that are no success", async () => {
  const { contestants } = await introduced("polite", "wrong", "infinite", "elsewhere", "fails");
  expect(await Promise.all(contestants.map(prepared))).toEqual([{ error: 0.5 }, { error: Infinity }, { unsupported: "not for it" }, { failed: "no room" }]);
});

test("one that dies says its last words, is not asked again, and leaves the others a new process", async () => {
  const { contestants } = await introduced("polite", "right", "dies");
  const [right, dies] = contestants as [Contestant, Contestant];
  await prepared(right);
  expect(await prepared(dies)).toEqual({ failed: "its process ended with code 3: last words" });
  expect(right.ready).toBe(false);
  expect(await prepared(dies)).toMatchObject({ failed: expect.stringContaining("left out, because before its process ended with code 3") as string });
  expect(await prepared(right)).toEqual({ error: 1e-8 });
  expect(await right.time(1)).toBe(2);
});

test("one that hangs is ended", async () => {
  const { contestants } = await introduced("polite", "hangs");
  expect(await prepared(contestants[0]!)).toMatchObject({ failed: expect.stringMatching(/^its process gave no answer in 1 s/) as string });
});

test("one that dies while it is timed", async () => {
  const { contestants } = await introduced("polite", "dieslater");
  await prepared(contestants[0]!);
  await expect(contestants[0]!.time(1)).rejects.toThrow("its process ended with code 3: too late");
  await contestants[0]!.drop();
});

test.each([
  ["dies", /^its process ended with code 3: no such module$/],
  ["hangs", /^its process gave no answer in 1 s$/],
  ["chats", /^its process printed "Welcome!", which is no answer$/],
])("a process that %s at the first word is absent", async (greeting, cause) => {
  const { contestants, absent } = await introduced(greeting, "right");
  expect(contestants).toEqual([]);
  expect(absent).toEqual([{ name: "fake", cause: expect.stringMatching(cause) as string, remedy: "install it" }]);
});

test("a program that is not there is absent", async () => {
  peer = new Peer({ ...fakeSpec("polite"), command: { program: "/nowhere/at-all", args: [] } });
  const { absent } = await peer.introduction();
  expect(absent).toEqual([{ name: "fake", cause: expect.stringMatching(/^its process could not be started: .*ENOENT/) as string, remedy: "install it" }]);
});
