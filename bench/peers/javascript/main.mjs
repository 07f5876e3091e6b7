// The JavaScript peers of the bench: a JSON request a line on stdin, a JSON answer a line on stdout.
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { errorOf, inputsOf, Unsupported } from "./cases.mjs";
import { versions } from "./versions.mjs";

// What libraries print must not come between the answers.
console.log = console.info = console.debug = console.error;

const MODULES = {
  "plain javascript": "./plain-javascript.mjs",
  "onnxruntime-node": "./onnxruntime.mjs",
  tfjs: "./tfjs.mjs",
  "jax-js": "./jax-js.mjs",
};

/** By name: `{ name, threads, prepare(case, inputs, directory) }`; what is prepared has `time(runs)`, `read()`, `end()`. */
const contestants = new Map();
const absent = [];
const prepared = new Map();

for (const [name, path] of Object.entries(MODULES)) {
  try {
    const module = await import(path);
    for (const contestant of module.contestants) contestants.set(contestant.name, contestant);
  } catch (cause) {
    absent.push({ name, cause: sentence(cause).replace(/ imported from .*/, "") });
  }
}

const requests = {
  hello: () => ({
    name: "javascript",
    versions: versions(),
    contestants: [...contestants.values()].map(({ name, threads }) => ({ name, threads })),
    absent,
  }),

  async prepare({ contestant, case: size, directory }) {
    await requests.drop({ contestant });
    const { prepare } = known(contestants, contestant);
    try {
      const ready = await prepare(size, inputsOf(size, directory), directory);
      prepared.set(contestant, ready);
      const error = errorOf(size, await ready.read(), directory);
      await settle();
      return { error };
    } catch (cause) {
      await requests.drop({ contestant });
      if (cause instanceof Unsupported) return { unsupported: cause.message };
      throw cause;
    }
  },

  /** `runs`, 1 unless given: how many in a row, of which the mean is told. */
  async time({ contestant, runs = 1 }) {
    const milliseconds = await known(prepared, contestant).time(runs);
    await settle();
    return { milliseconds };
  },

  async drop({ contestant }) {
    await prepared.get(contestant)?.end();
    prepared.delete(contestant);
    return {};
  },
};

function known(table, name) {
  const found = table.get(name);
  if (!found) throw new Error(`nothing named ${name} is here`);
  return found;
}

/** Waits until the threads of the libraries no longer spin: the next to be timed may be another process. */
async function settle() {
  for (let i = 0; i < 100; i++) {
    const before = process.cpuUsage();
    await sleep(2);
    const { user, system } = process.cpuUsage(before);
    if (user + system < 1000) return;
  }
}

async function answer(line) {
  try {
    const [[kind, details]] = Object.entries(JSON.parse(line));
    if (!Object.hasOwn(requests, kind)) return { failed: `unknown request: ${kind}` };
    return await requests[kind](details);
  } catch (cause) {
    return { failed: sentence(cause) };
  }
}

/** What went wrong in one line: libraries write whole pages. */
function sentence(cause) {
  return String(cause?.message ?? cause).trim().split("\n")[0].slice(0, 300);
}

for await (const line of createInterface({ input: process.stdin })) {
  if (line.trim()) process.stdout.write(`${JSON.stringify(await answer(line))}\n`);
}
process.exit(0);
