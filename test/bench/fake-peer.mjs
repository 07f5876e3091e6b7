// A process that speaks the protocol of the bench, well or badly, as its arguments say: `hello` words, then behaviours.
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";

const [, , greeting, ...names] = process.argv;
const absent = [{ name: "missing", cause: "not installed" }, { name: "unbuilt", cause: "no package", remedy: "build it" }];
/** Waits for ever. */
const never = () => new Promise(() => setInterval(() => {}, 1000));

function end(words) {
  console.error(words);
  process.exit(3);
}

const prepared = {
  right: ({ directory, case: { operator } }) => ({ error: existsSync(`${directory}/truth.h.f64`) && operator === "linear" ? 1e-8 : 1 }),
  rounds: () => ({ error: 0 }),
  wrong: () => ({ error: 0.5 }),
  infinite: () => ({ error: null }),
  elsewhere: () => ({ unsupported: "not for it" }),
  fails: () => ({ failed: "no room" }),
  dies: () => end("first words\nlast words"),
  hangs: never,
  dieslater: () => ({ error: 0 }),
};

const times = { dieslater: () => end("too late"), rounds: ({ runs = 1 }) => ({ milliseconds: 1 / runs }) };

async function answer({ hello, prepare, time, drop }) {
  if (hello) return { versions: { fake: "1" }, contestants: names.map((name) => ({ name, threads: 1 })), absent };
  if (prepare) return prepared[prepare.contestant](prepare);
  if (time) return times[time.contestant]?.(time) ?? { milliseconds: 2 };
  return drop ? {} : { failed: "unknown request" };
}

if (greeting === "dies") end("no such module");
for await (const line of createInterface({ input: process.stdin })) {
  if (greeting === "chats") console.log("Welcome!");
  if (greeting === "hangs") await never();
  console.log(JSON.stringify(await answer(JSON.parse(line))));
}
