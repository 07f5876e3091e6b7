// The plain JavaScript recurrences, each case in a thread of its own.
import { once } from "node:events";
import { existsSync } from "node:fs";
import { URL } from "node:url";
import { Worker } from "node:worker_threads";
import { Unsupported } from "./cases.mjs";

// Engines compile a loop for all that a thread has seen: a loop that has met arrays of two kinds, or a thread in
// which another library's WebAssembly memory has grown, is slower by half.

if (!existsSync(new URL("../../../dist/cli/serial.js", import.meta.url))) {
  throw new Error("dist/cli/serial.js is not there: npm run build");
}

async function prepare(size, inputs, directory) {
  if (size.reverse && size.operator !== "linear") throw new Unsupported(`forward only for ${size.operator}`);
  const worker = new Worker(new URL("./serial-worker.mjs", import.meta.url), { workerData: { size, directory } });
  const ask = async (request) => {
    worker.postMessage(request);
    const [answer] = await once(worker, "message");
    return answer;
  };
  return {
    time: (runs) => ask({ runs }),
    read: () => ask("results"),
    end: () => worker.terminate(),
  };
}

export const contestants = [{ name: "plain javascript", threads: 1, prepare }];
